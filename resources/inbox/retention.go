package inbox

import (
	"context"
	"time"
)

// A Retention erases messages some time after a person first opened them: what
// has to be kept longer is in the safeguarding file by then, and the inbox is
// not that file. What nobody has opened stays until somebody has.
//
// Messages of nobody ([Cover]) are opened ([Reading]) and erased like the others.
type Retention struct {
	Store Store
	After time.Duration // since it was opened; 0: nothing is erased
	// Every is how often to look; 0: six hours.
	Every time.Duration
}

// Run erases until ctx is done. It returns the first failure of the store.
func (r Retention) Run(ctx context.Context) error {
	if r.After == 0 {
		return nil
	}
	if r.Every == 0 {
		r.Every = 6 * time.Hour
	}
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
			// How many is nobody's to know: no log, no return.
			if _, err := r.Store.EraseOpened(ctx, time.Now().Add(-r.After)); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
			next.Reset(r.Every)
		}
	}
}
