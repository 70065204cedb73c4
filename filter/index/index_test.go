package index_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/index"
)

// key is one that a random source could give: the hash is only as good as it.
var key = filter.NewHashKey([16]byte{0x9e, 0x37, 0x79, 0xb9, 0x7f, 0x4a, 0x7c, 0x15, 0xf3, 0x9c, 0xc0, 0x60, 0x5c, 0xed, 0xc8, 0x34})

// source is a list of the given names; "=" before one makes it exact.
func source(id string, c filter.Category, names ...string) index.Source {
	return index.Source{ID: id, Title: "The " + id + " list", Category: c, Names: func(add func([]byte, bool)) error {
		for _, n := range names {
			name, exact := strings.CutPrefix(n, "=")
			add([]byte(name), exact)
		}
		return nil
	}}
}

func build(t testing.TB, c index.Config) (string, index.Stats) {
	t.Helper()
	c.Path, c.Key = filepath.Join(t.TempDir(), "index"), key
	stats, err := index.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	return c.Path, stats
}

func open(t testing.TB, path string) *index.Index {
	t.Helper()
	x, err := index.Open(path, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func hash(n filter.Name) uint64 {
	var s filter.Suffixes
	key.Text(n, &s)
	return s.Hash(s.Len() - 1)
}

func TestLookup(t *testing.T) {
	path, stats := build(t, index.Config{Lists: []index.Source{
		source("a", filter.Pornography, "one.example", "two.example", "one.example", "=two.example"),
		source("b", filter.Pornography, "one.example", "=only.example"),
		source("c", filter.Games, "one.example", "=two.example"),
		{ID: "r", Title: "restricted", Restricted: true, Names: source("", 0, "secret.example", "one.example").Names},
	}})
	x := open(t, path)
	p, g := filter.CategoriesOf(filter.Pornography), filter.CategoriesOf(filter.Games)
	for name, want := range map[filter.Name]filter.Mark{
		"one.example":    {Under: p | g | filter.Restricted},
		"two.example":    {Under: p, Only: p | g},
		"only.example":   {Only: p},
		"secret.example": {Under: filter.Restricted},
		"none.example":   {},
		"example":        {},
	} {
		if got := x.Lookup(hash(name)); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if stats.Entries != 4 || x.Len() != 4 || stats.Duplicates != 1 || stats.Shared != 2 || stats.Handed != 10 {
		t.Errorf("stats %+v", stats)
	}
	if got := []int{stats.Lists[0].Names, stats.Lists[1].Names, stats.Lists[2].Names, stats.Lists[3].Names}; !reflect.DeepEqual(got, []int{2, 2, 2, 2}) {
		t.Errorf("names per list %v", got)
	}
	if !reflect.DeepEqual(x.All(), stats.Lists) {
		t.Errorf("lists %+v, want %+v", x.All(), stats.Lists)
	}
}

// TestLists: what explains an entry names every list that it is on.
func TestLists(t *testing.T) {
	path, _ := build(t, index.Config{Lists: []index.Source{
		source("a", filter.Pornography, "two.example", "=two.example"),
		source("c", filter.Games, "=two.example"),
	}})
	x := open(t, path)
	var got []string
	for _, r := range x.Lists(hash("two.example")) {
		got = append(got, fmt.Sprintf("%s %s %s %v", r.ID, r.Title, r.Category, r.Exact))
	}
	want := []string{"a The a list pornography false", "a The a list pornography true", "c The c list games true"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := x.Lists(hash("none.example")); got != nil {
		t.Errorf("lists of an unlisted name: %v", got)
	}
}

// TestKept: an entry for a kept name, or above it, is left out of the lists of
// categories that may not close it; restricted lists take no notice.
func TestKept(t *testing.T) {
	games := filter.CategoriesOf(filter.Games)
	path, stats := build(t, index.Config{
		Kept: []filter.Kept{
			{Name: "www.school.example"},
			{Name: "play.example", May: games},
			{Name: "learn.play.example"},
			{Name: "host.cdn.example", Alone: true},
		},
		Lists: []index.Source{
			source("p", filter.Pornography, "school.example", "www.school.example", "bad.www.school.example",
				"play.example", "cdn.example", "host.cdn.example", "other.example"),
			source("g", filter.Games, "play.example", "learn.play.example", "=play.example"),
			{ID: "r", Restricted: true, Names: source("", 0, "school.example").Names},
		},
	})
	x := open(t, path)
	p := filter.CategoriesOf(filter.Pornography)
	for name, want := range map[filter.Name]filter.Mark{
		"school.example":         {Under: filter.Restricted},
		"www.school.example":     {},
		"bad.www.school.example": {Under: p},
		"play.example":           {Only: games}, // an exact entry leaves learn.play.example alone
		"learn.play.example":     {},
		"cdn.example":            {Under: p},
		"host.cdn.example":       {},
		"other.example":          {Under: p},
	} {
		if got := x.Lookup(hash(name)); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if stats.SavedAll != 6 || len(stats.Saved) != 6 || stats.Saved[0] != (index.Save{List: "p", Name: "school.example"}) {
		t.Errorf("%d saved: %v", stats.SavedAll, stats.Saved)
	}
}

// TestCovered: an entry goes when those above it close as much; the decision
// stays as it was.
func TestCovered(t *testing.T) {
	path, stats := build(t, index.Config{Lists: []index.Source{
		source("a", filter.Games, "site.example", "www.site.example", "=a.b.site.example", "=exact.example", "www.exact.example"),
		source("b", filter.Gambling, "www.site.example", "deep.www.site.example"),
	}})
	x := open(t, path)
	games, gambling := filter.CategoriesOf(filter.Games), filter.CategoriesOf(filter.Gambling)
	for name, want := range map[filter.Name]filter.Mark{
		"site.example":          {Under: games},
		"www.site.example":      {Under: games | gambling}, // closes more than what is above
		"a.b.site.example":      {},
		"www.exact.example":     {Under: games}, // an exact entry covers nothing
		"deep.www.site.example": {},
	} {
		if got := x.Lookup(hash(name)); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if stats.Covered != 2 || stats.Entries != 4 {
		t.Errorf("%d covered, %d entries, want 2 and 4", stats.Covered, stats.Entries)
	}
}

func TestTooDeep(t *testing.T) {
	_, stats := build(t, index.Config{Lists: []index.Source{source("a", filter.Games, strings.Repeat("a.", filter.MaxDepth)+"example", "b.example")}})
	if stats.TooDeep != 1 || stats.Entries != 1 {
		t.Errorf("%+v", stats)
	}
}

func TestEmpty(t *testing.T) {
	path, _ := build(t, index.Config{})
	if got := open(t, path).Lookup(hash("a.example")); got != (filter.Mark{}) {
		t.Errorf("%+v in an empty index", got)
	}
}

// TestFailedBuild: a list that cannot be read leaves the old index in force.
func TestFailedBuild(t *testing.T) {
	path, _ := build(t, index.Config{Lists: []index.Source{source("a", filter.Games, "a.example")}})
	broken := errors.New("the web page is no list")
	_, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{
		{ID: "bad", Names: func(func([]byte, bool)) error { return broken }},
	}})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "bad") {
		t.Errorf("Build = %v", err)
	}
	if got := open(t, path).Len(); got != 1 {
		t.Errorf("the old index has %d entries, want 1", got)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files left behind, want 1", len(left))
	}
}

// TestReplace: an index that is in use is replaced under its readers.
func TestReplace(t *testing.T) {
	path, _ := build(t, index.Config{Lists: []index.Source{source("a", filter.Games, "a.example")}})
	old := open(t, path)
	if _, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{source("a", filter.Games, "b.example")}}); err != nil {
		t.Fatal(err)
	}
	x := open(t, path)
	for name, want := range map[filter.Name][2]bool{"a.example": {true, false}, "b.example": {false, true}} {
		got := [2]bool{old.Lookup(hash(name)) != filter.Mark{}, x.Lookup(hash(name)) != filter.Mark{}}
		if got != want {
			t.Errorf("%s listed in old and new: %v, want %v", name, got, want)
		}
	}
}

// TestSwap: indexes are replaced and dropped while they are read, and unmapped
// only when nobody reads them any more.
func TestSwap(t *testing.T) {
	var now atomic.Pointer[index.Index]
	path := filepath.Join(t.TempDir(), "index")
	swap := func() {
		if _, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{many(2_000)}}); err != nil {
			t.Error(err)
			return
		}
		x, err := index.Open(path, key)
		if err != nil {
			t.Error(err)
			return
		}
		now.Store(x)
	}
	swap()
	hit := hash("listed-1.example")
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for i := uint64(0); ; i++ {
				select {
				case <-done:
					return
				default:
				}
				if now.Load().Lookup(hit) == (filter.Mark{}) {
					t.Error("a listed name was not found")
					return
				}
				now.Load().Lookup(i * 0x9e3779b97f4a7c15)
			}
		})
	}
	for range 10 {
		swap()
		runtime.GC()
	}
	close(done)
	readers.Wait()
}

func TestLookupAllocatesNothing(t *testing.T) {
	path, _ := build(t, index.Config{Lists: []index.Source{source("a", filter.Games, "a.example")}})
	x := open(t, path)
	hit, miss := hash("a.example"), hash("b.example")
	if n := testing.AllocsPerRun(100, func() { x.Lookup(hit); x.Lookup(miss) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
