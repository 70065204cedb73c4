package inbox

import (
	"context"
	"math/rand/v2"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// kindCover is the kind of a message that says nothing. Only the oversight key
// shows it, and the oversight inbox passes over it.
const kindCover resources.Kind = "cover"

// A Cover hides how many concerns there are for oversight. Whoever has the
// database and the safeguarding key could otherwise count the messages that the
// key does not open, and see which family they came from: so now and then there
// is one that nobody sent, of a family drawn by lot.
//
// Which those are it does not know itself, from the moment that they are kept:
// what a platform remembers its administrator can read. [Reading] opens them.
//
// It hides nothing from somebody who watches the program or its network while a
// message arrives.
type Cover struct {
	Store     Store
	Oversight []string // recipients
	// Every is the mean time between messages of nobody; 0: twelve hours. The
	// times are random and without memory, as those of concerns are.
	Every time.Duration
}

// Run adds cover until ctx is done. It returns the first failure of the store.
func (c Cover) Run(ctx context.Context) error {
	if c.Every == 0 {
		c.Every = 12 * time.Hour
	}
	next := time.NewTimer(c.pause())
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
			if err := c.add(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
			next.Reset(c.pause())
		}
	}
}

func (c Cover) pause() time.Duration {
	return time.Duration(rand.ExpFloat64() * float64(c.Every))
}

func (c Cover) add(ctx context.Context) error {
	families, err := c.Store.Households(ctx)
	if err != nil || len(families) == 0 || len(c.Oversight) == 0 {
		return err
	}
	// Now and then a longer one, as among reports.
	filler := make([]byte, 1+rand.N(1+rand.N(6000)))
	sealed, err := seal.Seal(c.Oversight, kindCover, filler)
	if err != nil {
		return err
	}
	_, _, err = c.Store.Keep(ctx, Kept{
		ID: resources.NewID(), Class: Concerns, Household: families[rand.IntN(len(families))].ID,
		Received: time.Now().UTC().Truncate(time.Second), Sealed: sealed,
	})
	return err
}
