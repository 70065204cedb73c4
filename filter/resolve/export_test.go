package resolve

import (
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
	e, err := newEntry(wire, end+4, q.Qtype)
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

// Nudge asks for a probe soon.
func (s *Server) Nudge() { s.nudge() }
