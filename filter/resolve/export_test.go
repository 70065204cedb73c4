package resolve

import (
	"net/netip"
	"runtime"

	"github.com/miekg/dns"
)

// Packets answers packets as the loop of a socket does, without the socket.
type Packets struct {
	s *Server
	p packet
	t turn
}

// Packets returns the packet path of s.
func (s *Server) Packets() *Packets { return &Packets{s: s, t: s.turn()} }

// Answer answers msg in msg's own memory. It returns nil where there is nothing
// to answer, or where only an upstream can.
func (x *Packets) Answer(msg []byte, stream bool) (answer []byte, open bool) {
	x.p.msg = msg
	step, _ := x.s.answer(&x.p, &x.t, stream)
	if step != send {
		return nil, step == ask
	}
	return x.p.msg, false
}

// Keep puts an answer into the cache, as if it had come from upstream.
func (x *Packets) Keep(answer *dns.Msg) error {
	q := answer.Question[0]
	wire, err := answer.Pack()
	if err != nil {
		return err
	}
	end, _ := skipName(wire, headerSize)
	e, err := newEntry(wire, wire[headerSize:end+4])
	if err != nil {
		return err
	}
	_, _ = x.t.rules.Key().Wire(wire[headerSize:], &x.p.name)
	x.p.qtype, x.p.do, x.p.cd = q.Qtype, false, false
	k := x.p.key(x.t.from.usual.source)
	k.name = x.p.name.Name()
	e.until = x.t.nanos + int64(e.life)
	x.s.cache.put(&x.p.name, k, e)
	return nil
}

// CacheSize returns how many answers are kept, and about how many bytes they take.
func (s *Server) CacheSize() (answers, bytes int) {
	for i := range s.cache.shards {
		sh := &s.cache.shards[i]
		sh.mu.Lock()
		answers += len(sh.kept)
		bytes += sh.bytes
		sh.mu.Unlock()
	}
	return answers, bytes
}

// WaitAsking waits until n questions wait for an upstream.
func (s *Server) WaitAsking(n int64) {
	for s.asking.Load() < n {
		runtime.Gosched()
	}
}

// WaitIdle waits until no question waits for an upstream.
func (s *Server) WaitIdle() {
	for s.asking.Load()+s.helping.Load() > 0 {
		runtime.Gosched()
	}
}

// Fill takes every place for questions that wait for an upstream: those for
// protected names, or those for all others.
func (s *Server) Fill(protected bool) (free func()) {
	asking := &s.asking
	if protected {
		asking = &s.helping
	}
	asking.Add(maxAsking)
	return func() { asking.Add(-maxAsking) }
}

// WaitSlow waits until the preferred resolver is known to answer late.
func (s *Server) WaitSlow() {
	for first := s.groups.Load().usual.members[0]; !first.slow.Load() || first.down(); {
		runtime.Gosched()
	}
}

// Slow reports whether the preferred resolver is known to answer late.
func (s *Server) Slow() bool { return s.groups.Load().usual.members[0].slow.Load() }

// Nudge asks for a probe soon.
func (s *Server) Nudge() { s.nudge() }

// Relay returns what a client that takes limit bytes would get of an answer from
// upstream to query; nil where the answer is refused.
func Relay(query, answer []byte, limit int) []byte {
	if len(answer) < headerSize || len(query) < headerSize {
		return nil
	}
	end, ok := skipName(query, headerSize)
	if !ok || end+4 > len(query) || matches(query, answer) == otherQuestion {
		return nil
	}
	e, err := newEntry(answer, query[headerSize:end+4])
	if err != nil {
		return nil
	}
	p := &packet{msg: query, end: end + 4, limit: limit, qtype: uint16(query[end])<<8 | uint16(query[end+1])}
	p.answer(e, ttl(e.life))
	return p.msg
}

// NewPlaces is how many questions may wait for destinations that nothing was
// heard of, and NewPlacesEach for one of them.
const (
	NewPlaces     = newPlacesAll
	NewPlacesEach = newPlacesEach
)

// WaitElsewhere waits until no question waits for a destination.
func (s *Server) WaitElsewhere() {
	for waiting := true; waiting; runtime.Gosched() {
		s.destinations.mu.Lock()
		waiting = s.destinations.taken != [kindsOfDestination]int{}
		s.destinations.mu.Unlock()
	}
}

// FillElsewhere takes every place there is for questions to destinations that
// nothing was heard of, the way questions take them: as many as it can for each.
// It returns how many the first got, and all.
func (s *Server) FillElsewhere() (each, all int, free func()) {
	var taken []place
	for i := 0; ; i++ {
		it := s.destinations.at(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}), 53))
		before := len(taken)
		for at, ok := s.destinations.take(it); ok; at, ok = s.destinations.take(it) {
			taken = append(taken, at)
		}
		if i == 0 {
			each = len(taken)
		}
		if len(taken) == before {
			break
		}
	}
	return each, len(taken), func() {
		for _, at := range taken {
			s.leave(at)
		}
	}
}

// Visit makes n destinations known that were not.
func (s *Server) Visit(n int) {
	for i := range n {
		s.destinations.at(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 53))
	}
}

// Visited returns how many destinations are known.
func (s *Server) Visited() int {
	s.destinations.mu.Lock()
	defer s.destinations.mu.Unlock()
	return len(s.destinations.known)
}
