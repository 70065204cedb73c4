package files_test

import (
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
