package activity_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/activity"
)

// A pc is a computer whose clock and running time a test sets.
type pc struct {
	t       testing.TB
	dir     string
	now     time.Time
	running time.Duration
	log     bytes.Buffer
}

func newPC(t testing.TB) *pc {
	return &pc{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)}
}

func (p *pc) path() string { return filepath.Join(p.dir, "activity.db") }

// boot starts the service anew.
func (p *pc) boot() *activity.Store {
	p.t.Helper()
	p.running = 0
	s, err := activity.Open(activity.Config{
		Path: p.path(), Logger: slog.New(slog.NewTextHandler(&p.log, nil)),
		Now:     func() time.Time { return p.now },
		Running: func() time.Duration { return p.running },
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { p.once(s) })
	return s
}

// pass lets time pass, and the clock with it.
func (p *pc) pass(d time.Duration) { p.now, p.running = p.now.Add(d), p.running+d }

// once lets the store do what it does at its start and at its end.
func (p *pc) once(s *activity.Store) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Run(ctx); err != nil {
		p.t.Errorf("Run = %v, want nil", err)
	}
}

func read(t testing.TB, s *activity.Store, learner string) filter.Activity {
	t.Helper()
	a, err := s.Activity(context.Background(), filter.ActivityQuery{Learner: learner})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// names returns the names in a, the latest first.
func names(a filter.Activity) string {
	list := []string{}
	for _, b := range a.Blocked {
		list = append(list, string(b.Name))
	}
	return strings.Join(list, " ")
}

// onDisk returns every byte of every file in dir.
func onDisk(t testing.TB, dir string) []byte {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, e := range list {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

var game = filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Games, Depth: 2}

func TestActivity(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	own := filter.Verdict{Action: filter.Block, Reason: filter.OwnRule, Depth: 2}
	s.Seen("ann", []byte("game.example"), game)
	s.Seen("ben", []byte("game.example"), game)
	s.Seen("", []byte("other.example"), game)
	s.Seen("ann", []byte("Hurt.example"), filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.SelfHarm})
	first := p.now
	read(t, s, "ann")
	p.pass(time.Hour)
	s.Seen("ann", []byte("game.example"), game)
	s.Seen("ann", []byte("club.example"), own)

	games := filter.Games
	harm := filter.SelfHarm
	want := filter.Activity{
		Counts: map[filter.Category]int{filter.Games: 2, filter.SelfHarm: 1},
		Others: map[filter.Reason]int{filter.OwnRule: 1},
		Hours: []filter.HourCount{
			{Hour: first.Truncate(time.Hour), Reason: filter.Listed, Category: &games, Count: 1},
			{Hour: first.Truncate(time.Hour), Reason: filter.Listed, Category: &harm, Count: 1},
			{Hour: p.now.Truncate(time.Hour), Reason: filter.Listed, Category: &games, Count: 1},
			{Hour: p.now.Truncate(time.Hour), Reason: filter.OwnRule, Count: 1},
		},
		Blocked: []filter.BlockedName{
			{Name: "club.example", Reason: filter.OwnRule, Count: 1, Last: p.now},
			{Name: "game.example", Reason: filter.Listed, Category: &games, Count: 2, Last: p.now},
		},
	}
	for range 2 { // and the same after a restart
		got := read(t, s, "ann")
		if asJSON(t, got) != asJSON(t, want) {
			t.Errorf("Activity(ann)\n got %s\nwant %s", asJSON(t, got), asJSON(t, want))
		}
		p.once(s)
		s = p.boot()
	}
	if got := names(read(t, s, "")); got != "other.example" {
		t.Errorf("of nobody's account: %q, want other.example", got)
	}
	a, err := s.Activity(t.Context(), filter.ActivityQuery{Learner: "ann", Since: p.now.Truncate(time.Hour)})
	if err != nil || a.Counts[filter.Games] != 1 || len(a.Hours) != 2 {
		t.Errorf("since this hour: %+v, %v, want one game and two hours' rows", a, err)
	}
}

// TestRepeats: browsers retry, and ask for several types of one name.
func TestRepeats(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	for _, tt := range []struct {
		after time.Duration
		who   string
		name  string
		ann   int // games counted for ann from then on
	}{
		{0, "ann", "a.example", 1},
		{time.Second, "ann", "a.example", 1},
		{0, "ann", "b.example", 2},
		{0, "ben", "a.example", 2},
		{58 * time.Second, "ann", "a.example", 2},
		{time.Second, "ann", "a.example", 3},
		{30 * time.Second, "ann", "a.example", 3},
		{time.Hour, "ann", "a.example", 4},
	} {
		p.pass(tt.after)
		s.Seen(tt.who, []byte(tt.name), game)
		if got := read(t, s, "ann").Counts[filter.Games]; got != tt.ann {
			t.Errorf("at %v, %s asking for %s: %d counted, want %d", p.running, tt.who, tt.name, got, tt.ann)
		}
	}
}

// TestLazy: a service that blocks nothing makes no file.
func TestLazy(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	s.Seen("ann", []byte("open.example"), filter.Verdict{Reason: filter.Unlisted})
	read(t, s, "ann")
	if err := s.Forget(t.Context(), "ann"); err != nil {
		t.Error(err)
	}
	p.once(s)
	if list, _ := os.ReadDir(p.dir); len(list) != 0 {
		t.Errorf("%d files, want none", len(list))
	}
}

func TestOpenNeedsADirectory(t *testing.T) {
	p := newPC(t)
	p.dir = filepath.Join(p.dir, "missing")
	_, err := activity.Open(activity.Config{Path: p.path(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), p.dir) {
		t.Errorf("Open = %v, want an error naming %s", err, p.dir)
	}
}

func TestForget(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	for i := range 2 * 250 {
		s.Seen([]string{"ann", "ben"}[i%2], fmt.Appendf(nil, "site-%d-of-%s.example", i, []string{"ann", "ben"}[i%2]), game)
	}
	read(t, s, "ann")
	s.Seen("ann", []byte("late-of-ann.example"), game)
	aside := p.path() + ".damaged-20261122T000000.000"
	if err := os.WriteFile(aside, []byte("site-1-of-ann.example"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if a := read(t, s, "ann"); len(a.Counts)+len(a.Others)+len(a.Blocked)+len(a.Hours) != 0 {
		t.Errorf("left of ann: %+v", a)
	}
	if data := onDisk(t, p.dir); bytes.Contains(data, []byte("of-ann")) || !bytes.Contains(data, []byte("of-ben")) {
		t.Error("the files hold names of ann, or none of ben")
	}
}

// TestRun writes, deletes and ends without being asked to.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s, err := activity.Open(activity.Config{Path: filepath.Join(dir, "activity.db"), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Run(ctx) }()
		s.Seen("ann", []byte("early.example"), game)
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if !bytes.Contains(onDisk(t, dir), []byte("early.example")) {
			t.Error("not written within seconds")
		}
		for i := range 2000 { // more than a buffer at once
			s.Seen("ann", fmt.Appendf(nil, "r%d.example", i), game)
		}
		time.Sleep(activity.Keep + time.Minute)
		synctest.Wait()
		if bytes.Contains(onDisk(t, dir), []byte(".example")) {
			t.Error("names are in the files after their time")
		}
		s.Seen("ann", []byte("last.example"), game)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		if !bytes.Contains(onDisk(t, dir), []byte("last.example")) {
			t.Error("not written at the end")
		}
		if _, err := os.Stat(filepath.Join(dir, "activity.db-wal")); err == nil {
			t.Error("the file was not closed")
		}
	})
}

func TestConcurrent(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	var asked sync.WaitGroup
	for g := range 4 {
		asked.Go(func() {
			for i := range 3000 {
				s.Seen("ann", fmt.Appendf(nil, "c%d.example", i), game) // all four ask the same
				if i%500 == g {
					read(t, s, "ann")
				}
			}
		})
	}
	asked.Go(func() {
		for range 10 {
			if err := s.Forget(ctx, "ben"); err != nil {
				t.Error(err)
			}
		}
	})
	asked.Wait()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	a := read(t, s, "ann")
	named := 0
	for _, b := range a.Blocked {
		named += b.Count
	}
	// Forget clears what repeats are known by, so some may count again.
	if got := a.Counts[filter.Games]; got < 3000 || got > 4*3000 || named+a.Dropped != got {
		t.Errorf("%d counted, of which %d named and %d dropped; want at least 3000, all accounted for", got, named, a.Dropped)
	}
}
