package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// TestMainJob walks the main job in the real window: a new family, lesson mode,
// a report from a second account. It is what "make run ARGS=--check" does.
func TestMainJob(t *testing.T) {
	if testing.Short() {
		t.Skip("short: the walk in the real window takes a minute")
	}
	if runtime.GOOS != "linux" {
		t.Skip("the walk needs a display in memory (Xvfb), which is there on Linux")
	}
	for _, program := range []string{"Xvfb", "openbox", "xdotool", "import", "dig", "dbus-run-session"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: run tools/packages.sh test", program)
		}
	}
	for _, program := range []string{"lessonguard", "lessonguardd", "lessonguard-platform"} {
		if _, err := os.Stat("bin/" + program); err != nil {
			t.Skipf("bin/%s is not built: run make build", program)
		}
	}
	// What the walk is made of, and whom it asks, is for the test cache to know.
	for _, pattern := range []string{"tools/run/*.go", "tools/desktop/*", "assets/profiles/*", "assets/agreements/demo/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, file := range files {
			if _, err := os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "./tools/run", "--check", "--dir", ".run", "--lists", os.Getenv("LESSONGUARD_LISTS"))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}
