package inbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
)

// TestRetention erases what was opened long ago and nothing else: not what was
// opened lately, and never what nobody has opened, however old.
func TestRetention(t *testing.T) {
	w := newWorld(t)
	now := time.Now()
	ids := map[string]time.Time{} // when each was opened
	for _, opened := range []time.Time{now.Add(-40 * 24 * time.Hour), now.Add(-20 * 24 * time.Hour), {}} {
		k := inbox.Kept{ID: resources.NewID(), Class: inbox.Concerns, Household: w.family.Household, Received: now.Add(-1000 * 24 * time.Hour), Sealed: []byte("x")}
		if _, _, err := w.store.Keep(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		ids[k.ID] = opened
		if !opened.IsZero() {
			if err := w.store.MarkOpened(t.Context(), k.ID, opened); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- inbox.Retention{Store: w.store, After: 30 * 24 * time.Hour}.Run(ctx) }()
	for gone := false; !gone; {
		gone = true
		for id, opened := range ids {
			_, err := w.store.Get(t.Context(), id)
			old := !opened.IsZero() && now.Sub(opened) > 30*24*time.Hour
			switch {
			case old && err == nil:
				gone = false
			case !old && err != nil:
				t.Fatalf("opened %v: %v", opened, err)
			case old && !errors.Is(err, inbox.ErrNotFound):
				t.Fatal(err)
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := (inbox.Retention{Store: w.store}).Run(t.Context()); err != nil {
		t.Errorf("without a time: %v", err)
	}
}
