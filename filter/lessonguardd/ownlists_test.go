package main

import (
	"os"
	"path/filepath"
	"testing"

	"lessonguard/filter"
)

// TestOwnLists: where no folder of lists is given, the one that an administrator
// put into the state directory is read, restricted lists in it too; it may come
// and go while the service runs.
func TestOwnLists(t *testing.T) {
	e, c := service(t)
	decided := func(why string, want map[filter.Name]filter.Action) {
		t.Helper()
		if err := c.compile(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, action := range want {
			x, err := e.Explain(t.Context(), filter.Question{Name: name})
			if err != nil || x.Action != action {
				t.Errorf("%s: %s: %v, %v, want %v", why, name, x.Action, err, action)
			}
		}
	}
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	decided("none is there", map[filter.Name]filter.Action{"secret.example": filter.Open, "bet.example": filter.Open})

	own := filepath.Join(c.dir, "own-lists")
	if err := os.Mkdir(own, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{write("restricted/list.txt", "secret.example\n"), write("gambling/list.txt", "bet.example\n")} {
		if err := os.Rename(filepath.Dir(path), filepath.Join(own, filepath.Base(filepath.Dir(path)))); err != nil {
			t.Fatal(err)
		}
	}
	decided("put there", map[filter.Name]filter.Action{"secret.example": filter.Block, "bet.example": filter.Block})
	s, err := e.Status(t.Context())
	if err != nil || s.Restricted != filter.SampleRestricted {
		t.Errorf("status %v, %v, want %v: nobody has signed it", s.Restricted, err, filter.SampleRestricted)
	}

	c.lists = filepath.Dir(filepath.Dir(write("gambling/list.txt", "other.example\n")))
	decided("another is given", map[filter.Name]filter.Action{
		"secret.example": filter.Open, "bet.example": filter.Open, "other.example": filter.Block,
	})
	c.lists = ""
	if err := os.RemoveAll(own); err != nil {
		t.Fatal(err)
	}
	decided("gone", map[filter.Name]filter.Action{"secret.example": filter.Open, "other.example": filter.Open})
}
