package inbox_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"lessonguard/resources/inbox"
)

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

// TestCoverOutlivesErasing goes on covering when its messages were erased with
// the family that they stood under.
func TestCoverOutlivesErasing(t *testing.T) {
	w := newWorld(t)
	store := &erasing{Store: w.store}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- inbox.Cover{Store: store, Oversight: []string{w.over.Recipient()}, Every: time.Millisecond}.Run(ctx)
	}()
	for store.opened.Load() < 3 {
		select {
		case err := <-ended:
			t.Fatalf("the cover ended after %d erased messages: %v", store.opened.Load(), err)
		case <-time.After(time.Millisecond):
		}
	}
	stop()
	<-ended
}
