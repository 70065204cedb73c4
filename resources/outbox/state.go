package outbox

import (
	"context"
	"time"

	"lessonguard/resources"
)

// State is how far a message has come.
type State string

// The states. What happened after delivery is remembered by the process that
// delivered, in memory only: a list of what was sent would betray it.
const (
	Unknown  State = ""         // never put, or delivered by a process that is gone
	Waiting  State = "waiting"  // saved here, not sent yet
	Received State = "received" // the platform keeps it
	Opened   State = "opened"   // a person has read it
	// Elsewhere is Waiting too: for a platform that is not the family's now.
	Elsewhere State = "elsewhere"
	Refused   State = "refused" // the platform will never take it: phone instead
)

// State returns how far the message has come. That it has arrived is said on a
// receipt alone: what is no longer on the disk may have been lost there.
func (o *Outbox) State(ctx context.Context, id string) (State, error) {
	if state := o.known(id); state != Unknown {
		return state, nil
	}
	all, err := o.look(ctx)
	if err != nil {
		return Unknown, err
	}
	for _, s := range all {
		switch {
		case s.state == decoy || s.message.ID != id:
		case s.state == refusedSlot:
			return Refused, nil
		case o.isElsewhere(id):
			return Elsewhere, nil
		default:
			return Waiting, nil
		}
	}
	return o.known(id), nil // it may have arrived while we looked
}

// known returns what this process has heard of the message from the platform.
func (o *Outbox) known(id string) State {
	o.mu.Lock()
	defer o.mu.Unlock()
	r, delivered := o.receipts[id]
	switch {
	case delivered && r.State == resources.Opened:
		return Opened
	case delivered:
		return Received
	case o.refused[id]:
		return Refused
	}
	return Unknown
}

func (o *Outbox) isElsewhere(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.elsewhere[id]
}

// Receipt returns what the platform answered to this process's delivery.
func (o *Outbox) Receipt(id string) (resources.Receipt, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r, ok := o.receipts[id]
	return r, ok
}

// Wait returns as soon as the message no longer waits, or with Waiting when ctx
// is done.
func (o *Outbox) Wait(ctx context.Context, id string) (State, error) {
	// What another process does is seen on the disk only.
	poll := time.NewTicker(time.Second)
	defer poll.Stop()
	for {
		o.mu.Lock()
		changed := o.changed
		o.mu.Unlock()
		state, err := o.State(context.WithoutCancel(ctx), id)
		if err != nil || state != Waiting {
			return state, err
		}
		select {
		case <-ctx.Done():
			return Waiting, nil
		case <-changed:
		case <-poll.C:
		}
	}
}
