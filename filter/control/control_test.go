//go:build unix

package control_test

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// fake is a control whose answers the tests choose. What it does not define
// panics.
type fake struct {
	filter.Control
	household filter.Household
	session   time.Duration // of an unlock; 0: an hour
	callers   []filter.Caller
}

func (f *fake) Status(ctx context.Context) (filter.Status, error) {
	f.callers = append(f.callers, filter.CallerFrom(ctx))
	return filter.Status{State: filter.Filtering, Names: 7}, nil
}

func (f *fake) Watch(context.Context) iter.Seq2[filter.Status, error] {
	return func(yield func(filter.Status, error) bool) {
		_ = yield(filter.Status{Names: 1}, nil) && yield(filter.Status{Names: 2}, nil) && yield(filter.Status{}, filter.ErrNotBuilt)
	}
}

func (f *fake) SetLesson(_ context.Context, l filter.LessonChange) (filter.Lesson, error) {
	return filter.Lesson{On: l.On}, nil
}

func (f *fake) SetPolicy(_ context.Context, p filter.Policy) error { return p.Check() }

func (f *fake) Household(context.Context) (filter.Household, error) { return f.household, nil }

func (f *fake) Activity(_ context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	return filter.Activity{Counts: map[filter.Category]int{filter.Games: len(q.Learner)}}, nil
}

func (f *fake) Unlock(_ context.Context, pin string) (filter.Session, error) {
	if pin != "482915" {
		return filter.Session{}, filter.ErrWrongPIN
	}
	return filter.Session{Token: "let me in", Until: time.Now().Add(cmp.Or(f.session, time.Hour))}, nil
}

// guard opens the door to one token, and says when its session was ended.
type guard struct{ ended chan<- string }

func (guard) Guardian(token string, _ filter.Caller) bool { return token == "let me in" }

func (g guard) End(token string) {
	if g.ended != nil {
		g.ended <- token
	}
}

func serve(t *testing.T, f *fake) (*control.Client, string) {
	t.Helper()
	return guarded(t, f, guard{})
}

func guarded(t *testing.T, f filter.Control, g control.Guard) (*control.Client, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := control.Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	s := control.NewServer(control.Config{Control: f, Guard: g, Logger: slog.New(slog.DiscardHandler)})
	go func() { done <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return control.NewClient(path), path
}

// TestDoor is who may do what, in one place.
func TestDoor(t *testing.T) {
	client, _ := serve(t, &fake{})
	ctx := t.Context()
	policy := func() error { return client.SetPolicy(ctx, filter.DefaultPolicy()) }
	lesson := func(l filter.LessonChange) func() error {
		return func() error { _, err := client.SetLesson(ctx, l); return err }
	}
	activity := func() error { _, err := client.Activity(ctx, filter.ActivityQuery{Learner: "ann"}); return err }
	for _, tt := range []struct {
		what             string
		do               func() error
		locked, unlocked error
	}{
		{"changing the policy", policy, filter.ErrForbidden, nil},
		{"starting a lesson", lesson(filter.LessonChange{On: true}), nil, nil},
		{"starting a strict lesson", lesson(filter.LessonChange{On: true, Style: filter.ApprovedOnly}), filter.ErrForbidden, nil},
		{"ending a lesson", lesson(filter.LessonChange{}), filter.ErrForbidden, nil},
		{"another's activity", activity, filter.ErrForbidden, nil},
	} {
		client.Lock()
		if err := tt.do(); !errors.Is(err, tt.locked) {
			t.Errorf("%s, locked: %v, want %v", tt.what, err, tt.locked)
		}
		if _, err := client.Unlock(ctx, "482915"); err != nil {
			t.Fatal(err)
		}
		if err := tt.do(); !errors.Is(err, tt.unlocked) {
			t.Errorf("%s, unlocked: %v, want %v", tt.what, err, tt.unlocked)
		}
	}
	client.Lock()
	if _, err := client.Unlock(ctx, "000000"); !errors.Is(err, filter.ErrWrongPIN) {
		t.Errorf("wrong PIN: %v, want %v", err, filter.ErrWrongPIN)
	}
}

// TestSessionEnds: with the connection on which the PIN was given, whoever closes
// it, and with its time; not with the context of the call.
func TestSessionEnds(t *testing.T) {
	ended := make(chan string)
	client, path := guarded(t, &fake{}, guard{ended})
	unlock := func() {
		t.Helper()
		ctx, done := context.WithCancel(t.Context())
		defer done()
		if _, err := client.Unlock(ctx, "482915"); err != nil {
			t.Fatal(err)
		}
	}
	open := func() error { return client.SetPolicy(t.Context(), filter.DefaultPolicy()) }

	unlock()
	if err := open(); err != nil {
		t.Errorf("after the call: %v", err)
	}
	client.Lock()
	<-ended
	if err := open(); !errors.Is(err, filter.ErrForbidden) {
		t.Errorf("when it was locked: %v, want %v", err, filter.ErrForbidden)
	}
	unlock()
	unlock()
	<-ended // the first
	if err := open(); err != nil {
		t.Errorf("after another unlock: %v", err)
	}
	client.Lock()
	<-ended

	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprint(conn, "POST /v1/unlock HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 8\r\n\r\n\"482915\""); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	<-ended // with the program

	client, _ = guarded(t, &fake{session: time.Nanosecond}, guard{ended})
	unlock()
	<-ended // with its time
}

// TestUnlockUnanswered: an answer without a session has unlocked nothing.
func TestUnlockUnanswered(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	empty := http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: time.Second}
	go empty.Serve(l) //nolint:errcheck // until it is closed
	defer empty.Close()
	if s, err := control.NewClient(path).Unlock(t.Context(), "482915"); !errors.Is(err, filter.ErrNotRunning) {
		t.Errorf("Unlock = %+v, %v, want %v", s, err, filter.ErrNotRunning)
	}
}

