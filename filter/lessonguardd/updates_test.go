package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/control"
	"lessonguard/filter/engine"
)

// TestUpdate: what a publisher's server may do, and what becomes of the list.
func TestUpdate(t *testing.T) {
	p := newPublisher(t)
	p.does("/bets", has(many(10)))
	e, _ := service(t, with(p.catalogued(t, "", "bets")))
	if s := state(t, e, "bets"); s.State != filter.ListMissing || isClosed(t, e, "bet9.example") {
		t.Fatalf("before the first update: %+v", s)
	}
	for _, tt := range []struct {
		why    string
		serves http.HandlerFunc
		accept string
		state  string
		says   string // in the state's Why
		names  int
		open   filter.Name
		closed filter.Name
	}{
		{"fresh", has(many(10)), "", filter.ListFresh, "", 10, "bet10.example", "bet9.example"},
		{"the same", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") != etag(many(10)) {
				t.Errorf("asked with ETag %q", r.Header.Get("If-None-Match"))
			}
			has(many(10))(w, r)
		}, "", filter.ListFresh, "", 10, "bet10.example", "bet9.example"},
		{"a few more", has(many(12)), "", filter.ListFresh, "", 12, "bet12.example", "bet11.example"},
		{"web page", has("<!DOCTYPE html>\n<p>Sign in</p>\n"), "", filter.ListFailed, "web page", 12, "bet12.example", "bet11.example"},
		{"gone", http.NotFound, "", filter.ListFailed, "404", 12, "bet12.example", "bet11.example"},
		{"no name", has("# nothing\n"), "", filter.ListFailed, "no name", 12, "bet12.example", "bet11.example"},
		{"too large", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", fmt.Sprint(65<<20)) }, "", filter.ListFailed, "larger than", 12, "bet12.example", "bet11.example"},
		{"hostile words", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			defer conn.Close()
			_, _ = conn.Write([]byte("HTTP/1.1 404 \x1b[2Jred\r\nContent-Length: 0\r\n\r\n"))
		}, "", filter.ListFailed, "404 [2Jred", 12, "bet12.example", "bet11.example"},
		{"shrunk", has(many(2)), "", filter.ListFailed, "from 12 names to 2", 12, "bet12.example", "bet11.example"},
		{"shrunk still", has(many(2)), "", filter.ListFailed, "from 12 names to 2", 12, "bet12.example", "bet11.example"},
		{"shrunk and accepted", has(many(2)), "bets", filter.ListFresh, "", 2, "bet2.example", "bet1.example"},
		{"accepted again", has(many(2)), "bets", filter.ListFresh, "", 2, "bet2.example", "bet1.example"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p.does("/bets", tt.serves)
			if tt.why == "hostile words" {
				// A raw answer is of HTTP/1: tell the child that there is no other.
				t.Setenv("GODEBUG", "http2client=0")
			}
			if err := update(t, e, filter.ListUpdate{Accept: tt.accept}); err != nil {
				t.Fatal(err)
			}
			s := state(t, e, "bets")
			if s.State != tt.state || !strings.Contains(s.Why, tt.says) || s.Names != tt.names || s.Fetched.IsZero() {
				t.Errorf("state %+v, want %s, %d names and %q", s, tt.state, tt.names, tt.says)
			}
			if want := strings.Contains(tt.says, "names to"); s.Changed != want {
				t.Errorf("changed %v, want %v", s.Changed, want)
			}
			if isClosed(t, e, tt.open) || !isClosed(t, e, tt.closed) {
				t.Errorf("%s closed %v, %s closed %v", tt.open, isClosed(t, e, tt.open), tt.closed, isClosed(t, e, tt.closed))
			}
		})
	}
	p.Close()
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	if s := state(t, e, "bets"); s.State != filter.ListFailed || s.Names != 2 || !isClosed(t, e, "bet1.example") {
		t.Errorf("with the server down: %+v", s)
	}
	if err := update(t, e, filter.ListUpdate{Accept: "bets"}); err == nil || !strings.Contains(err.Error(), "list bets: ") {
		t.Errorf("accepting with the server down: %v", err)
	}
	if err := update(t, e, filter.ListUpdate{Accept: "other"}); !errors.Is(err, filter.ErrNotFound) {
		t.Errorf("accepting another: %v", err)
	}
}

