package index_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/index"
)

var sizes = []int{10_000, 1_000_000, 5_000_000}

// many is a list of n names of two and three labels.
func many(n int) index.Source {
	return index.Source{ID: "many", Category: filter.Games, Names: func(add func([]byte, bool)) error {
		name := make([]byte, 0, 64)
		for i := range n {
			name = listed(name[:0], i)
			add(name, false)
		}
		return nil
	}}
}

func listed(to []byte, i int) []byte {
	if i%3 == 0 {
		return fmt.Appendf(to, "www.site-%d.example", i)
	}
	return fmt.Appendf(to, "listed-%d.example", i)
}

func big(b *testing.B, n int) *index.Index {
	b.Helper()
	path := filepath.Join(b.TempDir(), "index")
	if _, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{many(n)}}); err != nil {
		b.Fatal(err)
	}
	x, err := index.Open(path, key)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = x.Close() })
	return x
}

// questions are suffixes of names, ready to be looked up: more than fit in a
// processor's cache, so that nothing is found there that would not be there
// for a family's queries.
func questions(format string) []filter.Suffixes {
	all := make([]filter.Suffixes, 1<<12)
	for i := range all {
		key.Text(filter.Name(fmt.Sprintf(format, i*7919%5_000_000)), &all[i])
	}
	return all
}

func benchmarkLookup(b *testing.B, format string, n int) {
	x, qs := big(b, n), questions(format)
	found := filter.Categories(0)
	ask := func(s *filter.Suffixes) {
		for k := s.Len() - 1; k >= 0; k-- {
			found |= x.Lookup(s.Hash(k)).Under
		}
	}
	for i := range qs {
		ask(&qs[i]) // the first to touch a page of the file waits for it
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		ask(&qs[i&(len(qs)-1)])
	}
	b.ReportMetric(float64(x.Size())/float64(x.Len()), "bytes/name")
	if found != 0 && format == miss {
		b.Error("found what is not listed")
	}
}

const (
	miss = "cdn.assets.unlisted-%d.org"
	hit  = "www.cdn.listed-%d.example"
)

// BenchmarkLookupMiss is one question of four labels, none of whose suffixes is
// listed: four lookups.
func BenchmarkLookupMiss(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkLookup(b, miss, n) })
	}
}

// BenchmarkLookupHit is one question of four labels under a listed name.
func BenchmarkLookupHit(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkLookup(b, hit, n) })
	}
}

// BenchmarkHash is the part of a lookup that does not grow with the index.
func BenchmarkHash(b *testing.B) {
	var s filter.Suffixes
	for b.Loop() {
		key.Text("cdn.assets.unlisted-12345.org", &s)
	}
}

func BenchmarkBuild(b *testing.B) {
	path := filepath.Join(b.TempDir(), "index")
	for b.Loop() {
		if _, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{many(1_000_000)}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "index")
	if _, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{many(1_000_000)}}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		x, err := index.Open(path, key)
		if err != nil {
			b.Fatal(err)
		}
		_ = x.Close()
	}
}
