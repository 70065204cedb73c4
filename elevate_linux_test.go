package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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
		"dismissed":    {script: "exit 126\n", want: errCancelled},
		"wrong":        {script: "echo 'Error executing command as another user: Not authorized' >&2; exit 127\n", want: errCancelled},
		"no agent":     {script: "echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127\n", want: errNoWay},
		"it failed":    {script: "echo start\necho 'one line' >&2; echo 'lessonguardd: starting the service: it is masked' >&2; exit 1\n", said: "starting the service: it is masked", lines: []string{"start"}},
		"said nothing": {script: "exit 3\n", said: "exit status 3"},
	} {
		t.Run(name, func(t *testing.T) {
			agent(t, tt.script)
			var lines []string
			err := asAdministrator(t.Context(), "/usr/bin/lessonguardd", []string{"install", "--claim"}, func(l string) { lines = append(lines, l) })
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
	if err := asAdministrator(t.Context(), "/usr/bin/lessonguardd", nil, func(string) {}); !errors.Is(err, errNoWay) {
		t.Errorf("without pkexec: %v, want %v", err, errNoWay)
	}
}

// TestElevationOfATrial has none for a filter that is being tried.
func TestElevationOfATrial(t *testing.T) {
	if elevation(filepath.Join(t.TempDir(), "control.sock")) != nil {
		t.Error("a trial can be set up as the service of this PC")
	}
}

func TestStartedAs(t *testing.T) {
	for _, tt := range []struct {
		args string
		want flags
		fail bool
	}{
		{args: "--tray", want: flags{tray: true}},
		{args: "send", want: flags{send: true}},
		{args: "help", want: flags{help: true}},
		{args: "lessonguard://help", want: flags{help: true}},
		{args: "lessonguard://invite/KST-1", want: flags{invite: "KST-1"}},
		{args: "lessonguard://run/this", fail: true},
		{args: "lessonguard://help --tray", fail: true},
	} {
		got, err := parse(append([]string{"--config", "/c"}, strings.Fields(tt.args)...))
		got.config, got.control = "", ""
		if (err != nil) != tt.fail || !tt.fail && got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v", tt.args, got, err, tt.want)
		}
	}
}
