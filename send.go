package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lessonguard/filter"
	"lessonguard/resources"
	"lessonguard/resources/outbox"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// A sender takes what is to be told to the provider from the screen to the
// platform: sealed before it touches the disk, then kept in the account's
// outbox until it has been delivered to the platform that it was sealed for.
type sender struct {
	household *remembering
	dir       string         // of the outbox
	log       *slog.Logger   // never anything of a message
	saving    sync.WaitGroup // what has been begun by [sender.begin] or [sender.send]

	network chan struct{} // told when the PC has come to one

	opening sync.Mutex                    // held while it is opened
	box     atomic.Pointer[outbox.Outbox] // nil: it is not open yet
	aside   bool                          // something of it had been set aside of late by then

	mu        sync.Mutex
	url       string // that client is for
	client    *platform.Client
	delivered map[string]string // the URL that each message of this process went to, by id
}

// errNoRoute says that the provider has no platform, or none that takes this.
var errNoRoute = errors.New("this provider takes no reports through Lessonguard: phone instead")

// newSender returns a sender with its outbox in dir. [sender.run] opens it: a
// broken disk, or another program that has it, must not keep the window, and
// with it the numbers to ring, from a child.
func newSender(dir string, household *remembering, log *slog.Logger) *sender {
	return &sender{household: household, dir: dir, log: log, network: make(chan struct{}, 1), delivered: map[string]string{}}
}

// open returns the outbox, and opens it where that is still to be done.
func (s *sender) open(ctx context.Context) (*outbox.Outbox, error) {
	s.opening.Lock()
	defer s.opening.Unlock()
	if box := s.box.Load(); box != nil {
		return box, nil
	}
	box, err := outbox.Open(ctx, outbox.Config{Dir: s.dir, Hello: s.hello, Ask: s.ask, Network: s.network, Log: s.log})
	if err != nil {
		return nil, err
	}
	s.aside = setAsideLately(s.dir, time.Now())
	s.box.Store(box)
	return box, nil
}

// damaged reports whether what waited in the outbox may be lost.
func (s *sender) damaged() bool {
	box := s.box.Load()
	return box != nil && (s.aside || box.Damage() != nil)
}

// damageShown is for how long the help page says that what waited here may be
// lost.
const damageShown = 14 * 24 * time.Hour

// setAsideLately reports whether something in the outbox was found damaged of
// late, in this run of the program or in another. The outbox always looks full,
// so that this does not say that a message waited.
func setAsideLately(dir string, now time.Time) bool {
	aside, _ := filepath.Glob(filepath.Join(dir, "*.damaged-*")) // never a bad pattern
	return slices.ContainsFunc(aside, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && now.Sub(info.ModTime()) < damageShown
	})
}

// begin holds the program until the returned function is called. It is called
// when Send is pressed, on the screen's thread: a window that is closed in the
// same moment must not end the program before [sender.send] has begun.
func (s *sender) begin() (end func()) {
	s.saving.Add(1)
	return s.saving.Done
}

// send seals the payload to those at the provider who may read it, and saves
// it. When it returns nil the message is on the disk; the reference is for
// [sender.state] and [sender.find], and is kept nowhere. It comes with a
// [resources.ErrUnsure] too.
func (s *sender) send(ctx context.Context, p filter.Provider, kind resources.Kind, to resources.Recipients, payload []byte) (reference string, err error) {
	defer s.begin()()
	if p.Route == nil {
		return "", errNoRoute
	}
	recipients := p.Route.Safeguarding
	if to == resources.ToOversight {
		recipients = p.Route.Oversight
	}
	if len(recipients) == 0 {
		return "", errNoRoute
	}
	recipients = recipients[:min(len(recipients), resources.MaxRecipients)]
	sealed, err := seal.Seal(recipients, kind, json.RawMessage(payload))
	if err != nil {
		return "", err
	}
	box, err := s.open(ctx)
	if err != nil {
		return "", err
	}
	r := resources.NewReference()
	m := resources.Message{ID: r.ID(), Kind: kind, At: time.Now(), To: resources.Addresses(p.Route.URL, recipients), Sealed: sealed}
	if err = box.Put(ctx, m); err != nil && !errors.Is(err, resources.ErrUnsure) {
		return "", err
	}
	return string(r), err
}

// wait returns when what is being saved is on the disk, or has failed.
func (s *sender) wait() { s.saving.Wait() }

// state returns how far a message has come, by what is known on this PC; empty:
// it waits.
func (s *sender) state(reference string) resources.ReceiptState {
	state, err := s.look(context.Background(), reference)
	if err != nil {
		return ""
	}
	switch state {
	case outbox.Received:
		return resources.Received
	case outbox.Opened:
		return resources.Opened
	case outbox.Refused:
		return resources.Refused
	case outbox.Elsewhere:
		return resources.Elsewhere
	case outbox.Waiting, outbox.Unknown:
	}
	return ""
}

func (s *sender) look(ctx context.Context, reference string) (outbox.State, error) {
	r, ok := resources.ParseReference(reference)
	if !ok {
		return outbox.Unknown, resources.ErrNoSuchMessage
	}
	box, err := s.open(ctx)
	if err != nil {
		return outbox.Unknown, err
	}
	return box.State(ctx, r.ID())
}

// find returns how far a message has come that somebody has the reference of:
// from this account's outbox, else from the platform; empty: it waits here. It
// is [resources.ErrNoSuchMessage] where neither knows it, and
// [resources.ErrElsewhere] where another platform has received it, which is not
// [resources.Elsewhere]: that one was never sent.
func (s *sender) find(ctx context.Context, reference string) (resources.ReceiptState, error) {
	r, ok := resources.ParseReference(reference)
	if !ok {
		return "", resources.ErrNoSuchMessage
	}
	switch state, err := s.look(ctx, reference); {
	case err != nil: // the platform may know it all the same
	case state == outbox.Waiting:
		return "", nil
	case state == outbox.Elsewhere:
		return resources.Elsewhere, nil
	case state == outbox.Refused:
		return resources.Refused, nil
	}
	client, route, err := s.platform(ctx)
	if errors.Is(err, errNoRoute) {
		return "", resources.ErrNoSuchMessage
	}
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	url, delivered := s.delivered[r.ID()]
	s.mu.Unlock()
	if delivered && url != route.URL { // as in ask
		return "", resources.ErrElsewhere
	}
	receipt, err := client.Receipt(ctx, route.Token, r.ID())
	if refusal, ok := errors.AsType[*platform.Refusal](err); ok && refusal.Status == http.StatusNotFound && refusal.Problem.Type != "" {
		return "", resources.ErrNoSuchMessage
	}
	return receipt.State, err
}
