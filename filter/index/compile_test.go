package index_test

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/index"
	"lessonguard/filter/lists"
)

// sources reads where the program says its lists are, as filter/lists does.
// Nothing below the service's own program may put the three together, but this
// is how.
func sources(t testing.TB, from []catalogue.Source) (all []index.Source, summaries []*lists.Summary) {
	t.Helper()
	for _, s := range from {
		format, err := lists.ParseFormat(s.Format)
		if err != nil {
			t.Fatal(err)
		}
		sum := new(lists.Summary)
		summaries = append(summaries, sum)
		all = append(all, index.Source{
			ID: s.ID, Title: s.Title, Category: s.Category, Restricted: s.Restricted, Licensed: s.Licensed, Secret: s.Secret,
			Names: func(add func([]byte, bool)) error {
				file, err := s.Files.Open(s.Path)
				if err != nil {
					return err
				}
				defer func() { _ = file.Close() }()
				*sum, err = lists.Read(file, lists.Config{Name: s.Path, Format: format, Include: s.Include}, add)
				return err
			},
		})
		if !s.Hashed {
			continue
		}
		all[len(all)-1].Digests = func(add func([sha256.Size]byte)) error {
			file, err := s.Files.Open(s.Path)
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			*sum, err = lists.ReadDigests(file, lists.Config{Name: s.Path}, add)
			return err
		}
	}
	return all, summaries
}

func realLists(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("LESSONGUARD_LISTS")
	if dir == "" {
		t.Skip("LESSONGUARD_LISTS names no folder of real lists")
	}
	return dir
}

func shipped(t testing.TB) (starters []catalogue.Source, kept []filter.Kept) {
	t.Helper()
	fsys := catalogue.Files{assets.Lists, assets.Bundles, assets.Services}
	c, err := catalogue.Content(fsys, nil)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err = catalogue.Keep(fsys, c); err != nil {
		t.Fatal(err)
	}
	if starters, err = catalogue.Starter(fsys); err != nil {
		t.Fatal(err)
	}
	return starters, kept
}

// TestStarterLists: the starter lists hold nothing that is skipped, and close
// no kept name.
func TestStarterLists(t *testing.T) {
	starters, kept := shipped(t)
	all, summaries := sources(t, starters)
	_, stats := build(t, index.Config{Lists: all, Kept: kept})
	for i, s := range summaries {
		if s.SkippedAll() > 0 || s.Entries == 0 {
			t.Errorf("%s: %d entries, skipped %v", all[i].ID, s.Entries, s.Skipped)
		}
	}
	for _, s := range stats.Saved {
		t.Errorf("%s: %s is or is above a kept name that this category may not close", s.List, s.Name)
	}
}

func TestRealLists(t *testing.T) {
	dir := realLists(t)
	_, kept := shipped(t)
	from, err := catalogue.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, summaries := sources(t, from)
	path := filepath.Join(t.TempDir(), "index")
	begin := time.Now()
	stats, err := index.Build(index.Config{Path: path, Key: key, Lists: all, Kept: kept})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	lines := 0
	for i, s := range summaries {
		lines += s.Lines
		if s.SkippedAll()*5 > s.Lines {
			t.Logf("%s: %s, %d lines, %d entries, skipped %v", all[i].ID, s.Format, s.Lines, s.Entries, s.Skipped)
		}
	}
	t.Logf("%d lists, %d lines, %d handed, %d entries, %d duplicates, %d shared, %d covered, %d saved; %.2f bytes a name; %v",
		len(all), lines, stats.Handed, stats.Entries, stats.Duplicates, stats.Shared, stats.Covered, stats.SavedAll,
		float64(stats.Bytes)/float64(stats.Entries), took)
	if stats.Entries < 500_000 {
		t.Errorf("%d entries of the real lists: too few", stats.Entries)
	}
	if x := open(t, path); x.Len() != stats.Entries {
		t.Errorf("%d entries mapped, %d built", x.Len(), stats.Entries)
	}
}

// TestRestrictedForms: a restricted list closes the same names in each of the
// forms that it may arrive in. The lists are synthetic, of reserved names.
func TestRestrictedForms(t *testing.T) {
	from := filepath.Join(realLists(t), "_iwf-style-synthetic")
	names, err := os.ReadFile(filepath.Join(from, "domains.plain.txt"))
	if err != nil {
		t.Skip("no synthetic restricted list: ", err)
	}
	for _, file := range []string{"domains.plain.txt", "domains.sha256.txt", "domains.hmac-sha256.key=test-key-not-secret.txt"} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "restricted"), 0o700); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(from, file))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "restricted", file), data, 0o600); err != nil {
			t.Fatal(err)
		}
		on, err := catalogue.Folder(dir)
		if err != nil {
			t.Fatal(err)
		}
		all, _ := sources(t, on)
		path, stats := build(t, index.Config{Lists: all})
		r := filter.NewRules(filter.RulesConfig{Policy: filter.DefaultPolicy(), Key: key, Published: open(t, path)})
		asked := 0
		for name := range strings.Lines(string(names)) {
			if v := r.Decide(filter.Strictest, suffixes(t, "www."+strings.TrimSpace(name)), 1, noon); v.Reason != filter.RestrictedList {
				t.Fatalf("%s: a name is %v", file, v.Reason)
			}
			asked++
		}
		if v := r.Decide(filter.Strictest, suffixes(t, "unlisted.test"), 1, noon); v.Reason == filter.RestrictedList {
			t.Errorf("%s: closes what it does not list", file)
		}
		if asked < 5000 || (stats.Digests > 0) != (file != "domains.plain.txt") {
			t.Errorf("%s: %d names, %+v", file, asked, stats)
		}
	}
}
