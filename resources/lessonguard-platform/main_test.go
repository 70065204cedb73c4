package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// output is what a program printed so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// find waits until the program has printed what the pattern matches, and
// returns the last of its first group.
func (o *output) find(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		if all := re.FindAllStringSubmatch(o.String(), -1); all != nil {
			return all[len(all)-1][1]
		}
		select {
		case <-o.more:
		case <-t.Context().Done():
			t.Fatalf("never printed %s: %s", pattern, o)
		case <-time.After(30 * time.Second):
			t.Fatalf("did not print %s: %s", pattern, o)
		}
	}
}

// start runs the program until the returned function is called, which returns
// its exit code.
func start(t *testing.T, args ...string) (out *output, stop func() int) {
	t.Helper()
	out = &output{more: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, args, out, out) }()
	stop = sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { stop() })
	return out, stop
}

// fails runs the program, which is to end by itself with one line.
func fails(t *testing.T, want string, args ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	code := run(ctx, args, &out, &errs)
	if code != 1 || !strings.Contains(errs.String(), want) || strings.Count(strings.TrimSpace(errs.String()), "\n") != 0 {
		t.Errorf("%q: exit code %d, %q, want 1 and one line with %q", args, code, errs.String(), want)
	}
}

const signIn = `one-time password: ([0-9A-Z-]+)\n`

// TestServe starts a platform, lets two families join and send, and reads what
// they sent: across a restart, with the oversight key elsewhere.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	state, key := filepath.Join(dir, "state"), filepath.Join(dir, "oversight.key")
	args := []string{"--state", state, "--practice", "--listen", "127.0.0.1:0", "--oversight-key", key}
	out, stop := start(t, args...)
	address := out.find(t, `DSL sign-in: (http://[^/]+)/`)

	var invited bytes.Buffer
	if code := run(t.Context(), []string{"enrol", "--state", state, "--for", "The Smiths"}, &invited, io.Discard); code != 0 {
		t.Fatalf("enrol: %d", code)
	}
	c, err := platform.New(platform.Config{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	e, err := c.Enrol(t.Context(), invited.String(), resources.NewID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Enrol(t.Context(), out.find(t, `Family invite code: (.+)\n`), resources.NewID()); err != nil {
		t.Errorf("with the printed code: %v", err)
	}
	if p := e.Profile; !p.Practice || !strings.Contains(p.Name, practiceNotice) || p.ReadingHours != practiceNotice || len(p.Oversight) != 1 {
		t.Errorf("profile %+v", p)
	}
	for _, to := range [][]string{e.Profile.Safeguarding, e.Profile.Oversight} {
		sealed, err := seal.Seal(to, resources.KindReport, resources.Report{About: "friend", Words: "words"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Send(t.Context(), e.SubmitToken, resources.Message{ID: resources.NewID(), Kind: resources.KindReport, Sealed: sealed}); err != nil {
			t.Fatal(err)
		}
	}
	if code := stop(); code != 0 {
		t.Errorf("stopped: %d: %s", code, out)
	}

	out, stop = start(t, args...)
	address = out.find(t, `DSL sign-in: (http://[^/]+)/`)
	if page := read(t, address, out.find(t, signIn)); strings.Count(page, "<li ") != 1 || !strings.Contains(page, "The Smiths") {
		t.Errorf("the DSL reads %s", page)
	}
	over, stopOver := start(t, "oversight", "--state", state, "--key", key, "--listen", "127.0.0.1:0")
	if page := read(t, over.find(t, `Oversight sign-in: (http://[^/]+)/`), over.find(t, signIn)); strings.Count(page, "<li ") != 1 {
		t.Errorf("oversight reads %s", page)
	}
	if code := stopOver(); code != 0 {
		t.Errorf("oversight stopped: %d", code)
	}
	if code := stop(); code != 0 {
		t.Errorf("stopped: %d: %s", code, out)
	}

	secret, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	err = filepath.WalkDir(state, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, bytes.TrimSpace(secret)) {
			t.Errorf("%s holds the oversight key", path)
		}
		if bytes.Contains(b, []byte("AGE-SECRET-KEY")) {
			found++
		}
		return err
	})
	if err != nil || found != 1 {
		t.Errorf("%d files hold a key, want the DSL's alone: %v", found, err)
	}
}

// read signs in and returns the inbox.
func read(t *testing.T, address, password string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/sign-in", strings.NewReader(url.Values{"password": {password}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	r, err = http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		r.AddCookie(c)
	}
	resp, err = client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPrintedOversightKey(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	out, stop := start(t, "--state", state, "--practice", "--listen", "127.0.0.1:0")
	out.find(t, signIn)
	out.find(t, "(AGE-SECRET-KEY-1[0-9A-Z]+)")
	stop()
	out, stop = start(t, "--state", state, "--practice", "--listen", "127.0.0.1:0")
	out.find(t, signIn)
	stop()
	if strings.Contains(out.String(), "SECRET") {
		t.Error("the oversight key is printed again")
	}
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	state := func(name string) string { return filepath.Join(dir, name) }
	free := []string{"--practice", "--listen", "127.0.0.1:0"}
	fails(t, "--state", free...)
	fails(t, "--name", "--state", state("a"))
	fails(t, "-colour", "--colour", "red")
	fails(t, `"extra"`, append(free, "--state", state("a"), "extra")...)
	fails(t, "127.0.0.1:8710", "--practice", "--state", state("a"), "--listen", "8710")
	fails(t, "127.0.0.1:8710", "--practice", "--state", state("a"), "--listen", "127.0.0.1:http")
	fails(t, "needs TLS", "--practice", "--state", state("a"), "--listen", "0.0.0.0:8710")
	fails(t, "needs TLS", "--practice", "--state", state("a"), "--listen", ":8710")
	fails(t, "taken by another program", "--practice", "--state", state("a"), "--listen", l.Addr().String())
	fails(t, file, append(free, "--state", file)...)
	fails(t, "missing", append(free, "--state", filepath.Join(dir, "missing", "state"))...)
	fails(t, "in the state directory", append(free, "--state", state("b"), "--oversight-key", filepath.Join(state("b"), "key"))...)
	fails(t, file, append(free, "--state", state("c"), "--oversight-key", file)...)
	fails(t, "start it once first", "enrol", "--state", state("d"))
	fails(t, "1 to 90", "enrol", "--state", state("d"), "--days", "0")
	fails(t, "--key", "oversight", "--state", state("d"))
	if _, err := os.Stat(state("a")); err == nil {
		t.Error("a start that failed left a state directory")
	}
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"serve"}, io.Discard, &errs); code != 1 || !strings.Contains(errs.String(), `"serve"`) {
		t.Errorf("an unknown command: %d, %s", code, errs.String())
	}
	if code := run(t.Context(), []string{"enrol", "-h"}, io.Discard, &errs); code != 0 || !strings.Contains(errs.String(), "-days") {
		t.Errorf("-h: %d, %s", code, errs.String())
	}
}

