package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lessonguard/resources"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// command runs the program to its end and returns what it printed.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(t.Context(), args, &out, &errs); code != 0 {
		t.Fatalf("%q: %d: %s", args, code, errs.String())
	}
	return out.String()
}

// TestRotate changes the safeguarding key three times. What was sealed to each
// is read for ever; families are offered the newest two.
func TestRotate(t *testing.T) {
	dir := t.TempDir()
	state, over := filepath.Join(dir, "state"), filepath.Join(dir, "oversight.key")
	args := []string{"--state", state, "--practice", "--listen", "127.0.0.1:0", "--oversight-key", over}
	var token string
	var offers [][]string
	for i := range 4 {
		out, stop := start(t, args...)
		c, err := platform.New(platform.Config{URL: out.find(t, `DSL sign-in: (http://[^/]+)/`)})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			e, err := c.Enrol(t.Context(), out.find(t, `Family invite code: (.+)\n`), resources.NewID())
			if err != nil {
				t.Fatal(err)
			}
			token = e.SubmitToken
		}
		p, err := c.Profile(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		offers = append(offers, p.Safeguarding)
		// To the oldest that was ever offered, as a family that was away does, and
		// to all that are offered now.
		for _, to := range [][]string{offers[0], p.Safeguarding} {
			sealed, err := seal.Seal(to, resources.KindReport, resources.Report{About: "friend", Words: "words"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Send(t.Context(), token, resources.Message{ID: resources.NewID(), Kind: resources.KindReport, Sealed: sealed}); err != nil {
				t.Fatal(err)
			}
		}
		if page := read(t, out.find(t, `DSL sign-in: (http://[^/]+)/`), out.find(t, signIn)); strings.Count(page, "<li ") != 2*(i+1) || strings.Contains(page, "cannot be read") {
			t.Errorf("after %d changes the DSL reads %s", i, page)
		}
		c.Close()
		stop()
		switch i {
		case 0, 1:
			if out := command(t, "key", "rotate", "--state", state); strings.Contains(out, "SECRET") {
				t.Errorf("it prints the key: %s", out)
			}
		case 2:
			command(t, "key", "rotate", "--state", state, "--only-new")
		}
	}
	for i, want := range []int{1, 2, 2, 1} {
		if len(offers[i]) != want {
			t.Errorf("after %d changes %d keys are offered, want %d", i, len(offers[i]), want)
		}
	}
	if !slices.Contains(offers[1], offers[0][0]) || !slices.Contains(offers[2], offers[1][0]) || slices.Contains(offers[2], offers[0][0]) || slices.Contains(offers[2], offers[3][0]) {
		t.Errorf("offered in turn: %q", offers)
	}
	list := command(t, "key", "list", "--state", state)
	if strings.Count(list, "for reading only") != 3 || strings.Count(list, "offered") != 2 || strings.Contains(list, "SECRET") {
		t.Errorf("key list: %s", list)
	}
}

// TestRotateOversight gives a new person the oversight key. Both keys are
// offered, and each opens what was sealed to both.
func TestRotateOversight(t *testing.T) {
	dir := t.TempDir()
	state, first, second := filepath.Join(dir, "state"), filepath.Join(dir, "first.key"), filepath.Join(dir, "second.key")
	out, stop := start(t, "--state", state, "--practice", "--listen", "127.0.0.1:0", "--oversight-key", first)
	out.find(t, signIn)
	stop()
	command(t, "key", "rotate", "--oversight", "--oversight-key", second, "--state", state)
	s, err := readState(state)
	if err != nil || len(s.Oversight) != 2 {
		t.Fatalf("offered: %q, %v", s.Oversight, err)
	}
	sealed, err := seal.Seal(s.Oversight, resources.KindReport, "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{first, second} {
		ids, err := readKeys(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Open(ids, sealed); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if out := command(t, "key", "rotate", "--oversight", "--only-new", "--state", state); !strings.Contains(out, "AGE-SECRET-KEY-1") {
		t.Errorf("without a file it is printed once: %s", out)
	}
	if s, err := readState(state); err != nil || len(s.Oversight) != 1 {
		t.Errorf("with --only-new: %q, %v", s.Oversight, err)
	}
	for _, name := range []string{stateFile, keyFile} {
		b, err := os.ReadFile(filepath.Join(state, name))
		if err != nil {
			t.Fatal(err)
		}
		secret, err := os.ReadFile(second)
		if err != nil || bytes.Contains(b, bytes.TrimSpace(secret)) {
			t.Errorf("%s holds the oversight key, %v", name, err)
		}
	}
}

func TestRotateBadInput(t *testing.T) {
	dir := t.TempDir()
	state, over := filepath.Join(dir, "state"), filepath.Join(dir, "oversight.key")
	out, stop := start(t, "--state", state, "--practice", "--listen", "127.0.0.1:0", "--oversight-key", over)
	out.find(t, signIn)
	stop()
	before, err := os.ReadFile(filepath.Join(state, stateFile))
	if err != nil {
		t.Fatal(err)
	}
	fails(t, "key rotate", "key")
	fails(t, "key rotate", "key", "burn")
	fails(t, "--state", "key", "rotate")
	fails(t, "no platform", "key", "rotate", "--state", filepath.Join(dir, "nowhere"))
	fails(t, "is there already", "key", "rotate", "--oversight", "--oversight-key", over, "--state", state)
	fails(t, "in the state directory", "key", "rotate", "--oversight", "--oversight-key", filepath.Join(state, "k"), "--state", state)
	if after, err := os.ReadFile(filepath.Join(state, stateFile)); err != nil || string(after) != string(before) {
		t.Errorf("a change that failed changed the state: %s, %v", after, err)
	}
}
