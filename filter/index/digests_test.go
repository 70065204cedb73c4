package index_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/index"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hashedSource is a restricted list that arrives hashed.
func hashedSource(secret string, names ...string) index.Source {
	return index.Source{ID: "restricted/1", Restricted: true, Secret: []byte(secret), Digests: func(add func([sha256.Size]byte)) error {
		for _, n := range names {
			add(digest(secret, n))
		}
		return nil
	}}
}

func digest(secret, name string) (d [sha256.Size]byte) {
	if secret == "" {
		return sha256.Sum256([]byte(name))
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(name))
	copy(d[:], mac.Sum(nil))
	return d
}

func closes(t testing.TB, x *index.Index, name string) bool {
	t.Helper()
	n, err := filter.ParseName(name)
	if err != nil {
		t.Fatal(err)
	}
	var s filter.Suffixes
	key.Text(n, &s)
	d := x.Digests()
	return d != nil && d.Closes(s)
}

func TestDigests(t *testing.T) {
	long := strings.Repeat("long key ", 20)
	path, stats := build(t, index.Config{Lists: []index.Source{
		source("a", filter.Games, "game.example"),
		hashedSource("", "plain.example", "both.example", "plain.example"),
		hashedSource("licence key", "keyed.example", "both.example", strings.Repeat("a", 63)+".long.example"),
		hashedSource(long, "longkey.example"),
	}})
	x := open(t, path)
	for name, want := range map[string]bool{
		"plain.example": true, "www.plain.example": true, "a.b.both.example": true, "keyed.example": true, "longkey.example": true,
		strings.Repeat("a", 63) + ".long.example": true,
		"long.example": false, "example": false, "game.example": false, "plain.example.net": false, "xplain.example": false,
	} {
		if got := closes(t, x, name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if stats.Digests != 6 || stats.Handed != 8 || stats.Entries != 1 || stats.Lists[1].Names != 2 || stats.Lists[2].Names != 3 || !x.All()[2].Restricted {
		t.Errorf("stats %+v", stats)
	}
}

// TestDigestsAbsent: without a hashed list there is nothing to consult.
func TestDigestsAbsent(t *testing.T) {
	path, _ := build(t, index.Config{Lists: []index.Source{source("a", filter.Games, "a.example"), {ID: "r", Restricted: true, Names: source("", 0, "b.example").Names}}})
	if got := open(t, path).Digests(); got != nil {
		t.Errorf("Digests = %v, want nil", got)
	}
}

// TestDigestsDecide: the decision finds a hashed name as any restricted one,
// and deciding allocates nothing.
func TestDigestsDecide(t *testing.T) {
	path, _ := build(t, index.Config{Lists: []index.Source{hashedSource("", "plain.example"), hashedSource("k", "keyed.example")}})
	x := open(t, path)
	r := filter.NewRules(filter.RulesConfig{Policy: filter.DefaultPolicy(), Key: key, Published: x})
	var s filter.Suffixes
	for name, want := range map[filter.Name]filter.Reason{
		"www.plain.example": filter.RestrictedList, "keyed.example": filter.RestrictedList, "other.example": filter.Unlisted,
	} {
		key.Text(name, &s)
		if v := r.Decide(filter.Strictest, &s, 1, noon); v.Reason != want || v.Depth != 0 {
			t.Errorf("%s: %+v, want %s", name, v, want)
		}
		if n := testing.AllocsPerRun(100, func() {
			var s filter.Suffixes
			key.Text(name, &s)
			r.Decide(filter.Strictest, &s, 1, noon)
		}); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}

// TestDigestsTellNothing: neither names, nor their published digests, nor the
// publisher's key stand in the file in any order of bytes.
func TestDigestsTellNothing(t *testing.T) {
	const secret = "the publisher's own key"
	path, _ := build(t, index.Config{Lists: []index.Source{
		hashedSource("", "plain.example"), hashedSource(secret, "keyed.example"),
		{ID: "r", Restricted: true, Names: source("", 0, "secret.example").Names},
	}})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain, keyed := digest("", "plain.example"), digest(secret, "keyed.example")
	for _, never := range [][]byte{
		[]byte("example"), []byte(secret), []byte(secret[:8]), plain[:8], keyed[:8],
		[]byte(hex.EncodeToString(plain[:8])), []byte(hex.EncodeToString(keyed[:8])),
	} {
		if bytes.Contains(data, never) {
			t.Errorf("the file holds %q", never)
		}
	}
	if _, err := index.Open(path, filter.NewHashKey([16]byte{5})); !errors.Is(err, index.ErrOtherKey) {
		t.Errorf("with another key: %v", err)
	}
}

func TestBadDigests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index")
	open := hashedSource("", "a.example")
	open.Restricted = false
	if _, err := index.Build(index.Config{Path: path, Key: key, Lists: []index.Source{open}}); err == nil || !strings.Contains(err.Error(), "only a restricted list") {
		t.Errorf("a hashed list of a category: %v", err)
	}
	var many []index.Source
	for i := range 9 {
		many = append(many, hashedSource(fmt.Sprint("key", i), "a.example"))
	}
	if _, err := index.Build(index.Config{Path: path, Key: key, Lists: many}); !errors.Is(err, index.ErrTooLarge) {
		t.Errorf("nine keys: %v", err)
	}

	good, _ := build(t, index.Config{Lists: []index.Source{hashedSource("k", "a.example")}})
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	data[bytes.Index(data, []byte(`{"lists"`))-1] ^= 1 // the last byte of the seal
	resum(data)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := index.Open(path, key); !errors.Is(err, index.ErrDamaged) {
		t.Errorf("a broken seal: %v, want ErrDamaged", err)
	}
}

// BenchmarkDigests is what a loaded hashed list adds to a question of four
// labels that is on none: three names to hash.
func BenchmarkDigests(b *testing.B) {
	names := make([]string, 5000)
	for i := range names {
		names[i] = fmt.Sprintf("hashed-%d.example", i)
	}
	for _, tt := range []struct {
		name  string
		lists []index.Source
	}{
		{"sha256", []index.Source{hashedSource("", names...)}},
		{"hmac", []index.Source{hashedSource("k", names...)}},
	} {
		b.Run(tt.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "index")
			if _, err := index.Build(index.Config{Path: path, Key: key, Lists: tt.lists}); err != nil {
				b.Fatal(err)
			}
			x, err := index.Open(path, key)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = x.Close() }()
			var s filter.Suffixes
			key.Text("cdn.assets.unlisted-12345.org", &s)
			d := x.Digests()
			b.ReportAllocs()
			for b.Loop() {
				if d.Closes(s) {
					b.Fatal("found what is not listed")
				}
			}
		})
	}
}