// TestUnlockAtOnce: of unlocks at once one is kept, and the others are ended.
func TestUnlockAtOnce(t *testing.T) {
	ended := make(chan string, 8)
	client, _ := guarded(t, &fake{}, guard{ended})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := client.Unlock(t.Context(), "482915"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	client.Lock()
	for range 8 {
		<-ended
	}
}

// TestOneValue: a request is one value, and all of it is read: only then is it
// noticed that its client hangs up.
func TestOneValue(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`"482915"`, "200 OK"},
		{"\"482915\"\n", "200 OK"},
		{`"482915" 1`, "400 Bad Request"},
		{`"482915"]`, "400 Bad Request"},
		{`"482915"}`, "400 Bad Request"},
		{``, "400 Bad Request"},
	} {
		_, path := serve(t, &fake{})
		conn, err := new(net.Dialer).DialContext(t.Context(), "unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := fmt.Fprintf(conn, "POST /v1/unlock HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: %d\r\n\r\n%s", len(tt.body), tt.body); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(conn).ReadString('\n')
		if _, got, _ := strings.Cut(strings.TrimSpace(line), " "); got != tt.want {
			t.Errorf("%q: %q, %v, want %q", tt.body, got, err, tt.want)
		}
	}
}

// TestOwnActivity: without a learner it is the caller's own, and for a guardian
// that of accounts which are nobody's.
func TestOwnActivity(t *testing.T) {
	f := &fake{}
	client, _ := serve(t, f)
	if _, err := client.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.household.Learners = []filter.Learner{{ID: "own", Accounts: []string{f.callers[0].Account}}}
	if a, err := client.Activity(t.Context(), filter.ActivityQuery{}); err != nil || a.Counts[filter.Games] != len("own") {
		t.Errorf("a learner's: %+v, %v, want their own", a, err)
	}
	if _, err := client.Unlock(t.Context(), "482915"); err != nil {
		t.Fatal(err)
	}
	if a, err := client.Activity(t.Context(), filter.ActivityQuery{}); err != nil || a.Counts[filter.Games] != 0 {
		t.Errorf("a guardian's: %+v, %v, want nobody's", a, err)
	}
}

func TestCallerIsThePeer(t *testing.T) {
	f := &fake{}
	client, _ := serve(t, f)
	if _, err := client.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := f.callers[0]; !c.Owner || c.Account == "" || c.PID == 0 || c.Guardian || !strings.HasPrefix(c.Process, fmt.Sprintf("%d from ", os.Getpid())) {
		t.Errorf("caller %+v, want this process, owner, locked", c)
	}
}

func TestWatch(t *testing.T) {
	client, _ := serve(t, &fake{})
	var names []int
	var last error
	for s, err := range client.Watch(t.Context()) {
		if last = err; err == nil {
			names = append(names, s.Names)
		}
	}
	if len(names) != 2 || !errors.Is(last, filter.ErrNotBuilt) {
		t.Errorf("yielded %v, then %v", names, last)
	}
}

// TestErrorsCrossTheWire: they read as they did and are what they were.
func TestErrorsCrossTheWire(t *testing.T) {
	client, _ := serve(t, &fake{})
	if _, err := client.Unlock(t.Context(), "482915"); err != nil {
		t.Fatal(err)
	}
	p := filter.DefaultPolicy()
	p.Level.Style = "loud"
	err := client.SetPolicy(t.Context(), p)
	if !errors.Is(err, filter.ErrBadPolicy) || !strings.Contains(err.Error(), `"loud"`) {
		t.Errorf("SetPolicy = %v", err)
	}
}

// TestBrowsersStayOut: a request that a web page could have caused is refused.
func TestBrowsersStayOut(t *testing.T) {
	_, path := serve(t, &fake{})
	hc := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}}
	for _, tt := range []struct {
		why, url, header string
		want             int
	}{
		{"as the client asks", "http://lessonguard/v1/status", "", 200},
		{"another host", "http://localhost/v1/status", "", 403},
		{"an origin", "http://lessonguard/v1/status", "Origin", 403},
		{"a referer", "http://lessonguard/v1/status", "Referer", 403},
		{"no such operation", "http://lessonguard/v1/nothing", "", 404},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tt.header != "" {
			req.Header.Set(tt.header, "https://evil.example")
		}
		resp, err := hc.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.why, resp.StatusCode, tt.want)
		}
	}
}

func TestSocketInUse(t *testing.T) {
	_, path := serve(t, &fake{})
	if _, err := control.Listen(t.Context(), path); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("Listen = %v, want one line saying that it is in use", err)
	}
}

func TestNotRunning(t *testing.T) {
	client := control.NewClient(filepath.Join(t.TempDir(), "nothing"))
	if _, err := client.Status(t.Context()); !errors.Is(err, filter.ErrNotRunning) {
		t.Errorf("Status = %v, want %v", err, filter.ErrNotRunning)
	}
}
