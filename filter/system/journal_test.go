package system_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

// state is what is in a directory: each name with its contents, mode or link.
func state(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if link, err := os.Readlink(path); err == nil {
			b.WriteString(e.Name() + " -> " + link + "\n")
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(e.Name() + " " + info.Mode().String() + " " + string(data) + "\n")
	}
	return b.String()
}

func write(t *testing.T, path, contents string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(contents), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestJournalUndoes changes files and stops, as a crash does, at different
// points: whatever it left, a new process puts everything back.
func TestJournalUndoes(t *testing.T) {
	type step struct{ file, contents string }
	for _, tt := range []struct {
		why    string
		before func(t *testing.T, dir string)
		steps  []step
		// after happens between the crash and the undoing.
		after func(t *testing.T, dir string)
		// want is how the directory is then; "" is as before.
		want string
	}{
		{why: "nothing was there", steps: []step{{"a", "ours"}}},
		{
			why: "a file", steps: []step{{"a", "ours"}},
			before: func(t *testing.T, dir string) {
				write(t, filepath.Join(dir, "a"), "theirs")
				if err := os.Chmod(filepath.Join(dir, "a"), 0o640); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			why: "a link to nowhere, twice changed", steps: []step{{"a", "ours"}, {"a", "ours again"}},
			before: func(t *testing.T, dir string) {
				if err := os.Symlink("../run/resolv.conf", filepath.Join(dir, "a")); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			why: "written down, not yet changed", steps: []step{{"a", "ours"}},
			before: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "theirs") },
			after:  func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "theirs") },
		},
		{
			why: "written down, changed before but not the second time", steps: []step{{"a", "ours"}, {"a", "ours again"}},
			before: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "theirs") },
			after:  func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "ours") },
		},
		{
			why: "half a file beside it", steps: []step{{"a", "ours"}},
			before: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "theirs") },
			after:  func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a.lessonguard-new"), "ou") },
		},
		{
			why: "somebody else's since", steps: []step{{"a", "ours"}, {"b", "ours"}},
			after: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "DHCP's") },
			want:  "a -rw-r--r-- DHCP's\n",
		},
		{
			why: "somebody else's, and ours again", steps: []step{{"a", "ours"}, {"", "DHCP's"}, {"a", "ours"}},
			before: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "theirs") },
			want:   "a -rw-r--r-- DHCP's\n",
		},
		{
			why: "somebody took it away", steps: []step{{"a", "ours"}},
			before: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "a"), "theirs") },
			after: func(t *testing.T, dir string) {
				if err := os.Remove(filepath.Join(dir, "a")); err != nil {
					t.Fatal(err)
				}
			},
			want: "(empty)",
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			dir, at := t.TempDir(), filepath.Join(t.TempDir(), "journal")
			if tt.before != nil {
				tt.before(t, dir)
			}
			want := state(t, dir)
			if tt.want != "" {
				want = strings.TrimSuffix(tt.want, "(empty)")
			}
			for _, s := range tt.steps {
				if s.file == "" {
					write(t, filepath.Join(dir, "a"), s.contents)
					continue
				}
				j, err := system.OpenJournal(at) // each step in a process of its own
				if err != nil {
					t.Fatal(err)
				}
				if err := j.Change(filepath.Join(dir, s.file), []byte(s.contents)); err != nil {
					t.Fatal(err)
				}
				if err := j.Held(); err != nil && len(tt.steps) == 1 {
					t.Errorf("after the change: %v", err)
				}
			}
			if tt.after != nil {
				tt.after(t, dir)
			}
			for range 2 { // undone is undone
				j, err := system.OpenJournal(at)
				if err != nil {
					t.Fatal(err)
				}
				if err := j.Undo(); err != nil {
					t.Fatal(err)
				}
				if got := state(t, dir); got != want {
					t.Errorf("got\n%swant\n%s", got, want)
				}
				if _, err := os.Stat(at); !os.IsNotExist(err) {
					t.Errorf("the journal is still there: %v", err)
				}
			}
		})
	}
}

func TestJournalNotices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	j, err := system.OpenJournal(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Change(path, []byte("ours")); err != nil {
		t.Fatal(err)
	}
	write(t, path, "DHCP's")
	if err := j.Held(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Held = %v, want an error that names %s", err, path)
	}
}

func TestJournalDamaged(t *testing.T) {
	for _, contents := range []string{"", "{", `[{"path":""}]`, `[{"path":"/x"}]`} {
		at := filepath.Join(t.TempDir(), "journal")
		write(t, at, contents)
		_, err := system.OpenJournal(at)
		if err == nil || !strings.Contains(err.Error(), at+".damaged-") {
			t.Errorf("%q: got %v, want an error that says where it is", contents, err)
		}
		if _, err := system.OpenJournal(at); err != nil {
			t.Errorf("%q: the second time: %v", contents, err)
		}
	}
}