// TestUpdateGoesOn: a list that fails does not keep the others from being fetched.
func TestUpdateGoesOn(t *testing.T) {
	p := newPublisher(t)
	p.does("/bets", has(many(10)))
	e, _ := service(t, with(p.catalogued(t, "", "gone", "bets", "lost")))
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"gone": filter.ListFailed, "bets": filter.ListFresh, "lost": filter.ListFailed} {
		if s := state(t, e, id); s.State != want {
			t.Errorf("%s: %+v, want %s", id, s, want)
		}
	}
	if !isClosed(t, e, "bet9.example") {
		t.Error("the list that came is not in force")
	}
}

// TestUpdateResumes: what came of a list before the connection broke off is not
// fetched again.
func TestUpdateResumes(t *testing.T) {
	p, text := newPublisher(t), many(1000)
	e, _ := service(t, with(p.catalogued(t, "", "bets")))
	p.does("/bets", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", etag(text))
		w.Header().Set("Content-Length", fmt.Sprint(len(text)))
		_, _ = w.Write([]byte(text[:5000]))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	if s := state(t, e, "bets"); s.State != filter.ListFailed || !strings.Contains(s.Why, "broke off") {
		t.Errorf("broken off: %+v", s)
	}
	asked := make(chan string, 1)
	p.does("/bets", func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Header.Get("Range")
		has(text)(w, r)
	})
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	if s := state(t, e, "bets"); s.State != filter.ListFresh || s.Names != 1000 {
		t.Errorf("gone on with: %+v", s)
	}
	if got := <-asked; got != "bytes=5000-" {
		t.Errorf("asked for %q", got)
	}
}

// TestUpdateSigned: a list with a signature that does not fit is not taken.
func TestUpdateSigned(t *testing.T) {
	p, signer := newPublisher(t), catalogue.NewSigner([32]byte{1}, [8]byte{1})
	text := many(10)
	p.does("/bets", has(text))
	p.does("/sig", has(signer.Sign([]byte("another"), "")))
	e, _ := service(t, with(p.catalogued(t, fmt.Sprintf("signature = \"%s/sig\"\nkey = %q\n", p.URL, signer.Public()), "bets")))
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	if s := state(t, e, "bets"); s.State != filter.ListFailed || !strings.Contains(s.Why, "does not fit") || isClosed(t, e, "bet1.example") {
		t.Errorf("wrongly signed: %+v", s)
	}
	p.does("/sig", has(signer.Sign([]byte(text), "")))
	if err := update(t, e, filter.ListUpdate{}); err != nil || !isClosed(t, e, "bet1.example") {
		t.Errorf("well signed: %+v, %v", state(t, e, "bets"), err)
	}
}

// TestDamagedCopy: a copy that was damaged on the disk is given up and said so,
// and the other lists are compiled without it.
func TestDamagedCopy(t *testing.T) {
	p := newPublisher(t)
	p.does("/bets", has(many(10)))
	p.does("/more", has("more.example\n"))
	e, c := service(t, with(p.catalogued(t, "", "bets", "more")))
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.dir, "lists", "bets", "1", "list"), []byte("a\x00b"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.compile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := state(t, e, "bets"); s.State != filter.ListFailed || !strings.Contains(s.Why, "no longer be read") || !isClosed(t, e, "more.example") {
		t.Errorf("%+v", s)
	}
	if err := update(t, e, filter.ListUpdate{}); err != nil || state(t, e, "bets").State != filter.ListFresh || !isClosed(t, e, "bet9.example") {
		t.Errorf("fetched anew: %+v, %v", state(t, e, "bets"), err)
	}
}

