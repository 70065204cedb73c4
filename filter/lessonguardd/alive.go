package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lessonguard/filter"
	"lessonguard/filter/resolve"
)

// A pulse asks the running filter a question that only it can answer, over UDP
// as every program does, and tells the supervisor each time that it answers: a
// filter that holds the PC's questions and answers none is a family without
// internet. Where no supervisor listens it ends the service itself, and whoever
// started it starts it again.
type pulse struct {
	addrs   []netip.AddrPort
	checkup func(ctx context.Context, nonce string) (filter.CheckupFacts, error)
	sent    func() int64  // how many questions were answered so far
	tell    func()        // the supervisor that it is answered
	every   time.Duration // between two questions that are answered
	give    time.Duration // up after so long without an answer
}

// askAnew is how long one question may take. Ours is lost where a program floods
// the filter; one of the many that we then ask may arrive, and else the filter is
// alive if it goes on answering the flood. Who floods it shall not have it ended.
const askAnew = 100 * time.Millisecond

var errNoPulse = errors.New("the filter does not answer its own questions: it is to be started anew")

// run asks until ctx is done, or the filter has not answered for too long.
func (p *pulse) run(ctx context.Context) error {
	last := time.Now()
	for {
		wait, before := p.every, p.sent()
		switch err := p.beat(ctx); {
		case err == nil, p.sent() > before:
			last = time.Now()
			p.tell()
		case time.Since(last) > p.give && ctx.Err() == nil:
			return fmt.Errorf("%w (%w)", errNoPulse, err)
		default:
			wait = askAnew / 10
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// beat asks at each address once, and returns nil if all answer.
func (p *pulse) beat(ctx context.Context) error {
	facts, err := p.checkup(ctx, rand.Text())
	if err != nil {
		return err
	}
	for _, at := range p.addrs {
		if err := p.ask(at, facts); err != nil {
			return err
		}
	}
	return nil
}

func (p *pulse) ask(at netip.AddrPort, facts filter.CheckupFacts) error {
	name, err := dnsmessage.NewName(string(facts.Name) + ".")
	if err != nil {
		return err
	}
	query := dnsmessage.Message{
		Header:    dnsmessage.Header{RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
	}
	message, err := query.Pack()
	if err != nil {
		return err
	}
	conn, err := resolve.Dial(at) // as a service may, where others have taken every port
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(askAnew)); err != nil {
		return err
	}
	if _, err := conn.Write(message); err != nil {
		return err
	}
	room := make([]byte, 1500)
	n, err := conn.Read(room)
	if err != nil {
		return err
	}
	var answer dnsmessage.Message
	if err := answer.Unpack(room[:n]); err != nil {
		return err
	}
	for _, rr := range answer.Answers {
		if a, ok := rr.Body.(*dnsmessage.AResource); ok && netip.AddrFrom4(a.A) == facts.Address {
			return nil
		}
	}
	return fmt.Errorf("another program answers at %s", at)
}
