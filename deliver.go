package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"lessonguard/app/desktop"
	"lessonguard/filter"
	"lessonguard/resources"
	"lessonguard/resources/platform"
)

// askHousehold is how long the service may take to say where messages go, before
// what it last said is used: one that hangs must not use up the attempt.
const askHousehold = 3 * time.Second

// openAgain is how long to wait before opening an outbox that could not be.
const openAgain = time.Minute

// run delivers what waits, until ctx is done.
func (s *sender) run(ctx context.Context) error {
	var watching sync.WaitGroup
	defer watching.Wait()
	watching.Go(func() { desktop.Network{Came: s.came}.Run(ctx) })
	for said := false; ; said = true {
		box, err := s.open(ctx)
		if err == nil {
			return box.Run(ctx, s.deliver)
		}
		if !said && ctx.Err() == nil {
			s.log.Warn("nothing can be sent before the outbox opens", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(openAgain):
		}
	}
}

// came has the platform contacted, because the PC has come to a network.
func (s *sender) came() {
	select {
	case s.network <- struct{}{}:
	default: // it is told already
	}
}

func (s *sender) deliver(ctx context.Context, m resources.Message) (resources.Receipt, error) {
	client, route, err := s.platform(ctx)
	if err != nil && !errors.Is(err, errNoRoute) {
		return resources.Receipt{}, err
	}
	if err != nil || !m.For(destination(route)) {
		return resources.Receipt{}, resources.ErrElsewhere
	}
	receipt, err := client.Send(ctx, route.Token, m)
	if err == nil {
		s.mu.Lock()
		s.delivered[m.ID] = route.URL
		s.mu.Unlock()
	}
	return receipt, err
}

// destination is the platform of the route, as a message is addressed to it.
func destination(route filter.Route) resources.Destination {
	return resources.Destination{URL: route.URL, Recipients: slices.Concat(route.Safeguarding, route.Oversight), Since: route.Enrolled}
}

func (s *sender) hello(ctx context.Context) error {
	client, route, err := s.platform(ctx)
	if errors.Is(err, errNoRoute) {
		return nil // there is nobody to look as if we wrote to
	}
	if err != nil {
		return err
	}
	return client.Hello(ctx, route.Token)
}

func (s *sender) ask(ctx context.Context, id string) (resources.Receipt, error) {
	client, route, err := s.platform(ctx)
	if err != nil {
		return resources.Receipt{}, err
	}
	s.mu.Lock()
	url := s.delivered[id]
	s.mu.Unlock()
	if url != route.URL { // the new one is not to learn that there was a message
		return resources.Receipt{}, resources.ErrElsewhere
	}
	return client.Receipt(ctx, route.Token, id)
}

// platform returns a client of the household's platform, which changes when
// the family enrols anew, and the way there.
func (s *sender) platform(ctx context.Context) (*platform.Client, filter.Route, error) {
	asking, done := context.WithTimeout(ctx, askHousehold)
	defer done()
	h, err := s.household.Household(asking)
	if err != nil && h.Provider.ID == "" {
		return nil, filter.Route{}, err
	}
	route := h.Provider.Route
	if route == nil {
		return nil, filter.Route{}, errNoRoute
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil || s.url != route.URL {
		client, err := platform.New(platform.Config{URL: route.URL})
		if err != nil {
			return nil, filter.Route{}, fmt.Errorf("preparing to send: %w", err)
		}
		if s.client != nil {
			s.client.Close()
		}
		s.client, s.url = client, route.URL
	}
	return s.client, *route, nil
}
