package access_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter/access"
)

func openAudit(t *testing.T, dir string) *access.Audit {
	t.Helper()
	c := &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	a, err := access.OpenAudit(dir, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func add(t *testing.T, a *access.Audit, whats ...string) {
	t.Helper()
	for _, what := range whats {
		if err := a.Append("mum", what); err != nil {
			t.Fatal(err)
		}
	}
}

// said returns the entries' sentences, the newest first, comma-separated.
func said(t *testing.T, a *access.Audit) string {
	t.Helper()
	entries, err := a.Entries(10000)
	if err != nil {
		t.Fatal(err)
	}
	var whats []string
	for _, e := range entries {
		whats = append(whats, strings.TrimSuffix(e.What, "."))
	}
	return strings.Join(whats, ", ")
}

func TestAudit(t *testing.T) {
	dir := t.TempDir()
	a := openAudit(t, dir)
	add(t, a, "one", "two")
	a = openAudit(t, dir)
	add(t, a, "three")
	if got, want := said(t, a), "three, two, one, This record was begun"; got != want {
		t.Errorf("entries %q, want %q", got, want)
	}
	entries, err := a.Entries(1)
	if err != nil || len(entries) != 1 || entries[0].Account != "mum" || entries[0].At.Hour() != 9 {
		t.Errorf("the newest entry: %+v, %v", entries, err)
	}
	info, err := os.Stat(filepath.Join(dir, "audit.log"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
}

// TestAuditTampering: whatever is done to the file, the log says so, keeps what
// is good and goes on.
func TestAuditTampering(t *testing.T) {
	const changed, missing = "damaged, or changed", "entries before this one are missing"
	lines := func(data []byte) [][]byte { return bytes.SplitAfter(data, []byte{'\n'}) }
	for _, tt := range []struct {
		why         string
		do          func(dir string, log []byte) []byte // returns the new file; nil removes it
		want, gone  string
		aside, torn bool
	}{
		{why: "a word altered", do: func(_ string, log []byte) []byte { return bytes.Replace(log, []byte("two"), []byte("too"), 1) }, want: missing, gone: "three", aside: true},
		{why: "a line in the middle taken out", do: func(_ string, log []byte) []byte {
			l := lines(log)
			return bytes.Join([][]byte{l[0], l[1], l[3]}, nil)
		}, want: missing, gone: "two", aside: true},
		{why: "the last line taken out", do: func(_ string, log []byte) []byte { return bytes.Join(lines(log)[:3], nil) }, want: "1 " + missing, gone: "three"},
		{why: "all taken out", do: func(string, []byte) []byte { return nil }, want: "4 " + missing, gone: "begun"},
		{why: "the last word altered", do: func(_ string, log []byte) []byte {
			return bytes.Replace(log, []byte("three"), []byte("threw"), 1)
		}, want: changed, gone: "three"},
		{why: "binary", do: func(string, []byte) []byte { return []byte("\x00\x01\n\n") }, want: missing, gone: "begun", aside: true},
		{why: "no head", do: func(dir string, log []byte) []byte {
			os.Remove(filepath.Join(dir, "audit.head"))
			return log
		}, want: changed},
		{why: "half a line at the end", do: func(_ string, log []byte) []byte { return append(log, `{"n":5,"wh`...) }, torn: true},
		{why: "an old head", do: func(dir string, log []byte) []byte {
			head, _ := os.ReadFile(filepath.Join(dir, "old.head"))
			_ = os.WriteFile(filepath.Join(dir, "audit.head"), head, 0o600)
			return log
		}, torn: true},
	} {
		t.Run(tt.why, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "audit.log")
			a := openAudit(t, dir)
			add(t, a, "one", "two")
			head, err := os.ReadFile(filepath.Join(dir, "audit.head"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "old.head"), head, 0o600); err != nil {
				t.Fatal(err)
			}
			add(t, a, "three")
			log, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if log := tt.do(dir, log); log == nil {
				os.Remove(path)
			} else if err := os.WriteFile(path, log, 0o600); err != nil {
				t.Fatal(err)
			}
			a = openAudit(t, dir)
			add(t, a, "four")
			got := said(t, a)
			if !strings.HasPrefix(got, "four, ") || !strings.Contains(got, tt.want) || tt.gone != "" && strings.Contains(got, tt.gone) {
				t.Errorf("entries %q, want %q in them and no %q", got, tt.want, tt.gone)
			}
			if tt.torn && got != "four, three, two, one, This record was begun" {
				t.Errorf("entries %q, want them all", got)
			}
			if aside, _ := filepath.Glob(path + ".damaged-*"); len(aside) > 0 != tt.aside {
				t.Errorf("set aside: %v, want %v", aside, tt.aside)
			}
			if again := said(t, openAudit(t, dir)); again != got {
				t.Errorf("after another restart %q, want %q", again, got)
			}
		})
	}
}

// TestAuditWatchesItself: what is done to the file of a running service is found
// at the next entry.
func TestAuditWatchesItself(t *testing.T) {
	dir := t.TempDir()
	a := openAudit(t, dir)
	add(t, a, "one", "two")
	for _, name := range []string{"audit.log", "audit.head"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	add(t, a, "three")
	if got := said(t, a); !strings.Contains(got, "3 entries before this one are missing") || !strings.HasPrefix(got, "three, ") {
		t.Errorf("entries %q, want the missing ones told", got)
	}
}

// TestAuditIsBounded: the oldest go, the chain goes on across files, and an
// older file that has gone or was changed is missed once.
func TestAuditIsBounded(t *testing.T) {
	dir := t.TempDir()
	a := openAudit(t, dir)
	for i := range 1600 {
		add(t, a, fmt.Sprintf("%d %s", i, strings.Repeat("x", 700)))
	}
	a = openAudit(t, dir)
	got := said(t, a)
	if !strings.HasPrefix(got, "1599 ") || strings.Contains(got, "damaged") || strings.Contains(got, "begun") {
		t.Errorf("entries %.200q…, want the last, all good, and not the first", got)
	}
	var size int64
	for _, name := range []string{"audit.log", "audit.1.log"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size > 520<<10 {
		t.Errorf("the files have %d bytes", size)
	}
	older := filepath.Join(dir, "audit.1.log")
	log, err := os.ReadFile(older)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []func() error{
		func() error { return os.WriteFile(older, log[:len(log)/2], 0o600) },
		func() error { return os.Remove(older) },
	} {
		other := t.TempDir()
		if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := broken(); err != nil {
			t.Fatal(err)
		}
		a = openAudit(t, dir)
		if got := said(t, a); strings.Count(got, "damaged, or changed") != 1 || !strings.Contains(got, "1599 ") {
			t.Errorf("entries %.200q…, want the last, and the damage told", got)
		}
		if got := said(t, openAudit(t, dir)); strings.Count(got, "damaged, or changed") != 1 {
			t.Errorf("entries %.200q…, want the damage told once", got)
		}
		dir, older = other, filepath.Join(other, "audit.1.log")
	}
}
