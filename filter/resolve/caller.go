package resolve

import "net/netip"

// A caller is where a question came from.
type caller struct {
	stream        bool // over TCP
	client, local netip.AddrPort
}

func (c *caller) network() string {
	if c.stream {
		return "tcp"
	}
	return "udp"
}

// localAddrPort is the address of a socket of ours.
func localAddrPort(addr interface{ String() string }) netip.AddrPort {
	at, _ := netip.ParseAddrPort(addr.String()) // as net writes it
	return at
}

// waits notes a question that waits for an upstream. One over TCP needs no note:
// its client hears of our death from the system.
func (s *Server) waits(p *packet) (noted int) {
	if s.config.Unanswered == nil || p.from.stream {
		return -1
	}
	return s.config.Unanswered.Add(p.from.client, p.from.local, p.msg)
}

func (s *Server) answered(noted int) {
	if noted >= 0 {
		s.config.Unanswered.Done(noted)
	}
}
