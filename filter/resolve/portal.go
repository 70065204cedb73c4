package resolve

import (
	"context"
	"crypto/rand"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// A network that wants somebody to sign in first, a hotel's say, answers every
// name with the address of its own page. Its answers are passed on, because the
// family needs the page, but they are not the internet: the health says so, and
// what was kept of them is forgotten when they end.
//
// It is found out by a name that cannot exist (RFC 6761 section 6.4). Some
// broadband providers answer those too, with a page of theirs; but not with an
// address that only the network itself can reach.

// maker returns the address that a resolver makes up for a name that cannot
// exist; it is not valid where the resolver is honest. It reports false where
// the resolver does not answer.
func maker(ctx context.Context, m *member) (netip.Addr, bool) {
	name := strings.ToLower(rand.Text()[:20]) + ".invalid."
	query, err := new(dns.Msg).SetQuestion(name, dns.TypeA).Pack()
	if err != nil {
		return netip.Addr{}, false
	}
	message, err := m.exchange(ctx, query, probeTimeout)
	if err != nil {
		return netip.Addr{}, false
	}
	var answer dns.Msg
	if err := answer.Unpack(message); err != nil {
		return netip.Addr{}, false
	}
	for _, rr := range answer.Answer {
		if a, ok := rr.(*dns.A); ok {
			at, _ := netip.AddrFromSlice(a.A.To4())
			return at, true
		}
	}
	return netip.Addr{}, true
}

// sharedSpace is what providers give to the homes behind one of their addresses
// (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// isPortal reports whether a made-up address is that of a sign-in page.
func isPortal(made netip.Addr) bool {
	return made.IsPrivate() || made.IsLinkLocalUnicast() || sharedSpace.Contains(made)
}

// look asks one of the usual resolvers for a name that cannot exist, and forgets
// every answer when what it makes up is another than before: somebody has signed
// in, or has to.
func (s *Server) look(ctx context.Context, before netip.Addr) netip.Addr {
	for _, m := range s.groups.Load().usual.asked() {
		if m.down() || !m.address.plain() { // nobody can answer in the name of a secure one
			continue
		}
		made, ok := maker(ctx, m)
		if !ok {
			break
		}
		if made != before {
			s.forgetAnswers()
		}
		return made
	}
	return before
}

// Moved tells the server that the PC may be on another network, or was asleep:
// what was answered there is forgotten, and the resolvers are asked again.
func (s *Server) Moved() {
	s.forgetAnswers()
	s.nudge()
}
