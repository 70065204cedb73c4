package resolve

import (
	"bytes"
	"cmp"
	"context"
	"sync"
	"time"
)

// attempts are those at one question. Each is listened for until the last is over,
// but for a first at a resolver that was in time until now: on a line that somebody
// has filled every answer is late, and one attempt after the other would be given up
// just before it comes.
type attempts struct {
	order []*member       // to ask in turn
	waits []time.Duration // from each attempt to the next
	query []byte

	made   int    // how many there were
	excuse []byte // of a member that could not answer
	silent bool   // one was waited for in vain
	err    error  // of the last that failed
}

// note keeps what an attempt came to that brought no answer.
func (a *attempts) note(h heard) {
	if h.err != nil {
		a.err, a.silent = h.err, true
		return
	}
	a.excuse = h.answer
}

// over reports whether there is no use in another attempt.
func (a *attempts) over() bool {
	return a.made == len(a.waits) || a.excuse != nil && a.made >= len(a.order)
}

// rest makes the attempts that are left, and returns the first answer to any.
func (a *attempts) rest(ctx context.Context) (answer []byte, silent bool, err error) {
	var listening sync.WaitGroup
	defer listening.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var left time.Duration
	for _, wait := range a.waits[a.made:] {
		left += wait
	}
	type result struct {
		heard
		attempt int
	}
	results := make(chan result, len(a.waits))
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, a.silent, ctx.Err()
		case r := <-results:
			if r.err == nil && !isExcuse(r.answer) {
				return r.answer, a.silent, nil
			}
			a.note(r.heard)
			if r.attempt == a.made { // the one that is waited for
				next.Reset(0)
			}
		case <-next.C:
			if a.over() {
				if a.excuse != nil {
					return a.excuse, a.silent, nil
				}
				return nil, true, cmp.Or(a.err, errTooLate)
			}
			m, wait, query := a.order[a.made%len(a.order)], left, bytes.Clone(a.query)
			next.Reset(a.waits[a.made])
			left -= a.waits[a.made]
			a.made++
			attempt := a.made
			listening.Go(func() {
				answer, err := m.exchange(ctx, query, wait)
				results <- result{heard{answer, err}, attempt}
			})
		}
	}
}
