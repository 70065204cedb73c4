package desktop_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lessonguard/app/desktop"
)

func background() context.Context { return context.Background() }

// serve claims dir and runs the instance; calls come out of the channel, and
// stop ends it.
func serve(t *testing.T, dir string) (calls chan desktop.Call, stop func()) {
	t.Helper()
	first, err := desktop.Claim(t.Context(), dir, desktop.Call{})
	if err != nil {
		t.Fatal(err)
	}
	calls = make(chan desktop.Call, 10)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- first.Run(ctx, func(c desktop.Call) { calls <- c }) }()
	return calls, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	}
}

func TestSecondStartHandsOver(t *testing.T) {
	dir := t.TempDir()
	calls, stop := serve(t, dir)
	for _, want := range []desktop.Call{
		{Args: []string{"help"}, Dir: "/home/ada"},
		{Args: []string{"invite", "my file.toml", "\"quoted\"\nline"}, Dir: "/home/ada/Żółć"},
		{},
	} {
		if _, err := desktop.Claim(t.Context(), dir, want); !errors.Is(err, desktop.ErrHandedOver) {
			t.Fatalf("Claim = %v, want ErrHandedOver", err)
		}
		if got := <-calls; !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "instance.sock")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: other accounts may connect", info, err)
	}
	if _, err := desktop.Claim(t.Context(), dir, desktop.Call{Args: []string{strings.Repeat("x", 1<<17)}}); err == nil || !strings.Contains(err.Error(), "longer") {
		t.Errorf("Claim with too long a call = %v", err)
	}
	stop()
	_, stop = serve(t, dir) // now the next start is the first
	stop()
}

// TestStartsAtOnce has many starts race: one is the first, all others are heard.
func TestStartsAtOnce(t *testing.T) {
	dir := t.TempDir()
	const starts = 8
	calls, results := make(chan desktop.Call, starts), make(chan error, starts)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, starts)
	for range starts {
		go func() {
			i, err := desktop.Claim(ctx, dir, desktop.Call{Args: []string{"help"}})
			if err == nil {
				go func() { ended <- i.Run(ctx, func(c desktop.Call) { calls <- c }) }()
			}
			results <- err
		}()
	}
	firsts := 0
	for range starts {
		if err := <-results; err == nil {
			firsts++
		} else if !errors.Is(err, desktop.ErrHandedOver) {
			t.Error(err)
		}
	}
	if firsts != 1 {
		t.Errorf("%d first instances", firsts)
	}
	for range starts - 1 {
		if c := <-calls; len(c.Args) != 1 {
			t.Errorf("call %+v", c)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestNoAnswer shows that a first instance that hangs keeps nobody from help.
func TestNoAnswer(t *testing.T) {
	dir := t.TempDir()
	first, err := desktop.Claim(t.Context(), dir, desktop.Call{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := desktop.Claim(ctx, dir, desktop.Call{Args: []string{"help"}}); !errors.Is(err, desktop.ErrNoAnswer) {
		t.Errorf("Claim = %v, want ErrNoAnswer", err)
	}
}

// TestScreenHangs has the first instance hear calls but show nothing.
func TestScreenHangs(t *testing.T) {
	dir := t.TempDir()
	first, err := desktop.Claim(t.Context(), dir, desktop.Call{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended, hang := make(chan error, 1), make(chan struct{})
	defer close(hang)
	go func() { ended <- first.Run(ctx, func(desktop.Call) { <-hang }) }()
	soon, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer stop()
	if _, err := desktop.Claim(soon, dir, desktop.Call{Args: []string{"help"}}); !errors.Is(err, desktop.ErrNoAnswer) {
		t.Errorf("Claim = %v, want ErrNoAnswer", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
}

// TestKilled leaves the lock and the socket of an instance that was killed.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), testClaim+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "<nil>\n" {
		t.Fatalf("the child claimed %q, %v", line, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if _, err := os.Lstat(filepath.Join(dir, "instance.sock")); err != nil {
		t.Fatal(err)
	}
	_, stop := serve(t, dir)
	stop()
}

// TestNonsense shows that what is no call disturbs nobody.
func TestNonsense(t *testing.T) {
	dir := t.TempDir()
	calls, stop := serve(t, dir)
	defer stop()
	for _, text := range []string{"", "\n", "{}", "[1]\n", strings.Repeat("x", 1<<17)} {
		conn, err := net.Dial("unix", filepath.Join(dir, "instance.sock"))
		if err != nil {
			t.Fatal(err)
		}
		conn.Write([]byte(text))          //nolint:errcheck // it may hang up early
		conn.(*net.UnixConn).CloseWrite() //nolint:errcheck // it may have hung up
		if answer, _ := bufio.NewReader(conn).ReadString('\n'); answer != "" {
			t.Errorf("%.10q was answered %q", text, answer)
		}
		conn.Close()
	}
	if _, err := desktop.Claim(t.Context(), dir, desktop.Call{Dir: "x"}); !errors.Is(err, desktop.ErrHandedOver) {
		t.Errorf("Claim = %v", err)
	}
	if got := <-calls; got.Dir != "x" {
		t.Errorf("got %+v", got)
	}
}

func TestRuntimeDir(t *testing.T) {
	base := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", base)
	if err := os.Mkdir(filepath.Join(base, "lessonguard"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := desktop.RuntimeDir()
	if err != nil || dir != filepath.Join(base, "lessonguard") {
		t.Fatalf("RuntimeDir = %s, %v", dir, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v: open to others", info, err)
	}
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("XDG_CACHE_HOME", base)
	if dir, err := desktop.RuntimeDir(); err != nil || !strings.HasPrefix(dir, base) {
		t.Errorf("RuntimeDir without a runtime folder = %s, %v", dir, err)
	}
	t.Setenv("XDG_RUNTIME_DIR", base)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := desktop.RuntimeDir(); err == nil {
		t.Error("RuntimeDir followed a link to somewhere else")
	}
}
