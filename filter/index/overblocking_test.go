package index_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/index"
)

// inLesson returns the rules of the default policy with a lesson on, over the
// real lists and the starter lists, and that index.
func inLesson(t *testing.T, dir string) (*filter.Rules, *index.Index, time.Time) {
	t.Helper()
	starters, kept := shipped(t)
	from, err := catalogue.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := sources(t, append(starters, from...))
	path, _ := build(t, index.Config{Lists: all, Kept: kept})
	x := open(t, path)
	c, err := catalogue.Content(catalogue.Files{assets.Lists, assets.Bundles, assets.Services}, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return filter.NewRules(filter.RulesConfig{
		Policy: filter.DefaultPolicy(), Content: c, Key: key, Published: x,
		Lesson: filter.Lesson{On: true, Until: at.Add(time.Hour)},
	}), x, at
}

func suffixes(t *testing.T, name string) *filter.Suffixes {
	t.Helper()
	n, err := filter.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	var s filter.Suffixes
	key.Text(n, &s)
	return &s
}

// TestMustStayReachable: none of the names that lessons, help and the PC need
// is blocked.
func TestMustStayReachable(t *testing.T) {
	dir := realLists(t)
	wanted, err := os.ReadFile(filepath.Join(dir, "_allow", "must-stay-reachable.tsv"))
	if err != nil {
		t.Skip("no table of what must stay reachable: ", err)
	}
	rules, x, at := inLesson(t, dir)
	tested := 0
	for line := range strings.Lines(string(wanted)) {
		_, name, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		s := suffixes(t, name)
		if v := rules.Decide(filter.Strictest, s, 1, at); v.Blocked() {
			t.Errorf("%s is blocked as %s, by %v", name, v.Category, x.Lists(s.Hash(int(v.Depth)-1)))
		}
		tested++
	}
	if tested < 100 {
		t.Errorf("%d names tested: too few", tested)
	}
	t.Logf("%d names, none blocked", tested)
}

// TestAgreed: of the much-visited names that two lists of a category agree on,
// nearly all are blocked. The rest are kept, on purpose.
func TestAgreed(t *testing.T) {
	dir := realLists(t)
	data, err := os.ReadFile(filepath.Join(dir, "_popularity", "MISP_misp-warninglists__lists_cloudflare-top10k_list.json"))
	if err != nil {
		t.Skip("no table of much-visited names: ", err)
	}
	var top struct{ List []string }
	if err := json.Unmarshal(data, &top); err != nil {
		t.Fatal(err)
	}
	rules, _, at := inLesson(t, dir)
	from, err := catalogue.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := sources(t, from)
	path, _ := build(t, index.Config{Lists: all})
	x := open(t, path)
	agreed, blocked := 0, 0
	for _, name := range top.List {
		s := suffixes(t, name)
		if !twoAgree(x, s) {
			continue
		}
		agreed++
		if rules.Decide(filter.Strictest, s, 1, at).Blocked() {
			blocked++
		} else {
			t.Logf("open: %s", name)
		}
	}
	t.Logf("%d of %d blocked", blocked, agreed)
	if blocked*100 < agreed*95 || agreed < 100 {
		t.Errorf("%d of %d blocked, want at least 95 in a hundred", blocked, agreed)
	}
}

// twoAgree reports whether two lists of a category that is closed in lessons
// close a name.
func twoAgree(x *index.Index, s *filter.Suffixes) bool {
	on := map[filter.Category]map[string]bool{}
	for i := range s.Len() {
		for _, r := range x.Lists(s.Hash(i)) {
			if r.Category == filter.Misinformation || r.Exact && !s.Whole(i) {
				continue
			}
			if on[r.Category] == nil {
				on[r.Category] = map[string]bool{}
			}
			if on[r.Category][r.ID] = true; len(on[r.Category]) == 2 {
				return true
			}
		}
	}
	return false
}