// TestWanted: lists are kept for what the policy closes for somebody, and no
// longer closed when it does not.
func TestWanted(t *testing.T) {
	p := newPublisher(t)
	p.does("/bets", has(many(10)))
	e, c := service(t, with(p.catalogued(t, "", "bets")))
	if err := update(t, e, filter.ListUpdate{}); err != nil {
		t.Fatal(err)
	}
	policy, _ := e.Policy(t.Context())
	open := policy.Clone()
	open.Level = open.Level.Close(filter.Gambling, filter.NeverClosed)
	if err := e.SetPolicy(t.Context(), open); err != nil {
		t.Fatal(err)
	}
	if err := c.compile(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, _ := e.Lists(t.Context())
	if slices.ContainsFunc(all, func(l filter.ListState) bool { return l.ID == "bets" }) {
		t.Error("a list of an open category is kept")
	}
	open.Learners = map[string]filter.Level{"a": policy.Level}
	if err := e.SetPolicy(t.Context(), open); err != nil {
		t.Fatal(err)
	}
	if err := c.compile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := state(t, e, "bets"); s.State != filter.ListFresh || s.Names != 10 {
		t.Errorf("closed for one learner: %+v", s)
	}
}

// TestKeepUp: the service fetches by itself once there is a network and no
// lesson, and again when the guardian closes what was open.
func TestKeepUp(t *testing.T) {
	p := newPublisher(t)
	asked := make(chan string, 10)
	for _, path := range []string{"/bets", "/games"} {
		p.does(path, func(w http.ResponseWriter, r *http.Request) {
			asked <- path
			has(strings.ReplaceAll(many(10), "bet", path[1:]))(w, r)
		})
	}
	file := p.catalogued(t, "", "bets", "games")
	text := strings.Replace(string(must(os.ReadFile(file))), "id = \"games\"\ntitle = \"List games\"\ncategory = \"gambling\"", "id = \"games\"\ntitle = \"Games\"\ncategory = \"misinformation\"", 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	e, c := service(t, with(file), func(c *compiler) { c.fetch, c.settle = true, time.Millisecond })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.run(ctx) }()
	closes := func(n filter.Name) {
		t.Helper()
		for range e.Watch(t.Context()) { // and tells of each new index
			if isClosed(t, e, n) {
				return
			}
		}
	}
	select {
	case path := <-asked:
		t.Errorf("asked for %s without a network", path)
	default:
	}
	lesson := func(on bool) {
		t.Helper()
		if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: on}); err != nil {
			t.Fatal(err)
		}
	}
	lesson(true)
	e.Online(true)
	if c.free(t.Context()) {
		t.Error("the network is free in a lesson")
	}
	lesson(false)
	if path := <-asked; path != "/bets" {
		t.Errorf("asked for %s", path)
	}
	closes("bets9.example")
	policy, _ := e.Policy(t.Context())
	policy.Level = policy.Level.Close(filter.Misinformation, filter.ClosedAlways)
	if err := e.SetPolicy(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	closes("games9.example")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestDamagedIndex: an index that is cut short under the running service, or goes
// while its look is due, is built again from the lists.
func TestDamagedIndex(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows cuts no file short that is mapped")
	}
	e, c := service(t, func(c *compiler) { c.settle = time.Millisecond })
	if err := c.compile(t.Context()); err != nil {
		t.Fatal(err)
	}
	const listed = "bet365.com"
	if !isClosed(t, e, listed) {
		t.Fatalf("%s is open while all is well", listed)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	changes := e.Watch(t.Context())
	go func() { done <- c.keepUp(ctx, closed(e.Now().Policy())) }()
	if err := os.Truncate(filepath.Join(c.dir, indexFile), 0); err != nil {
		t.Fatal(err)
	}
	if isClosed(t, e, listed) {
		t.Error("closed by an index that is gone")
	}
	for range changes { // and tells of each new index
		if isClosed(t, e, listed) {
			break
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if c.damaged() {
		t.Error("damaged after it was built again")
	}
	if err := os.Remove(filepath.Join(c.dir, indexFile)); err != nil {
		t.Fatal(err)
	}
	if !c.damaged() {
		t.Error("a file that is gone is not missed")
	}
}

// TestUpdateCancelled: whoever cancels an update over the control socket ends the
// child, and what was in force stays.
func TestUpdateCancelled(t *testing.T) {
	p := newPublisher(t)
	p.does("/bets", has(many(10)))
	e, c := service(t, with(p.catalogued(t, "", "bets")))
	client, stop := serve(t, e)
	defer stop()
	var notes []string
	for p, err := range client.UpdateLists(t.Context(), filter.ListUpdate{}) {
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, p.Note)
	}
	if all := strings.Join(notes, "|"); !strings.Contains(all, "List bets: 10 names|putting the lists together|") {
		t.Errorf("progress %q", notes)
	}
	asked, gone := make(chan bool, 1), make(chan bool, 1)
	p.does("/bets", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		asked <- true
		<-r.Context().Done()
		gone <- true
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for p, err := range client.UpdateLists(ctx, filter.ListUpdate{}) {
		if err != nil {
			t.Fatal(err)
		}
		if p.List == "bets" {
			<-asked
			break
		}
	}
	select {
	case <-gone:
	case <-time.After(time.Minute):
		t.Fatal("the child goes on fetching")
	}
	c.turn <- struct{}{} // the update has ended
	<-c.turn
	if s := state(t, e, "bets"); s.State != filter.ListFresh || s.Names != 10 || !isClosed(t, e, "bet9.example") {
		t.Errorf("after the cancelled update: %+v", s)
	}
}

// serve serves e on a control socket and returns a client that has the PIN.
func serve(t *testing.T, e *engine.Engine) (client *control.Client, stop func()) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	socket, err := control.Listen(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	server := control.NewServer(control.Config{Control: e, Guard: e.Guard(), Logger: slog.New(slog.DiscardHandler)})
	go func() { done <- server.Serve(ctx, socket) }()
	client = control.NewClient(path)
	if err := client.SetPIN(t.Context(), filter.PINChange{New: "482915"}); err != nil {
		t.Fatal(err)
	}
	for _, err := range client.UpdateLists(t.Context(), filter.ListUpdate{}) {
		if !errors.Is(err, filter.ErrForbidden) {
			t.Fatalf("without the PIN: %v, want %v", err, filter.ErrForbidden)
		}
	}
	if _, err := client.Unlock(t.Context(), "482915"); err != nil {
		t.Fatal(err)
	}
	return client, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestNextUpdate: once a day, sooner after a failure, and never by a clock that
// was wrong.
func TestNextUpdate(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	tried := func(hours ...int) (all []catalogue.State) {
		for _, h := range hours {
			all = append(all, catalogue.State{Tried: now.Add(-time.Duration(h) * time.Hour)})
		}
		return all
	}
	for _, tt := range []struct {
		why      string
		states   []catalogue.State
		failures int
		spread   float64
		want     time.Duration // from now
	}{
		{"never fetched", append(tried(1), catalogue.State{}), 0, 0.5, 0},
		{"just fetched", tried(0, 0), 0, 0.5, 24 * time.Hour},
		{"the longest ago counts", tried(1, 6), 0, 0.5, 18 * time.Hour},
		{"spread over twelve hours", tried(0), 0, 0, 18 * time.Hour},
		{"spread over twelve hours", tried(0), 0, 1, 30 * time.Hour},
		{"a failure", tried(0), 1, 0.5, time.Hour},
		{"the third", tried(0), 3, 0.5, 4 * time.Hour},
		{"and so on", tried(0), 50, 0.5, 24 * time.Hour},
		{"long ago", tried(100), 0, 0.5, -76 * time.Hour},
		{"a child that fails before it fetches", append(tried(100), catalogue.State{}), 1, 0.5, time.Hour},
		{"a failure before the start", []catalogue.State{{Condition: catalogue.Failed, Tried: now}}, 0, 0.5, time.Hour},
		{"refused before the start", []catalogue.State{{Condition: catalogue.Failed, Refused: 1, Tried: now}}, 0, 0.5, 24 * time.Hour},
		{"in the future", tried(-48), 0, 0.5, 0},
	} {
		if got := nextUpdate(tt.states, tt.failures, tt.spread, now).Sub(now); got != tt.want {
			t.Errorf("%s: in %v, want %v", tt.why, got, tt.want)
		}
	}
}
