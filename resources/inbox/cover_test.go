package inbox_test

import (
	"context"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
	"lessonguard/resources/seal"
)

// cover runs a platform's cover on the store until there are n messages.
func (w *world) cover(s inbox.Store, n int) {
	w.t.Helper()
	ctx, stop := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Cover{Store: s, Oversight: []string{w.over.Recipient()}, Every: time.Millisecond}.Run(ctx)
	}()
	for len(w.kept()) < n {
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		w.t.Fatal(err)
	}
}

// kept returns all that is in the store.
func (w *world) kept() []inbox.Kept {
	w.t.Helper()
	all, err := w.store.Before(w.t.Context(), 1<<60, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// TestCoverOutlivesRestarts has a platform start anew twice between messages for
// oversight, and oversight read in between: whether a message is opened does not
// tell the administrator, who has the store and all that the platform keeps,
// which of them nobody sent.
func TestCoverOutlivesRestarts(t *testing.T) {
	w := newWorld(t)
	var real []string
	for i := range 3 {
		s, err := store.OpenSQLite(t.Context(), w.path) // another process
		if err != nil {
			t.Fatal(err)
		}
		w.cover(s, (i+1)*20)
		real = append(real, w.send(resources.KindReport, resources.AboutTutor, resources.Report{Schema: 1, About: resources.AboutTutor, Words: "x"}))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for _, k := range w.kept() {
			if !k.Opened.IsZero() {
				t.Fatalf("a message was opened, and nobody with the oversight key was there")
			}
		}
	}

	looked := make(chan struct{}, 1)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Reading{Store: w.store, Identities: []seal.Identity{w.over}, Looked: looked, Time: time.Millisecond}.Run(ctx)
	}()
	b := w.signedIn(w.oversight, &w.ovrPass)
	_, list := b.get("/")
	for _, id := range real[:2] {
		b.post("/messages/"+id+"/open", form(list))
	}
	for opened := 0; opened < 50; { // they look again and again, and open all but one
		select {
		case looked <- struct{}{}:
		default:
		}
		opened = 0
		for _, k := range w.kept() {
			if k.Opened.IsZero() {
				continue
			}
			opened++
			if k.ID == real[2] {
				t.Fatal("a message was opened that no person has opened: its sender would be told so")
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestSomeCoverStaysUnopened leaves some of it for another time, as people do:
// what is not opened is not just what somebody sent.
func TestSomeCoverStaysUnopened(t *testing.T) {
	w := newWorld(t)
	w.cover(w.store, 200)
	s := &rounds{Store: w.store, begun: make(chan struct{}), on: make(chan struct{})}
	looked := make(chan struct{}, 2)
	looked <- struct{}{}
	looked <- struct{}{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Reading{Store: s, Identities: []seal.Identity{w.over}, Looked: looked, Time: time.Millisecond}.Run(ctx)
	}()
	<-s.begun
	s.on <- struct{}{}
	<-s.begun // the first round is over
	unopened := 0
	for _, k := range w.kept() {
		if k.Opened.IsZero() {
			unopened++
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if unopened == 0 || unopened > 100 { // one in eight stays, more or less
		t.Errorf("%d of 200 stay unopened", unopened)
	}
}

// rounds is a store that stops where somebody begins to read from the newest.
type rounds struct {
	inbox.Store

	begun, on chan struct{}
}

func (s *rounds) Before(ctx context.Context, seq int64, n int) ([]inbox.Kept, error) {
	if seq == math.MaxInt64 {
		s.begun <- struct{}{}
		select {
		case <-s.on:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return s.Store.Before(ctx, seq, n)
}

// TestReadingOutlivesErasing goes on when messages of nobody were erased with the
// family that they stood under.
func TestReadingOutlivesErasing(t *testing.T) {
	w := newWorld(t)
	w.cover(w.store, 20)
	s := &erasing{Store: w.store}
	looked := make(chan struct{}, 1)
	looked <- struct{}{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Reading{Store: s, Identities: []seal.Identity{w.over}, Looked: looked, Time: time.Millisecond}.Run(ctx)
	}()
	for s.opened.Load() < 3 {
		select {
		case err := <-ended:
			t.Fatalf("it ended after %d erased messages: %v", s.opened.Load(), err)
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// erasing is a store whose messages are erased before anybody opens them.
type erasing struct {
	inbox.Store

	opened atomic.Int32
}

func (s *erasing) MarkOpened(ctx context.Context, id string, at time.Time) error {
	if err := s.Erase(ctx, id); err != nil {
		return err
	}
	defer s.opened.Add(1)
	return s.Store.MarkOpened(ctx, id, at)
}
