package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"lessonguard/filter"
	"lessonguard/resources"
	"lessonguard/resources/outbox"
	"lessonguard/resources/platform"
	"lessonguard/resources/seal"
)

// A sender takes what is to be told to the provider from the screen to the
// platform: sealed before it touches the disk, then kept in the account's
// outbox until it has been delivered.
type sender struct {
	household *remembering
	dir       string         // of the outbox
	saving    sync.WaitGroup // what [sender.send] has begun

	opening sync.Mutex
	box     *outbox.Outbox // nil: it could not be opened yet

	mu     sync.Mutex
	url    string // that client is for
	client *platform.Client
}

// errNoRoute says that the provider has no platform, or none that takes this.
var errNoRoute = errors.New("this provider takes no reports through Lessonguard: phone instead")

// openAgain is how long to wait before opening an outbox that could not be.
const openAgain = time.Minute

// askHousehold is how long the service may take to say where messages go, before
// what it last said is used: one that hangs must not use up the attempt.
const askHousehold = 3 * time.Second

// newSender opens the outbox in dir. Where that fails there is a sender beside
// the error, which tries again: a broken disk must not keep the window, and with
// it the numbers to ring, from a child.
func newSender(ctx context.Context, dir string, household *remembering) (*sender, error) {
	s := &sender{household: household, dir: dir}
	_, err := s.open(ctx)
	return s, err
}

// open returns the outbox, and opens it where that is still to be done.
func (s *sender) open(ctx context.Context) (*outbox.Outbox, error) {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.box != nil {
		return s.box, nil
	}
	box, err := outbox.Open(ctx, outbox.Config{Dir: s.dir, Hello: s.hello, Ask: s.ask})
	if err != nil {
		return nil, err
	}
	s.box = box
	return box, nil
}

// send seals the payload to those at the provider who may read it, and saves
// it. When it returns nil the message is on the disk; the id is for
// [sender.state].
func (s *sender) send(ctx context.Context, p filter.Provider, kind resources.Kind, to resources.Recipients, payload []byte) (id string, err error) {
	s.saving.Add(1)
	defer s.saving.Done()
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
	sealed, err := seal.Seal(recipients, kind, json.RawMessage(payload))
	if err != nil {
		return "", err
	}
	box, err := s.open(ctx)
	if err != nil {
		return "", err
	}
	m := resources.Message{ID: resources.NewID(), Kind: kind, At: time.Now(), Sealed: sealed}
	if err := box.Put(ctx, m); err != nil {
		return "", err
	}
	return m.ID, nil
}

// wait returns when what is being saved is on the disk, or has failed.
func (s *sender) wait() { s.saving.Wait() }

// state returns how far a message has come; empty: it waits on this PC.
func (s *sender) state(id string) resources.ReceiptState {
	ctx := context.Background()
	box, err := s.open(ctx)
	if err != nil {
		return ""
	}
	state, err := box.State(ctx, id)
	switch {
	case err != nil:
		return ""
	case state == outbox.Received:
		return resources.Received
	case state == outbox.Opened:
		return resources.Opened
	case state == outbox.Refused:
		return resources.Refused
	}
	return ""
}

// run delivers what waits, until ctx is done.
func (s *sender) run(ctx context.Context) error {
	for {
		if box, err := s.open(ctx); err == nil {
			return box.Run(ctx, s.deliver)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(openAgain):
		}
	}
}

func (s *sender) deliver(ctx context.Context, m resources.Message) (resources.Receipt, error) {
	client, token, err := s.platform(ctx)
	if err != nil {
		return resources.Receipt{}, err
	}
	return client.Send(ctx, token, m)
}

func (s *sender) hello(ctx context.Context) error {
	client, token, err := s.platform(ctx)
	if errors.Is(err, errNoRoute) {
		return nil // there is nobody to look as if we wrote to
	}
	if err != nil {
		return err
	}
	return client.Hello(ctx, token)
}

func (s *sender) ask(ctx context.Context, id string) (resources.Receipt, error) {
	client, token, err := s.platform(ctx)
	if err != nil {
		return resources.Receipt{}, err
	}
	return client.Receipt(ctx, token, id)
}

// platform returns a client of the household's platform, which changes when
// the family enrols anew.
func (s *sender) platform(ctx context.Context) (*platform.Client, string, error) {
	asking, done := context.WithTimeout(ctx, askHousehold)
	defer done()
	h, err := s.household.Household(asking)
	if err != nil && h.Provider.ID == "" {
		return nil, "", err
	}
	route := h.Provider.Route
	if route == nil {
		return nil, "", errNoRoute
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil || s.url != route.URL {
		client, err := platform.New(platform.Config{URL: route.URL})
		if err != nil {
			return nil, "", fmt.Errorf("preparing to send: %w", err)
		}
		if s.client != nil {
			s.client.Close()
		}
		s.client, s.url = client, route.URL
	}
	return s.client, route.Token, nil
}
