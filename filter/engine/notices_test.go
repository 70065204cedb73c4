package engine_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/engine"
)

// TestNotices: notices outlive the service, are told newest first, and go after
// seven days; one that went on when the service ended is over.
func TestNotices(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	open := func() *engine.Engine {
		t.Helper()
		e, err := engine.New(engine.Config{Dir: dir, Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	is := func(e *engine.Engine, want ...filter.Notice) {
		t.Helper()
		got, err := e.Notices(t.Context())
		if err != nil || len(got) != len(want) {
			t.Fatalf("%v, %v, want %v", got, err, want)
		}
		for i, w := range want {
			if g := got[i]; g.Kind != w.Kind || !g.From.Equal(w.From) || !g.To.Equal(w.To) {
				t.Errorf("%d: %+v, want %+v", i, g, w)
			}
		}
	}
	e := open()
	is(e)
	if s, _ := e.Status(t.Context()); !s.Noticed.IsZero() {
		t.Error("something is noticed on a new PC")
	}
	changed := e.Changed()
	hosts := filter.Notice{Kind: filter.NoticeHosts, From: now, To: now}
	e.Note(hosts)
	select {
	case <-changed:
	default:
		t.Error("who watches is not told")
	}
	now = now.Add(time.Hour)
	gap := filter.Notice{Kind: filter.NoticeNoResolver, From: now}
	e.Note(gap)
	is(e, gap, hosts)

	now = now.Add(time.Minute)
	e = open()
	gap.To = now
	is(e, gap, hosts)
	if s, _ := e.Status(t.Context()); !s.Noticed.Equal(now) {
		t.Errorf("noticed at %v, want %v", s.Noticed, now)
	}
	now = hosts.To.Add(filter.NoticesKept + time.Second)
	is(e, gap)

	// What cannot be read is set aside, and the filter starts.
	if err := os.WriteFile(filepath.Join(dir, "notices.json"), []byte(`[{"kind"`), 0o600); err != nil {
		t.Fatal(err)
	}
	is(open())
	if aside, _ := filepath.Glob(filepath.Join(dir, "notices.json.damaged-*")); len(aside) != 1 {
		t.Errorf("set aside: %v", aside)
	}
}

// TestHooked: the status says how the PC comes to ask the filter, and puts that
// it does not before whether resolvers answer.
func TestHooked(t *testing.T) {
	e, err := engine.New(engine.Config{Dir: t.TempDir(), Now: time.Now, Logger: slog.New(slog.DiscardHandler), Hook: "none"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		do     func()
		state  filter.State
		hook   string
		portal bool
	}{
		{func() {}, filter.NoUpstream, "none", false},
		{func() { e.Online(true) }, filter.Filtering, "none", false},
		{func() { e.Hooked(engine.Hook{Name: "nft", State: filter.Filtering}) }, filter.Filtering, "nft", false},
		{func() { e.Portal(true) }, filter.NoUpstream, "nft", true},
		{func() { e.Hooked(engine.Hook{Name: "nft", State: filter.Resting, Why: "because"}) }, filter.Resting, "nft", false},
		{func() { e.Portal(false); e.Online(false) }, filter.Resting, "nft", false},
		{func() {
			e.Hooked(engine.Hook{Name: "nft", State: filter.LetGo, Why: "because", Gap: filter.NoticeNoResolver})
		}, filter.LetGo, "nft", false},
	} {
		tt.do()
		s, err := e.Status(t.Context())
		if err != nil || s.State != tt.state || s.Hook != tt.hook || s.Portal != tt.portal || (s.Why == "") != (tt.state == filter.Filtering) {
			t.Errorf("%+v, %v, want %s by %s, portal %v", s, err, tt.state, tt.hook, tt.portal)
		}
	}
	e.Network([]filter.Name{"home.lan"})
	e.Listening("127.0.0.1:53")
	if s, _ := e.Status(t.Context()); s.Listen != "127.0.0.1:53" || len(e.Now().Policy().SearchDomains) != 1 {
		t.Errorf("%+v, search %v", s, e.Now().Policy().SearchDomains)
	}
}
