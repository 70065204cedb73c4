//go:build unix

package checkup_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"lessonguard/filter/checkup"
)

// TestPipe: what a file's name leads to may be a pipe that nobody writes to.
func TestPipe(t *testing.T) {
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".config/google-chrome"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(home, ".config/google-chrome/Local State"), 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	if got := checkup.StandOf(os.DirFS(home), files(), browser(t, "linux", "Chrome"), checkup.Managed{}); got != "unread" {
		t.Errorf("a pipe: %s, want unread", got)
	}
}
