package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/assets/files"
)

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.json")
	for _, want := range []string{"old", "new"} {
		if err := files.Write(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("read %q, %v, want %q", got, err, want)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files left behind, want 1", len(left))
	}
}

// TestWriteGiven: the file is given away before it is at its path, and where that
// fails nothing has changed.
func TestWriteGiven(t *testing.T) {
	path := filepath.Join(t.TempDir(), "claim.json")
	if err := files.Write(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	no := errors.New("it may not be given away")
	for _, want := range []struct {
		err      error
		contents string
	}{{no, "old"}, {nil, "new"}} {
		err := files.WriteGiven(path, []byte("new"), 0o600, func(f *os.File) error {
			if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
				t.Errorf("at its path there is %q, %v, before it is given away", got, err)
			}
			return want.err
		})
		if got, readErr := os.ReadFile(path); !errors.Is(err, want.err) || readErr != nil || string(got) != want.contents {
			t.Errorf("WriteGiven = %v, and there is %q, %v, want %v, %q", err, got, readErr, want.err, want.contents)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files left behind, want 1", len(left))
	}
}

func TestWriteNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "policy.json")
	if err := files.Write(path, nil, 0o600); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Write = %v, want an error naming %s", err, path)
	}
}

func TestSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	aside, err := files.SetAside(path, time.Date(2026, 11, 21, 9, 8, 7, 0, time.UTC))
	if err != nil || filepath.Base(aside) != "policy.json.damaged-20261121T090807.000" {
		t.Fatalf("SetAside = %s, %v", aside, err)
	}
	if got, _ := os.ReadFile(aside); string(got) != "damaged" {
		t.Errorf("set aside %q", got)
	}
}
