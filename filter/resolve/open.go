package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter"
)

const (
	// maxAsking bounds the questions that wait for an upstream, so that no
	// program on the PC can make the service eat its memory. Those for protected
	// names have as many places of their own: nothing else can take them.
	maxAsking = 2048
	// staleAfter is when an answer past its end is given while the fresh one is
	// still awaited (RFC 8767 section 5, the client response timer).
	staleAfter = 1800 * time.Millisecond
)

// copy returns a copy of p that outlives the buffer its message is in, until it is
// given back. What has been used before is used again: it was two thirds of the
// memory that a question took, and half of what collecting that cost.
func (s *Server) copy(p *packet) *packet {
	c, ok := s.spare.Get().(*packet)
	if !ok {
		c = &packet{msg: make([]byte, 0, udpLimit)}
	}
	room := c.msg[:0]
	*c = *p
	c.msg = append(room, p.msg[:p.end]...)
	return c
}

// giveBack takes a packet that nobody uses any more. No name stays in it.
func (s *Server) giveBack(p *packet) {
	room := p.msg[:cap(p.msg)]
	clear(room)
	if *p = (packet{msg: room}); len(room) <= udpLimit { // a long answer over TCP is not kept room for
		s.spare.Put(p)
	}
}

// open answers an open question from upstream, in a goroutine of its own, and
// hands the answer to reply.
func (s *Server) open(ctx context.Context, p *packet, t turn, v filter.Verdict, reply func([]byte)) {
	protected := v.Reason == filter.Protected
	at, ok := s.enter(p, protected)
	if !ok {
		p.refuse(dns.RcodeServerFailure)
		reply(p.msg)
		return
	}
	p = s.copy(p)
	s.workers.run(ctx, func() {
		defer s.giveBack(p)
		defer s.leave(at)
		if protected {
			s.openProtected(ctx, p, &t, v)
		} else {
			s.openShared(ctx, p, &t, v)
		}
		reply(p.msg)
	})
}

// A place is what a question has while it waits: one among those of a kind, or
// for a destination.
type place struct {
	count *atomic.Int64
	of    *destination
	kind  kindOfDestination // that of had when it was taken
}

// enter gives p a place; it reports false where there is none.
func (s *Server) enter(p *packet, protected bool) (place, bool) {
	at := place{count: &s.asking}
	switch {
	case protected:
		at.count = &s.helping
	case p.to.destination != nil:
		return s.destinations.take(p.to.destination)
	}
	if at.count.Add(1) > maxAsking {
		at.count.Add(-1)
		return place{}, false
	}
	return at, true
}

func (s *Server) leave(at place) {
	if at.of != nil {
		s.destinations.leave(at)
		return
	}
	at.count.Add(-1)
}

// openProtected asks for a protected name: of the resolvers that the network
// gave, whatever the guardian chose, and leaving nothing in our cache or among
// the questions that others could join.
func (s *Server) openProtected(ctx context.Context, p *packet, t *turn, v filter.Verdict) {
	e, err := s.askUpstream(ctx, t.from.protected, p.msg[headerSize:p.end], p)
	if err != nil {
		s.fail(p, err)
		return
	}
	s.serve(p, t, v, e, ttl(e.life))
}

// openShared asks for any other name, together with everyone who asks the same.
func (s *Server) openShared(ctx context.Context, p *packet, t *turn, v filter.Verdict) {
	from, name, question := p.to, &p.name, p.msg[headerSize:p.end]
	if v.Rewrite != 0 {
		name = &p.target
		t.rules.Key().Text(t.rules.Rewrite(v.Rewrite), name)
		question = wireQuestion(t.rules.Rewrite(v.Rewrite), p.qtype)
	}
	k := p.key(from.source)
	stale := s.stale(name, k, t.nanos)
	if stale != nil && !from.up() {
		s.serve(p, t, v, stale, maxTTL, staleError(stale))
		return
	}
	e, err := s.shared(ctx, from, name, k, question, p, stale)
	switch {
	case err == nil && (stale == nil || !e.failed()):
		left := e.life
		if left > 0 {
			_, nanos := s.now()
			left = e.left(nanos)
		}
		s.serve(p, t, v, e, ttl(left))
	case stale != nil:
		s.serve(p, t, v, stale, maxTTL, staleError(stale))
	case v.Rewrite != 0 && p.standIn(t.rules.Addresses(v.Rewrite)):
	default:
		s.fail(p, err)
	}
}

// stale returns an answer that is past its end but could still be given.
func (s *Server) stale(name *filter.Suffixes, k key, nanos int64) *entry {
	if e := s.kept(k).get(name, k); e != nil && !e.failed() && e.left(nanos) > -maxStale {
		return e
	}
	return nil
}

