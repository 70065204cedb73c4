//go:build unix

package control_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
)

// TestContract holds the engine and the client of it to the same behaviour.
func TestContract(t *testing.T) {
	t.Run("engine", func(t *testing.T) { testContract(t, newEngine(t)) })
	t.Run("client", func(t *testing.T) {
		e := newEngine(t)
		path := filepath.Join(t.TempDir(), "s")
		l, err := control.Listen(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		s := control.NewServer(control.Config{Control: e, Guard: e.Guard(), Logger: slog.New(slog.DiscardHandler)})
		go func() { done <- s.Serve(ctx, l) }()
		defer func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}()
		testContract(t, control.NewClient(path))
	})
}

func newEngine(t testing.TB) *engine.Engine {
	t.Helper()
	dir := t.TempDir()
	e, err := engine.New(engine.Config{
		Dir: dir, Now: time.Now, Logger: slog.New(slog.DiscardHandler), Version: "test", Activity: seen{}, Library: library{},
		Upstreams: func() []string { return []string{"192.0.2.1:53"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "index")
	_, err = index.Build(index.Config{Path: path, Key: e.Key(), Lists: []index.Source{
		{ID: "starter-gambling", Title: "Gambling", Category: filter.Gambling, Names: names("bet.example")},
		{ID: "starter-games", Title: "Games", Category: filter.Games, Names: names("game.example")},
		{ID: "sample", Title: "Sample", Restricted: true, Names: names("secret.example")},
		{ID: "bets", Title: "Bets", Category: filter.Gambling, Names: names("bets.example")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(path, e.Key())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	e.Publish(x)
	e.Note(filter.Notice{Kind: filter.NoticeHosts, From: time.Now(), To: time.Now()})
	return e
}

func names(all ...string) func(func([]byte, bool)) error {
	return func(add func([]byte, bool)) error {
		for _, n := range all {
			add([]byte(n), false)
		}
		return nil
	}
}

func testContract(t *testing.T, c filter.Control) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()

	// The first PIN is the owner's to set; from then on it is needed.
	if err := c.SetPIN(ctx, filter.PINChange{New: "111111"}); !errors.Is(err, filter.ErrBadPIN) {
		t.Errorf("SetPIN(111111) = %v, want %v", err, filter.ErrBadPIN)
	}
	if _, err := c.Unlock(ctx, "482915"); !errors.Is(err, filter.ErrNoPIN) {
		t.Errorf("Unlock = %v, want %v", err, filter.ErrNoPIN)
	}
	if err := c.SetPIN(ctx, filter.PINChange{New: "482915"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unlock(ctx, "482916"); !errors.Is(err, filter.ErrWrongPIN) {
		t.Errorf("Unlock = %v, want %v", err, filter.ErrWrongPIN)
	}
	if _, err := c.Unlock(ctx, "482915"); err != nil {
		t.Fatal(err)
	}

	status, err := c.Status(ctx)
	if err != nil || status.Names != 4 || status.Lists != 4 || !status.PINSet || status.Restricted != filter.SampleRestricted {
		t.Errorf("Status = %+v, %v", status, err)
	}

	// A game is open, and blocked from the moment that a lesson is on.
	explain := func(n filter.Name) filter.Explanation {
		t.Helper()
		x, err := c.Explain(ctx, filter.Question{Name: n})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if x := explain("www.game.example"); x.Action != filter.Open {
		t.Errorf("a game outside a lesson: %+v", x)
	}
	var seen []bool
	for s, err := range c.Watch(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if seen = append(seen, s.Lesson.On); s.Lesson.On {
			break
		}
		if _, err := c.SetLesson(ctx, filter.LessonChange{On: true, For: time.Hour}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(seen, []bool{false, true}) {
		t.Errorf("Watch yielded lesson %v, want one status before and one after", seen)
	}
	if x := explain("www.game.example"); x.Action != filter.Block || x.Entry != "game.example" || !slices.Equal(x.Lists, []string{"starter-games"}) {
		t.Errorf("a game in a lesson: %+v", x)
	}
	if l, err := c.SetLesson(ctx, filter.LessonChange{}); err != nil || l.On {
		t.Errorf("ending the lesson: %+v, %v", l, err)
	}

	p, err := c.Policy(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p.Rules = []filter.Rule{{Name: "bet.example", Allow: true, Scope: filter.Always}}
	if err := c.SetPolicy(ctx, p); err != nil {
		t.Fatal(err)
	}
	if x := explain("bet.example"); x.Action != filter.Open || x.Rule == nil || x.Reason != filter.OwnRule {
		t.Errorf("an allowed name: %+v", x)
	}
	p.Level.Style = "loud"
	if err := c.SetPolicy(ctx, p); !errors.Is(err, filter.ErrBadPolicy) {
		t.Errorf("SetPolicy = %v, want %v", err, filter.ErrBadPolicy)
	}
	if _, err := c.SetLesson(ctx, filter.LessonChange{On: true, For: 48 * time.Hour}); !errors.Is(err, filter.ErrTooLong) {
		t.Errorf("SetLesson(48h) = %v, want %v", err, filter.ErrTooLong)
	}

	want := filter.Household{
		Provider: filter.Provider{ID: "demo", Name: "Practice", Practice: true, Route: &filter.Route{URL: "http://127.0.0.1:8710", Safeguarding: []string{"age1"}}},
		Learners: []filter.Learner{{ID: "a", Name: "Leo", Audience: "learner-ks2", Accounts: []string{"leo"}}},
	}
	if err := c.SetHousehold(ctx, want); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Household(ctx); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Household = %+v, %v, want %+v", got, err, want)
	}
	if lists, err := c.Lists(ctx); err != nil || len(lists) != 5 {
		t.Errorf("Lists = %v, %v", lists, err)
	}
	if n, err := c.Notices(ctx); err != nil || len(n) != 1 || n[0].Kind != filter.NoticeHosts || !n[0].Over() {
		t.Errorf("Notices = %v, %v, want the one that newEngine noted", n, err)
	}
	testAudit(t, c)
	testRequests(t, c)
	testActivity(t, c)
	testCheckup(t, c)
	testLists(t, c)
}

// testRequests: what is asked for waits once, is answered once, and what may not
// be mentioned is answered alike and not kept.
func testRequests(t *testing.T, c filter.Control) {
	ctx := t.Context()
	for _, tt := range []struct {
		ask  filter.Ask
		want error
	}{
		{filter.Ask{Name: "game.example", Why: "after\nhomework"}, nil},
		{filter.Ask{Name: "game.example", Why: "please"}, nil},
		{filter.Ask{Name: "other.example"}, nil},
		{filter.Ask{Name: "secret.example"}, nil},
		{filter.Ask{Name: "co.uk"}, filter.ErrBadAsk},
		{filter.Ask{Name: "news.example", Why: strings.Repeat("x", 501)}, filter.ErrBadAsk},
	} {
		if err := c.Ask(ctx, tt.ask); !errors.Is(err, tt.want) {
			t.Errorf("Ask(%.40v) = %v, want %v", tt.ask, err, tt.want)
		}
	}
	all, err := c.Requests(ctx)
	if err != nil || len(all) != 2 || all[0].Ask.Name != "game.example" || all[0].Ask.Why != "after homework" || all[1].Ask.Name != "other.example" {
		t.Fatalf("Requests = %+v, %v, want the game's and the other's", all, err)
	}
	if err := c.Answer(ctx, all[0].ID, filter.Answer{Allow: true, Scope: "sometimes"}); !errors.Is(err, filter.ErrBadPolicy) {
		t.Errorf("Answer with a bad scope = %v, want %v", err, filter.ErrBadPolicy)
	}
	if err := c.Answer(ctx, all[0].ID, filter.Answer{Allow: true}); err != nil {
		t.Error(err)
	}
	if err := c.Answer(ctx, all[1].ID, filter.Answer{}); err != nil {
		t.Error(err)
	}
	for _, id := range []string{all[0].ID, "no such", ""} {
		if err := c.Answer(ctx, id, filter.Answer{Allow: true}); !errors.Is(err, filter.ErrNotFound) {
			t.Errorf("Answer(%q) = %v, want %v", id, err, filter.ErrNotFound)
		}
	}
	if left, err := c.Requests(ctx); err != nil || len(left) != 0 {
		t.Errorf("Requests = %+v, %v, want none", left, err)
	}
	p, err := c.Policy(ctx)
	want := filter.Rule{Name: "game.example", Allow: true, Scope: filter.OutsideLessons}
	if err != nil || len(p.Rules) != 2 || p.Rules[1] != want {
		t.Errorf("rules %+v, %v, want another, %+v", p.Rules, err, want)
	}
}

// testAudit: what testContract did can be read, the newest first, and names no
// site.
func testAudit(t *testing.T, c filter.Control) {
	t.Helper()
	entries, err := c.Audit(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if e.At.IsZero() {
			t.Errorf("entry without a time: %+v", e)
		}
		got = append(got, regexp.MustCompile(`\d\d:\d\d`).ReplaceAllString(e.What, "HH:MM"))
	}
	want := []string{
		"What is known of the family was changed: the provider is Practice; learners: 1 added.",
		"The filter's settings were changed: rules: 1 added.",
		"Lesson mode was ended.",
		"Lesson mode was started until HH:MM.",
		"The guardian's settings were unlocked with the PIN.",
		"A wrong PIN was given.",
		"The PIN was set.",
		"The hosts file of this PC was changed. Names in it go past the filter.",
		"This record was begun.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("Audit\n got %q\nwant %q", got, want)
	}
	if one, err := c.Audit(t.Context(), 1); err != nil || len(one) != 1 || one[0] != entries[0] {
		t.Errorf("Audit(1) = %v, %v, want the newest", one, err)
	}
}

// testActivity: what newEngine has seen is told of the learner whose it is.
func testActivity(t *testing.T, c filter.Control) {
	games := filter.Games
	want := filter.Activity{
		Counts: map[filter.Category]int{filter.Games: 1},
		Blocked: []filter.BlockedName{{
			Name: "www.game.example", Reason: filter.Listed, Category: &games, Count: 1, Last: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		}},
	}
	got, err := c.Activity(t.Context(), filter.ActivityQuery{Learner: "a"})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Activity(a) = %+v, %v, want %+v", got, err, want)
	}
	if got, err := c.Activity(t.Context(), filter.ActivityQuery{Learner: "b"}); err != nil || len(got.Counts) != 0 {
		t.Errorf("Activity(b) = %+v, %v, want none", got, err)
	}
}

// seen is a recorder to which one thing has happened.
type seen struct{ engine.Recorder }

func (seen) Activity(_ context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	a := filter.Activity{Counts: map[filter.Category]int{}, Blocked: []filter.BlockedName{}}
	if q.Learner == "a" {
		games := filter.Games
		a.Counts[games] = 1
		a.Blocked = append(a.Blocked, filter.BlockedName{
			Name: "www.game.example", Reason: filter.Listed, Category: &games, Count: 1, Last: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
		})
	}
	return a, nil
}

func (seen) Forget(context.Context, string) error { return nil }

// testCheckup: a nonce has a name and an address of its own.
func testCheckup(t *testing.T, c filter.Control) {
	ctx := t.Context()
	for _, nonce := range []string{"", "short", strings.Repeat("x", 129)} {
		if _, err := c.Checkup(ctx, nonce); !errors.Is(err, filter.ErrBadAsk) {
			t.Errorf("Checkup(%q) = %v, want %v", nonce, err, filter.ErrBadAsk)
		}
	}
	one, err := c.Checkup(ctx, "0123456789abcdef")
	if err != nil || !one.Name.Under(filter.CheckupParent) || !one.Address.Is4() || !one.ClockSane || !slices.Equal(one.Upstreams, []string{"192.0.2.1:53"}) {
		t.Errorf("Checkup = %+v, %v", one, err)
	}
	if again, err := c.Checkup(ctx, "0123456789abcdef"); err != nil || !reflect.DeepEqual(again, one) {
		t.Errorf("Checkup again = %+v, %v, want %+v", again, err, one)
	}
	if other, err := c.Checkup(ctx, "fedcba9876543210"); err != nil || other.Name == one.Name {
		t.Errorf("Checkup of another nonce = %+v, %v", other, err)
	}
}

// testLists: the states of the library's lists stand beside those that are
// loaded, and an update says how far it has come, until the caller has enough.
func testLists(t *testing.T, c filter.Control) {
	ctx := t.Context()
	all, err := c.Lists(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range all {
		got = append(got, fmt.Sprintf("%s %s %d", l.ID, l.State, l.Names))
	}
	want := []string{"starter-gambling starter 1", "starter-games starter 1", "sample sample 1", "bets old 1", "shrunk failed 0"}
	if !slices.Equal(got, want) || !all[4].Changed {
		t.Errorf("Lists\n got %q\nwant %q", got, want)
	}
	var steps []int
	for p, err := range c.UpdateLists(ctx, filter.ListUpdate{}) {
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, p.Done)
	}
	if !slices.Equal(steps, []int{0, 1, 2}) {
		t.Errorf("UpdateLists yielded steps %v, want 0 to 2", steps)
	}
	for p, err := range c.UpdateLists(ctx, filter.ListUpdate{Accept: "nothing"}) {
		if !errors.Is(err, filter.ErrNotFound) {
			t.Errorf("accepting a list that is not there: %v, %v, want %v", p, err, filter.ErrNotFound)
		}
	}
	for _, err := range c.UpdateLists(ctx, filter.ListUpdate{Accept: "shrunk"}) {
		if err != nil {
			t.Error(err)
		}
	}
	if log, err := c.Audit(ctx, 1); err != nil || len(log) != 1 || log[0].What != "The list shrunk was taken, although it had changed much." {
		t.Errorf("Audit = %+v, %v", log, err)
	}
	// Whoever stops listening stops the update: it hangs for good otherwise.
	for range c.UpdateLists(ctx, filter.ListUpdate{Accept: "endless"}) {
		break
	}
	select {
	case <-endlessEnded:
	case <-time.After(time.Minute):
		t.Error("the update goes on that nobody listens to")
	}
}

// endlessEnded is told when an update ends that would go on for ever.
var endlessEnded = make(chan bool, 1)

// library keeps two lists, one of which is loaded.
type library struct{}

func (library) Lists() ([]filter.ListState, error) {
	return []filter.ListState{
		{ID: "bets", State: filter.ListOld, Names: 99},
		{ID: "shrunk", State: filter.ListFailed, Changed: true, Why: "it went from 9 names to 2 at once"},
	}, nil
}

func (library) Update(ctx context.Context, u filter.ListUpdate, progress func(filter.Progress)) error {
	switch u.Accept {
	case "nothing":
		return filter.ErrNotFound
	case "endless":
		progress(filter.Progress{Of: 1})
		<-ctx.Done()
		endlessEnded <- true
		return ctx.Err()
	}
	for i := range 3 {
		progress(filter.Progress{Done: i, Of: 2})
	}
	return nil
}
