package main

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"lessonguard/packaging"
)

// TestServiceArgs: every supervisor starts the service with the same words, and
// run takes them.
func TestServiceArgs(t *testing.T) {
	const dir = "/var/lib/lessonguard"
	args := serviceArgs(dir)
	std := stdio{in: bufio.NewReader(strings.NewReader("")), out: io.Discard, err: io.Discard}
	c, err := parseRun(std, args[1:])
	if err != nil {
		t.Fatal(err)
	}
	if c.trial() || c.dir != dir || !slices.Equal(c.listen, usualListen) {
		t.Errorf("run understands %+v", c)
	}
	if want := "ExecStart=/usr/bin/lessonguardd " + strings.Join(args, " ") + "\n"; !strings.Contains(packaging.Unit, want) {
		t.Errorf("the unit does not say %q", want)
	}
	said := plistStrings(t, packaging.LaunchdFilter, "ProgramArguments")
	const mac = "/Library/Application Support/Lessonguard"
	if want := append([]string{"/Library/PrivilegedHelperTools/uk.lessonguard.filter"}, serviceArgs(mac)...); !slices.Equal(said, want) {
		t.Errorf("the job says %q, want %q", said, want)
	}
}

// TestRestoreTask: what Windows runs after its start is a command of ours.
func TestRestoreTask(t *testing.T) {
	var task struct {
		Command   string `xml:"Actions>Exec>Command"`
		Arguments string `xml:"Actions>Exec>Arguments"`
		Battery   string `xml:"Settings>DisallowStartIfOnBatteries"`
		User      string `xml:"Principals>Principal>UserId"`
	}
	// The first line is true of the file that Windows is given.
	text := strings.Replace(packaging.WindowsRestore, "UTF-16", "UTF-8", 1)
	if err := xml.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	if task.Command != "PROGRAM" || task.Battery != "false" || task.User != "S-1-5-18" {
		t.Errorf("got %+v", task)
	}
	if words := strings.Fields(task.Arguments); commands[words[0]] == nil || !slices.Equal(words, []string{"restore", "--unless-running"}) {
		t.Errorf("it runs %q", words)
	}
}

// TestJobs: launchd reads what we give it, and each job is named for its file.
func TestJobs(t *testing.T) {
	for _, tt := range []struct{ text, label string }{
		{packaging.LaunchdFilter, "uk.lessonguard.filter"},
		{packaging.LaunchdRestore, "uk.lessonguard.restore"},
	} {
		if got := plistStrings(t, tt.text, "Label"); !slices.Equal(got, []string{tt.label}) {
			t.Errorf("its label is %q, want %s", got, tt.label)
		}
	}
}

// plistStrings returns the string of a key, or the strings of its array.
func plistStrings(t *testing.T, text, key string) (all []string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	name, in := "", ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
		case xml.EndElement:
			in = ""
		case xml.CharData:
			if in == "key" {
				name = string(token)
			} else if in == "string" && name == key {
				all = append(all, string(token))
			}
		}
	}
}
