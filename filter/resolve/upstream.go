package resolve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
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
	plain netip.AddrPort
}

// ErrBadAddress is returned for text that is not the address of a resolver.
var ErrBadAddress = errors.New("not the address of a resolver: give an IP address such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53")

// ParseAddress reads the address of a resolver, as on the command line and in a
// policy: an IP address, with a port where it is not 53.
func ParseAddress(s string) (Address, error) {
	if at, err := netip.ParseAddrPort(s); err == nil && at.Port() != 0 && !at.Addr().IsUnspecified() {
		return PlainAddress(at), nil
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil || ip.IsUnspecified() || ip.IsMulticast() {
		return Address{}, fmt.Errorf("%q is %w", s, ErrBadAddress)
	}
	return PlainAddress(netip.AddrPortFrom(ip, 53)), nil
}

// PlainAddress is the address of a resolver that is spoken to in plain DNS, over
// UDP, and over TCP where the answer is too long for that.
func PlainAddress(at netip.AddrPort) Address {
	return Address{plain: netip.AddrPortFrom(at.Addr().Unmap(), at.Port())}
}

// String returns the address as [ParseAddress] reads it.
func (a Address) String() string {
	if a.plain.Port() == 53 {
		return a.plain.Addr().String()
	}
	return a.plain.String()
}

func (a Address) open() upstream { return newPlain(a.plain) }
