package files_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/assets/files"
)

// TestLockHelper is no test of its own: [TestLock] runs it as another process.
func TestLockHelper(t *testing.T) {
	path := os.Getenv("LESSONGUARD_TEST_LOCK")
	if path == "" {
		t.Skip("TestLock runs this")
	}
	if _, err := files.Lock(path); !errors.Is(err, files.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("Lock in another process = %v, want ErrLocked naming the file", err)
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	held, err := files.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Lock(path); !errors.Is(err, files.ErrLocked) {
		t.Errorf("Lock again in the same process = %v, want ErrLocked", err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLockHelper$", "-test.v")
	cmd.Env = append(os.Environ(), "LESSONGUARD_TEST_LOCK="+path)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestLockHelper") {
		t.Errorf("the other process: %v\n%s", err, out)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := files.Lock(path)
	if err != nil {
		t.Fatalf("Lock once it was let go = %v", err)
	}
	again.Close()
}

func TestLockNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "lock")
	if _, err := files.Lock(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Lock = %v, want an error naming %s", err, path)
	}
}
