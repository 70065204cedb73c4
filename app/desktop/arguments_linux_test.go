package desktop_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"lessonguard/app/desktop"
)

// TestBlank has nothing of the argument left in the list of processes.
func TestBlank(t *testing.T) {
	const name = "LESSONGUARD_TEST_BLANK"
	if os.Getenv(name) != "" {
		desktop.Blank(os.Args[len(os.Args)-1])
		line, err := os.ReadFile("/proc/self/cmdline")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = os.Stdout.Write(line) // the other side notices
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBlank$", "lessonguard://help")
	cmd.Env = append(os.Environ(), name+"=1")
	line, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := string(line); strings.Contains(got, "help") || !strings.Contains(got, "-test.run") {
		t.Errorf("the list of processes has %q, want the other arguments alone", got)
	}
}