// TestBrokenState breaks what a platform keeps. It never starts over what it
// cannot read, and loses nothing.
func TestBrokenState(t *testing.T) {
	for _, tt := range []struct {
		file, data, want string
	}{
		{stateFile, `{"version": 99}`, "version 99"},
		{stateFile, `half of`, "restore a backup"},
		{keyFile, "nonsense", "restore a backup"},
		{keyFile, "", "restore a backup"},
	} {
		dir := filepath.Join(t.TempDir(), "state")
		args := []string{"--state", dir, "--practice", "--listen", "127.0.0.1:0"}
		out, stop := start(t, args...)
		out.find(t, signIn)
		stop()
		path := filepath.Join(dir, tt.file)
		if err := os.WriteFile(path, []byte(tt.data), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, tt.want, args...)
		fails(t, path, args...)
		if b, err := os.ReadFile(path); err != nil || string(b) != tt.data {
			t.Errorf("%s was changed to %q, %v", tt.file, b, err)
		}
	}
}

// TestDamagedStore sets a damaged store aside, says so, and goes on.
func TestDamagedStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	args := []string{"--state", dir, "--practice", "--listen", "127.0.0.1:0"}
	out, stop := start(t, args...)
	out.find(t, signIn)
	stop()
	damaged := strings.Repeat("damaged ", 5000)
	if err := os.WriteFile(filepath.Join(dir, storeFile), []byte(damaged), 0o600); err != nil {
		t.Fatal(err)
	}
	out, stop = start(t, args...)
	out.find(t, signIn)
	aside := out.find(t, `is now (\S+):`)
	stop()
	if b, err := os.ReadFile(aside); err != nil || string(b) != damaged {
		t.Errorf("set aside %d bytes, %v", len(b), err)
	}
}

// TestRestartOfFirst cuts a first start short after each file: the next start
// finishes with the same keys.
func TestRestartOfFirst(t *testing.T) {
	dir := t.TempDir()
	state, key := filepath.Join(dir, "state"), filepath.Join(dir, "oversight.key")
	args := []string{"--state", state, "--practice", "--listen", "127.0.0.1:0", "--oversight-key", key}
	var profile string
	for i := range 2 {
		out, stop := start(t, args...)
		address := out.find(t, `DSL sign-in: (http://[^/]+)/`)
		c, err := platform.New(platform.Config{URL: address})
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.Profile(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		stop()
		if got := fmt.Sprint(p); i == 0 {
			profile = got
		} else if got != profile {
			t.Errorf("the keys changed: %s, were %s", got, profile)
		}
		if err := os.Remove(filepath.Join(state, stateFile)); err != nil {
			t.Fatal(err)
		}
	}
}
