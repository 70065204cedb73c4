package desktop_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lessonguard/app/desktop"
)

// agent puts a pkexec in the place of the true one.
func agent(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pkexec"), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

func TestAsAdministrator(t *testing.T) {
	for name, tt := range map[string]struct {
		script string
		want   error
		said   string
		lines  []string
	}{
		"done":         {script: "echo \"$@\"\necho prepare\n", lines: []string{"--disable-internal-agent /usr/bin/lessonguardd install --claim", "prepare"}},
		"dismissed":    {script: "exit 126\n", want: desktop.ErrCancelled},
		"wrong":        {script: "echo 'Error executing command as another user: Not authorized' >&2; exit 127\n", want: desktop.ErrCancelled},
		"no agent":     {script: "echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127\n", want: desktop.ErrNoWay},
		"it failed":    {script: "echo start\necho 'one line' >&2; echo 'lessonguardd: starting the service: it is masked' >&2; exit 1\n", said: "starting the service: it is masked", lines: []string{"start"}},
		"said nothing": {script: "exit 3\n", said: "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			agent(t, tt.script)
			var lines []string
			err := desktop.AsAdministrator(t.Context(), desktop.Command{Path: "/usr/bin/lessonguardd", Args: []string{"install", "--claim"}}, func(l string) { lines = append(lines, l) })
			switch {
			case tt.want != nil:
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
			case tt.said != "":
				if err == nil || err.Error() != tt.said {
					t.Errorf("got %v, want %s", err, tt.said)
				}
			case err != nil:
				t.Error(err)
			}
			if !slices.Equal(lines, tt.lines) {
				t.Errorf("lines %q, want %q", lines, tt.lines)
			}
		})
	}
	t.Setenv("PATH", t.TempDir())
	if err := desktop.AsAdministrator(t.Context(), desktop.Command{Path: "/usr/bin/lessonguardd"}, func(string) {}); !errors.Is(err, desktop.ErrNoWay) {
		t.Errorf("without pkexec: %v, want %v", err, desktop.ErrNoWay)
	}
}
