package index_test

import (
	"path/filepath"
	"reflect"
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

// TestOverblocking: none of the names that lessons, help and the PC need is
// blocked, and of the much-visited names that two lists of a category agree on,
// nearly all are. The rest are kept, on purpose.
func TestOverblocking(t *testing.T) {
	dir := realLists(t)
	must, err := catalogue.MustStay(dir)
	if err != nil {
		t.Skip("no table of what must stay reachable: ", err)
	}
	visited, err := catalogue.Visited(dir)
	if err != nil {
		t.Skip("no table of much-visited names: ", err)
	}
	from, err := catalogue.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := sources(t, from)
	path, _ := build(t, index.Config{Lists: all})
	rules, x, at := inLesson(t, dir)
	r := index.Try(index.Trial{Rules: rules, Index: x, Lists: open(t, path), At: at, Must: must, Visited: visited})
	t.Logf("with the lists in %s\n%s", filepath.Base(dir), r)
	if len(r.Blocked) > 0 || r.Must < 100 {
		t.Errorf("%d of %d names that must stay reachable are blocked", len(r.Blocked), r.Must)
	}
	if r.Closed*100 < r.Agreed*95 || r.Agreed < 100 {
		t.Errorf("%d of %d blocked, want at least 95 in a hundred", r.Closed, r.Agreed)
	}
}

// TestTry: what is counted, on lists that can be overseen.
func TestTry(t *testing.T) {
	lists := []index.Source{
		source("a", filter.Games, "both.example", "one.example", "kept.example", "must.example"),
		source("b", filter.Games, "both.example", "sub.kept.example", "=exact.example"),
		source("c", filter.Games, "kept.example", "exact.example"),
		source("d", filter.Misinformation, "quarrel.example"), source("e", filter.Misinformation, "quarrel.example"),
		{ID: "r", Restricted: true, Names: source("", 0, "one.example").Names},
	}
	path, _ := build(t, index.Config{Lists: lists, Kept: []filter.Kept{{Name: "kept.example"}}})
	plain, _ := build(t, index.Config{Lists: lists})
	x := open(t, path)
	rules := filter.NewRules(filter.RulesConfig{
		Policy: filter.DefaultPolicy(), Key: key, Published: x, Lesson: filter.Lesson{On: true, Until: noon.Add(time.Hour)},
	})
	got := index.Try(index.Trial{
		Rules: rules, Index: x, Lists: open(t, plain), At: noon,
		Must:    []filter.Name{"must.example", "kept.example", "school.example"},
		Visited: []filter.Name{"both.example", "one.example", "kept.example", "exact.example", "www.exact.example", "quarrel.example", "none.example"},
	})
	want := index.Report{Must: 3, Blocked: []string{"must.example (games by a)"}, Agreed: 3, Closed: 2, Open: []string{"kept.example"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, line := range []string{"reachable", "must.example (games by a)", "66.7 %", "1: kept.example"} {
		if !strings.Contains(got.String(), line) {
			t.Errorf("%q is not in\n%s", line, got)
		}
	}
}
