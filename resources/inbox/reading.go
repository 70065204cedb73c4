package inbox

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"lessonguard/resources/seal"
)

// A Reading opens the messages of nobody ([Cover]) while somebody reads for
// oversight: were only those opened that somebody sent, the store would tell how
// many there are. It runs where the oversight key is, and nothing is remembered
// of it.
type Reading struct {
	Store      Store
	Identities []seal.Identity // of oversight
	// Looked is told each time that the person looks at the list.
	Looked <-chan struct{}
	// Time is about how long a person reads; 0: five minutes.
	Time time.Duration
}

const (
	longestLook = 20 * time.Second // at one message, on average
	leftOf      = 8                // one of so many is left for another time
)

// Run opens messages until ctx is done. It returns the first failure of the
// store.
func (r Reading) Run(ctx context.Context) error {
	if r.Time == 0 {
		r.Time = 5 * time.Minute
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.Looked:
		}
		if err := r.read(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// read goes through what there is, in no order, as a person would who clicks on
// one after the other.
func (r Reading) read(ctx context.Context) error {
	ids, err := r.unopened(ctx)
	if err != nil || len(ids) == 0 {
		return err
	}
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	mean := float64(min(longestLook, r.Time/time.Duration(len(ids))))
	for _, id := range ids {
		if rand.IntN(leftOf) == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Duration(rand.ExpFloat64() * mean)):
		}
		// It is not there where its family was erased.
		if err := r.Store.MarkOpened(ctx, id, time.Now()); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// unopened returns the ids of the messages of nobody that are not opened yet.
func (r Reading) unopened(ctx context.Context) (ids []string, err error) {
	for seq := int64(math.MaxInt64); ; {
		some, err := r.Store.Before(ctx, seq, pageSize)
		if err != nil {
			return nil, err
		}
		for _, k := range some {
			seq = k.Seq
			if !k.Opened.IsZero() {
				continue
			}
			if e, err := seal.Open(r.Identities, k.Sealed); err == nil && e.Kind == kindCover {
				ids = append(ids, k.ID)
			}
		}
		if len(some) < pageSize {
			return ids, nil
		}
	}
}
