package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter/catalogue"
)

// TestRelease: a key is made once, signs the data of this checkout, and without
// a key in the program nobody takes it.
func TestRelease(t *testing.T) {
	dir := t.TempDir()
	key, file := filepath.Join(dir, "key"), filepath.Join(dir, "data")
	var out bytes.Buffer
	if err := run(&out, []string{"key", key}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the secret half: %v, %v", info.Mode(), err)
	}
	public := strings.Split(out.String(), "\n")[1]
	pinned, err := catalogue.ParseKey(public)
	if err != nil {
		t.Fatalf("printed %q: %v", out.String(), err)
	}
	if err := run(&out, []string{"key", key}); err == nil {
		t.Error("a key was written over")
	}
	if err := run(&out, []string{"sign", "--key", key, "--to", file, "--version", "2999010101", "--revoke", "ABC"}); err != nil {
		t.Fatal(err)
	}
	signed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := catalogue.ParseData(signed, []catalogue.Key{pinned}, nil)
	if err != nil || d.Version != 2999010101 || len(d.Revoked) != 1 || time.Until(d.Expires) < 89*24*time.Hour {
		t.Errorf("version %d, revoked %v, until %v: %v", d.Version, d.Revoked, d.Expires, err)
	}
	if err := judge(signed, []catalogue.Key{pinned}); err != nil {
		t.Errorf("a family with the key: %v", err)
	}
	if err := run(&out, []string{"check", file}); err == nil {
		t.Error("a test's key is pinned, or none is needed")
	}
}

func TestBadRelease(t *testing.T) {
	dir := t.TempDir()
	key, other := filepath.Join(dir, "key"), filepath.Join(dir, "other")
	if err := run(&bytes.Buffer{}, []string{"key", key}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, []byte("no key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "key, sign and check"},
		{[]string{"key"}, "secret half"},
		{[]string{"sign"}, "--key"},
		{[]string{"sign", "--key", other}, "holds no secret key"},
		{[]string{"sign", "--key", key, "--version", "1"}, "not above"},
		{[]string{"check"}, "one FILE"},
		{[]string{"check", filepath.Join(dir, "missing")}, "reading data"},
	} {
		if err := run(&bytes.Buffer{}, tt.args); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
	}
}
