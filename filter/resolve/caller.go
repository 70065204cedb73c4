package resolve

import (
	"net"
	"net/netip"
	"syscall"

	"lessonguard/filter"
)

// A caller is where a question came from. What is found out of a connection
// holds for all its questions.
type caller struct {
	stream        bool // over TCP
	client, local netip.AddrPort

	originSought  bool
	origin        netip.AddrPort // where the question was going; not valid: to us
	accountSought bool
	account       string // "": not known
}

func (c *caller) network() string {
	if c.stream {
		return "tcp"
	}
	return "udp"
}

func localAddrPort(addr net.Addr) netip.AddrPort {
	at, _ := netip.ParseAddrPort(addr.String()) // as net writes it
	return at
}

// callerOf returns the caller of a connection, whose socket knows where it was
// going.
func (s *Server) callerOf(conn net.Conn) caller {
	c := caller{stream: true, client: localAddrPort(conn.RemoteAddr()), local: localAddrPort(conn.LocalAddr()), originSought: true}
	if socket, ok := conn.(syscall.Conn); ok && s.config.StreamOrigin != nil {
		c.found(s.config.StreamOrigin(socket))
	}
	return c
}

// origin returns where a question was going; not valid: to us.
func (s *Server) origin(c *caller) netip.AddrPort {
	if !c.originSought {
		c.originSought = true
		c.found(s.config.Origin(c.client, c.local))
	}
	return c.origin
}

func (c *caller) found(to netip.AddrPort, ok bool) {
	if ok {
		c.origin = netip.AddrPortFrom(to.Addr().Unmap(), to.Port())
	}
}

// account returns whose program asks; "": it is not known.
func (s *Server) account(c *caller) string {
	if !c.accountSought {
		c.accountSought = true
		if account, ok := s.config.Asker(c.network(), c.client, c.local); ok {
			c.account = account
		}
	}
	return c.account
}

// decide returns the verdict on p's question, for whoever asks it. Who that is
// costs more to find out than all the rest, so the system is asked only where
// something hangs on it.
func (s *Server) decide(p *packet, t *turn) filter.Verdict {
	p.audience, p.theirs = filter.Strictest, s.config.Asker == nil || !t.rules.Mapped()
	v := t.rules.Decide(p.audience, &p.name, p.qtype, t.at)
	if !t.rules.Everybodys(v) && s.identify(p, t) {
		v = t.rules.Decide(p.audience, &p.name, p.qtype, t.at)
	}
	return v
}

// target returns the verdict on the name in p.target, which an answer to p, whose
// verdict is v, leads on to.
func (s *Server) target(p *packet, t *turn, v filter.Verdict) filter.Verdict {
	closed := t.rules.Target(v, p.audience, &p.target, p.qtype, t.at)
	if closed.Blocked() && s.identify(p, t) {
		closed = t.rules.Target(v, p.audience, &p.target, p.qtype, t.at)
	}
	return closed
}

// identify finds out whose question p is, if it has not been tried, and reports
// whether it is now known to be of an audience of its own.
func (s *Server) identify(p *packet, t *turn) bool {
	if p.theirs {
		return false
	}
	p.theirs = true
	if account := s.account(&p.from); account != "" {
		p.audience = t.rules.AudienceOf(account)
	}
	return p.audience != filter.Strictest
}

// arrived notes a question over UDP as soon as it is read, before anything is waited
// for. One over TCP needs no note: its client hears of our death from the system.
func (s *Server) arrived(from *caller, query []byte) (noted int) {
	if s.config.Unanswered == nil {
		return -1
	}
	return s.config.Unanswered.Add(from.client, from.local, query)
}

// answered forgets the question.
func (s *Server) answered(noted int) {
	if noted >= 0 {
		s.config.Unanswered.Done(noted)
	}
}
