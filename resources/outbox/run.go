package outbox

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"lessonguard/resources"
)

// Send posts one message. It returns the receipt once the platform keeps the
// message; an error that is [resources.ErrRejected] when it never will, which
// may be a [*resources.Later] when it says when; any other when it may yet. It
// contacts nobody and returns [resources.ErrElsewhere] when the message is for
// another platform than the family's: then it waits for that one, and on the
// schedule somebody is greeted instead, so that nothing shows.
type Send func(context.Context, resources.Message) (resources.Receipt, error)

// The times between attempts that failed, doubling, each with a random part so
// that a platform that comes back is not met by all families at once.
const (
	firstRetry = time.Second
	lastRetry  = 10 * time.Minute
	// longestLater bounds what a platform can ask for: a report must not be
	// held back for a day by a number that somebody mistyped.
	longestLater = 15 * time.Minute
)

// Run sends what waits and keeps up the schedule until ctx is done. It returns
// nil then; what had not arrived waits on the disk.
func (o *Outbox) Run(ctx context.Context, send Send) error {
	r := runner{
		o:        o,
		send:     send,
		retry:    backoff.NewExponentialBackOff(),
		timer:    time.NewTimer(0), // at once: the PC may have been off for days
		ended:    make(chan outcome),
		inFlight: map[string]bool{},
		notYet:   map[string]time.Time{},
	}
	r.retry.InitialInterval, r.retry.MaxInterval, r.retry.Multiplier = firstRetry, lastRetry, 2
	defer r.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			r.owed = false // nobody is greeted any more
			go func() { r.flying.Wait(); close(r.ended) }()
			for x := range r.ended { // cut short, but some may have arrived
				r.end(context.WithoutCancel(ctx), x)
			}
			return nil
		case <-r.timer.C:
			o.keepUp(ctx)
			r.start(ctx, true)
		case <-o.cfg.Network:
			r.retry.Reset()
			o.keepUp(ctx)
			r.start(ctx, true)
		case <-o.wake:
			r.retry.Reset()
			r.start(ctx, false)
		case x := <-r.ended:
			r.end(ctx, x)
		}
	}
}

// keepUp rewrites the slots. There is nothing to do when it fails but to say
// so: what is on the disk stays there.
func (o *Outbox) keepUp(ctx context.Context) {
	if err := o.rewrite(ctx); err != nil && ctx.Err() == nil {
		o.cfg.Log.Warn("outbox could not be rewritten", "err", err)
	}
}

// A runner is one call of Run.
type runner struct {
	o        *Outbox
	send     Send
	retry    *backoff.ExponentialBackOff
	timer    *time.Timer // the next contact
	next     time.Time   // when the timer fires
	flying   sync.WaitGroup
	ended    chan outcome
	inFlight map[string]bool
	notYet   map[string]time.Time // by id, where the platform said when
	owed     bool                 // a contact of the schedule is still to be made
}

// hello stands for an id where no message is sent.
const hello = ""

// An outcome is how one contact ended.
type outcome struct {
	id      string
	receipt resources.Receipt
	err     error
}

// start contacts the platform: with all that waits, else to say hello when it
// is time to. It must not be held up by what is being sent, however slowly.
func (r *runner) start(ctx context.Context, due bool) {
	if due {
		r.next, r.owed = time.Time{}, true
		r.within(r.o.pause())
	}
	all, err := r.o.look(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.o.cfg.Log.Warn("outbox could not be read", "err", err)
			r.within(r.retry.NextBackOff())
		}
		return
	}
	for _, m := range all.waiting() {
		if !r.inFlight[m.ID] && !time.Now().Before(r.notYet[m.ID]) {
			r.fly(ctx, m.ID, func(ctx context.Context) (resources.Receipt, error) { return r.send(ctx, m) })
		}
	}
	r.greet(ctx)
	if due && r.o.cfg.Ask != nil {
		r.flying.Go(func() { r.o.ask(ctx) })
	}
}

// greet makes the contact that is owed, where no message makes it.
func (r *runner) greet(ctx context.Context) {
	if !r.owed || len(r.inFlight) > 0 || r.o.cfg.Hello == nil {
		return
	}
	r.owed = false
	r.fly(ctx, hello, func(ctx context.Context) (resources.Receipt, error) {
		return resources.Receipt{}, r.o.cfg.Hello(ctx)
	})
}

func (r *runner) fly(ctx context.Context, id string, contact func(context.Context) (resources.Receipt, error)) {
	r.inFlight[id] = true
	r.flying.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, r.o.cfg.Timeout)
		defer cancel()
		receipt, err := contact(ctx)
		r.ended <- outcome{id, receipt, err}
	})
}

// end notes how a contact ended and sets the time of the next.
func (r *runner) end(ctx context.Context, x outcome) {
	delete(r.inFlight, x.id)
	delete(r.notYet, x.id)
	if errors.Is(x.err, resources.ErrElsewhere) {
		r.o.note(func() { r.o.elsewhere[x.id] = true })
		r.greet(ctx)
		return
	}
	r.owed = false
	r.o.note(func() { delete(r.o.elsewhere, x.id) })
	switch {
	case x.err == nil && x.id != hello:
		r.o.note(func() { r.o.receipts[x.id] = x.receipt; delete(r.o.put, x.id) })
	case x.err == nil:
	case errors.Is(x.err, resources.ErrRejected) && x.id != hello:
		r.o.note(func() { r.o.refused[x.id] = true; delete(r.o.put, x.id) })
	default:
		pause := r.retry.NextBackOff()
		if later, ok := errors.AsType[*resources.Later](x.err); ok {
			after := min(later.After, longestLater)
			r.notYet[x.id] = time.Now().Add(after)
			pause = max(pause, after)
		}
		r.within(pause)
		return // nothing has changed on the disk
	}
	r.retry.Reset()
	r.o.keepUp(ctx) // the same after a hello as after a message
}

// within has the next contact made after d, or earlier where it is due earlier.
func (r *runner) within(d time.Duration) {
	if at := time.Now().Add(d); r.next.IsZero() || at.Before(r.next) {
		r.next = at
		r.timer.Reset(d)
	}
}

// pause returns the time until the next contact on the schedule: never at once,
// and beyond that without memory.
func (o *Outbox) pause() time.Duration {
	least := o.cfg.Every / 30
	return least + time.Duration(rand.ExpFloat64()*float64(o.cfg.Every-least))
}

// ask looks for receipts that say that a person has opened a message.
func (o *Outbox) ask(ctx context.Context) {
	o.mu.Lock()
	var ids []string
	for id, r := range o.receipts {
		if r.State != resources.Opened {
			ids = append(ids, id)
		}
	}
	o.mu.Unlock()
	for _, id := range ids {
		ctx, cancel := context.WithTimeout(ctx, o.cfg.Timeout)
		r, err := o.cfg.Ask(ctx, id)
		cancel()
		if err == nil {
			o.note(func() { o.receipts[id] = r })
		}
	}
}
