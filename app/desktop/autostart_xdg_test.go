//go:build !windows && !darwin

package desktop_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lessonguard/app/desktop"
)

// TestSwitchedOff shows that a person's choice in the desktop's settings counts.
func TestSwitchedOff(t *testing.T) {
	a := desktop.Autostart{ID: "lessonguard", Name: "Lessonguard", Command: []string{"/bin/true"}}
	path := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "autostart", "lessonguard.desktop")
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false"} {
		if err := a.Enable(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(data, line+"\n"...), 0o600); err != nil {
			t.Fatal(err)
		}
		if on, err := a.Enabled(); err != nil || on {
			t.Errorf("%s: Enabled = %v, %v", line, on, err)
		}
	}
	if err := a.Disable(); err != nil {
		t.Fatal(err)
	}
}

func TestAutostartRefusesProgram(t *testing.T) {
	for _, program := range []string{"/home/100%/lessonguard", "/home/a=b/lessonguard"} {
		a := desktop.Autostart{ID: "lessonguard", Name: "Lessonguard", Command: []string{program}}
		if err := a.Enable(); err == nil {
			t.Errorf("enabled %s, which no desktop starts", program)
		}
	}
}

// TestDesktopReadsIt has GLib, which GNOME and others read these files with,
// start what was written.
func TestDesktopReadsIt(t *testing.T) {
	gio, err := exec.LookPath("gio")
	if err != nil {
		t.Skip("gio is not there (Debian: libglib2.0-bin)")
	}
	path := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "autostart", "lessonguard.desktop")
	for _, name := range odd {
		dir := filepath.Join(t.TempDir(), filepath.Dir(name))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		pipe := filepath.Join(dir, "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		program := filepath.Join(dir, "lessonguard")
		if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >\"$1\"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		a := desktop.Autostart{ID: "lessonguard", Name: "Lessonguard", Command: []string{program, pipe, "50% of $1 `id` \\"}}
		if err := a.Enable(); err != nil {
			t.Fatal(err)
		}
		// Its output is not read: what it starts would hold on to that.
		if err := exec.Command(gio, "launch", path).Run(); err != nil {
			t.Fatalf("%s: gio launch = %v", name, err)
		}
		got, err := os.ReadFile(pipe)
		if want := strings.Join(a.Command, "\n") + "\n"; err != nil || string(got) != want {
			t.Errorf("started %q, %v, want %q", got, err, want)
		}
		if err := a.Disable(); err != nil {
			t.Fatal(err)
		}
	}
}
