package index_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/index"
)

func small(t testing.TB) []byte {
	t.Helper()
	path, _ := build(t, index.Config{Lists: []index.Source{
		source("a", filter.Games, "a.example", "b.example", "=c.example"),
		source("b", filter.Gambling, "a.example", "d.example"),
	}})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// resum makes the checksum right again, so that the checks behind it are met.
func resum(data []byte) {
	if len(data) > 16 {
		binary.LittleEndian.PutUint32(data[12:], crc32.Checksum(data[16:], crc32.MakeTable(crc32.Castagnoli)))
	}
}

func TestOpenDamaged(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"a header cut short", func(b []byte) []byte { return b[:40] }},
		{"cut short", func(b []byte) []byte { return b[:len(b)-1] }},
		{"longer", func(b []byte) []byte { return append(b, 0) }},
		{"a bit flipped", func(b []byte) []byte { b[len(b)/2] ^= 4; return b }},
		{"another kind of file", func([]byte) []byte {
			return []byte("<!DOCTYPE html><html><body>sign in to the wireless network</body></html>")
		}},
		{"another version", func(b []byte) []byte { b[8]++; resum(b); return b }},
		{"more entries than there are", func(b []byte) []byte { b[32]++; resum(b); return b }},
		{"no words in the filter", func(b []byte) []byte { b[36] = 0; resum(b); return b }},
		{"a bucket for every hash", func(b []byte) []byte { b[40] = 64; resum(b); return b }},
		{"no metadata", func(b []byte) []byte { b[len(b)-1] = 0; resum(b); return b }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "index")
			if err := os.WriteFile(path, tt.damage(small(t)), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := index.Open(path, key); !errors.Is(err, index.ErrDamaged) {
				t.Errorf("Open = %v, want ErrDamaged", err)
			}
		})
	}
}

// TestUnreadable: a file that can no longer be read closes nothing, and ends no
// program.
func TestUnreadable(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows cuts no file short that is mapped")
	}
	path, _ := build(t, index.Config{Lists: []index.Source{many(20_000), {
		ID: "hashed", Restricted: true, Digests: func(add func([sha256.Size]byte)) error {
			add(sha256.Sum256([]byte("hashed.example")))
			return nil
		},
	}}})
	listed, s := hash("listed-1.example"), filter.Suffixes{}
	key.Text("hashed.example", &s)
	for name, read := range map[string]func(*index.Index) bool{
		"Lookup": func(x *index.Index) bool { return x.Lookup(listed) != (filter.Mark{}) },
		"Lists":  func(x *index.Index) bool { return len(x.Lists(listed)) > 0 },
		"Closes": func(x *index.Index) bool { return x.Closes(s) },
	} {
		copied := filepath.Join(t.TempDir(), "index")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, data, 0o600); err != nil {
			t.Fatal(err)
		}
		x := open(t, copied)
		if !read(x) {
			t.Fatalf("%s: nothing is found while all is well", name)
		}
		if err := os.Truncate(copied, 0); err != nil {
			t.Fatal(err)
		}
		select {
		case <-x.Unreadable():
			t.Errorf("%s: unreadable before it was read", name)
		default:
		}
		for range 2 {
			if read(x) {
				t.Errorf("%s: found in a file that is gone", name)
			}
		}
		select {
		case <-x.Unreadable():
		default:
			t.Errorf("%s: nobody is told", name)
		}
	}
}

func TestOpenOtherKey(t *testing.T) {
	path, _ := build(t, index.Config{})
	if _, err := index.Open(path, filter.NewHashKey([16]byte{77})); !errors.Is(err, index.ErrOtherKey) {
		t.Errorf("Open = %v, want ErrOtherKey", err)
	}
}

func TestOpenMissing(t *testing.T) {
	if _, err := index.Open(filepath.Join(t.TempDir(), "index"), key); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Open = %v, want ErrNotExist", err)
	}
}

// FuzzOpen: whatever the file holds, nothing is read outside it. The checksum
// is made right, or the fuzzer would never come past it.
func FuzzOpen(f *testing.F) {
	good := small(f)
	f.Add(good, uint64(1))
	f.Add(good[:60], uint64(0))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, probe uint64) {
		if len(data) > 1<<20 {
			return
		}
		data = append([]byte(nil), data...)
		resum(data)
		file, err := os.CreateTemp(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.Remove(file.Name())
		_, err = file.Write(data)
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		x, err := index.Open(file.Name(), key)
		if err != nil {
			return
		}
		defer func() { _ = x.Close() }()
		for _, h := range []uint64{probe, hash("a.example"), hash("c.example"), 0, 1<<64 - 1} {
			x.Lookup(h)
			x.Lists(h)
		}
		select {
		case <-x.Unreadable():
			t.Error("read beyond the end of the file")
		default:
		}
	})
}