func staleError(e *entry) uint16 {
	if e.rcode == dns.RcodeNameError {
		return dns.ExtendedErrorCodeStaleNXDOMAINAnswer
	}
	return dns.ExtendedErrorCodeStaleAnswer
}

var errStaleWillDo = errors.New("the fresh answer takes too long")

// shared returns the answer to a question, asked once however many await it.
func (s *Server) shared(ctx context.Context, from *group, name *filter.Suffixes, k key, question []byte, p *packet, stale *entry) (*entry, error) {
	if !keyable(name) {
		return s.askUpstream(ctx, from, question, p)
	}
	k.name = name.Name()
	f, first := s.flights.join(k)
	if first {
		if stale == nil {
			s.fly(ctx, f, from, name, k, question, p)
			return f.entry, f.err
		}
		asked, own := s.copy(p), *name
		question = append([]byte(nil), question...)
		s.workers.run(ctx, func() {
			defer s.giveBack(asked)
			s.fly(ctx, f, from, &own, k, question, asked)
		})
	}
	var late <-chan time.Time
	if stale != nil {
		timer := time.NewTimer(staleAfter)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-f.done:
		return f.entry, f.err
	case <-late:
		return nil, errStaleWillDo
	}
}

// A flight is one question on its way, and whoever waits for its answer.
type flight struct {
	done  chan struct{}
	entry *entry
	err   error
}

type flights struct {
	mu    sync.Mutex
	under map[key]*flight
}

// join returns the flight for k, and whether the caller is the first on it and
// has to fly it.
func (f *flights) join(k key) (*flight, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if under := f.under[k]; under != nil {
		return under, false
	}
	under := &flight{done: make(chan struct{})}
	f.under[k] = under
	return under, true
}

func (s *Server) fly(ctx context.Context, f *flight, from *group, name *filter.Suffixes, k key, question []byte, p *packet) {
	_, nanos := s.now()
	// A flight for the same may have landed since the cache was looked into.
	if f.entry = s.kept(k).get(name, k); f.entry == nil || f.entry.left(nanos) <= 0 {
		f.entry, f.err = s.askUpstream(ctx, from, question, p)
		s.land(f, name, k)
	}
	s.flights.mu.Lock()
	delete(s.flights.under, k)
	s.flights.mu.Unlock()
	close(f.done)
}

// land keeps what a flight brought.
func (s *Server) land(f *flight, name *filter.Suffixes, k key) {
	_, nanos := s.now()
	if f.err == nil && f.entry.life > 0 && !(f.entry.failed() && s.stale(name, k, nanos) != nil) {
		f.entry.until = nanos + int64(f.entry.life)
		s.kept(k).put(name, k, f.entry)
	}
}

// askUpstream asks a group the question in wire form, as p asks it.
func (s *Server) askUpstream(ctx context.Context, from *group, question []byte, p *packet) (*entry, error) {
	query := make([]byte, headerSize, headerSize+len(question)+optSize)
	flags := uint16(flagRD | flagAD)
	if p.cd {
		flags |= flagCD
	}
	binary.BigEndian.PutUint16(query[2:], flags)
	query[5], query[11] = 1, 1
	query = append(query, question...)
	do := byte(0)
	if p.do {
		do = 0x80
	}
	query = append(query, 0, 0, byte(dns.TypeOPT), udpLimit>>8, udpLimit&0xff, 0, 0, do, 0, 0, 0)
	answer, silent, err := from.exchange(ctx, query)
	if from.destination != nil {
		now, _ := s.now()
		s.destinations.note(from.destination, err == nil, now)
	} else if err != nil || silent { // or every question would wait so until the next probe
		s.nudge()
	}
	if err != nil {
		return nil, err
	}
	return newEntry(answer, question)
}

// fail answers that there is no answer, and why.
func (s *Server) fail(p *packet, err error) {
	why := dns.ExtendedErrorCodeNetworkError
	if errors.Is(err, errNoResolver) {
		why = dns.ExtendedErrorCodeNoReachableAuthority
	}
	p.refuse(dns.RcodeServerFailure, why)
}

// wireQuestion is the question for a name of ours in wire form.
func wireQuestion(n filter.Name, qtype uint16) []byte {
	q := make([]byte, 260)
	end, err := dns.PackDomainName(string(n)+".", q, 0, nil, false)
	if err != nil {
		return nil // no filter.Name fails
	}
	return append(binary.BigEndian.AppendUint16(q[:end], qtype), 0, byte(dns.ClassINET))
}
