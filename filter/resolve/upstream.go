package resolve

import (
	"context"
	"net/netip"
	"time"

	"lessonguard/filter"
)

// An upstream carries a query to a resolver and brings the answer back, waiting
// for it no longer than it is told. Both are whole messages in wire form; an
// upstream sets the query's id. The answer is to the query's question and came
// from the resolver that was asked; it is the caller's. Errors hold no name.
type upstream interface {
	exchange(ctx context.Context, query []byte, wait time.Duration) ([]byte, error)
}

// An Address says where a resolver is and how it is spoken to. It can be
// compared, and is made by [ParseAddress] or [PlainAddress].
type Address struct {
	at filter.Upstream
}

// ErrBadAddress is returned for text that is not the address of a resolver.
var ErrBadAddress = filter.ErrBadUpstream

// ParseAddress reads the address of a resolver, as [filter.ParseUpstream] does.
// A resolver whose address holds a name is looked up through the plain ones
// among [Resolvers]; it is believed when it shows a certificate for the name, or
// for the IP address, that stands there.
func ParseAddress(s string) (Address, error) {
	at, err := filter.ParseUpstream(s)
	return Address{at}, err
}

// PlainAddress is the address of a resolver that is spoken to in plain DNS, over
// UDP, and over TCP where the answer is too long for that.
func PlainAddress(at netip.AddrPort) Address {
	return Address{filter.Upstream{Plain: netip.AddrPortFrom(at.Addr().Unmap(), at.Port())}}
}

// String returns the address as [ParseAddress] reads it.
func (a Address) String() string { return a.at.String() }

func (a Address) plain() bool { return a.at.URL == "" }

// reach makes the upstream at an address.
func (s *Server) reach(a Address) upstream {
	if a.plain() {
		return newPlain(a.at.Plain)
	}
	return newSecure(a.at.URL, s.config.Roots, &bootstrap{groups: s.groups.Load})
}
