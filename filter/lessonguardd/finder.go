package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// A finder connects to servers, and finds them by asking some resolvers, the
// first before the others. Where the filter is this PC's resolver, the system's
// own way of asking would lead back to it. Without any resolver, the system's
// own way is taken.
type finder struct {
	resolvers []netip.AddrPort
	// home lets it connect to this PC and its network too. A publisher is on the
	// internet, and one that sends on to the family's router is up to no good.
	home bool

	mu     sync.Mutex
	failed map[string]int // tries to reach a server in a row
}

// How long one resolver, and one address of a server, is waited for. Dozens of
// lists are of one server: one that cannot be reached is not tried for each.
const (
	findTime    = 6 * time.Second
	connectTime = 10 * time.Second
	findTries   = 2
)

// Errors of a finder; the state of a list says them to the guardian.
var (
	errOffline = errors.New("the internet cannot be reached: no resolver answers")
	errNowhere = errors.New("the publisher's server cannot be found any more")
	errClosed  = errors.New("the publisher's server is blocked on this PC or by its provider")
	errTried   = errors.New("the publisher's server cannot be reached")
	errHome    = errors.New("sent to an address of this PC or its network, where no publisher is")
)

func newFinder(resolvers []netip.AddrPort, home bool) *finder {
	return &finder{resolvers: resolvers, home: home, failed: map[string]int{}}
}

// dial connects to an address such as lists.example:443.
func (f *finder) dial(ctx context.Context, network, address string) (net.Conn, error) {
	f.mu.Lock()
	tried := f.failed[address]
	f.mu.Unlock()
	if tried >= findTries {
		return nil, errTried
	}
	conn, err := f.connect(ctx, network, address)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed[address]++; err == nil {
		f.failed[address] = 0
	}
	return conn, err
}

func (f *finder) connect(ctx context.Context, network, address string) (conn net.Conn, err error) {
	d := net.Dialer{Timeout: connectTime, Control: f.allow}
	defer func() {
		if errors.Is(err, errHome) {
			err = errHome // without the address, which the network chose
		}
	}()
	if len(f.resolvers) == 0 {
		return d.DialContext(ctx, network, address)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	found, err := f.find(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, at := range found {
		if conn, err = d.DialContext(ctx, network, net.JoinHostPort(at.String(), port)); err == nil || ctx.Err() != nil {
			return conn, err
		}
	}
	return nil, err
}

// find returns the addresses of a host, which may be one itself. The standard
// library asks, and is told whom.
func (f *finder) find(ctx context.Context, host string) ([]netip.Addr, error) {
	if at, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{at}, nil
	}
	for _, resolver := range f.resolvers {
		r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, resolver.String())
		}}
		asked, cancel := context.WithTimeout(ctx, findTime)
		found, err := r.LookupNetIP(asked, "ip", host+".") // the dot keeps search domains out
		cancel()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if no := (*net.DNSError)(nil); errors.As(err, &no) && no.IsNotFound {
			return nil, errNowhere
		}
		if err == nil && len(found) > 0 {
			if found[0].IsUnspecified() {
				return nil, errClosed // what we answer, and others like us
			}
			return found, nil
		}
	}
	return nil, errOffline
}

// sharedSpace is what providers give to the homes behind one of their addresses
// (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// allow returns an error for a connection that is not to be made. It is asked of
// the very address that is connected to.
func (f *finder) allow(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if a := at.Addr().Unmap(); !f.home && (!a.IsGlobalUnicast() || a.IsPrivate() || sharedSpace.Contains(a)) {
		return errHome
	}
	return nil
}
