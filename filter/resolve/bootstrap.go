package resolve

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sync/singleflight"
)

// A bootstrap looks up where an encrypted resolver is, through the plain
// resolvers of this PC. The system's own lookup would not do: where we are its
// resolver, it would ask us, and we would ask the resolver that we look for.
//
// What the plain resolvers say need not be true: the certificate shows whether
// it is.
type bootstrap struct {
	groups  func() *groups
	flights singleflight.Group

	mu    sync.Mutex
	known []netip.Addr
	until time.Time
}

// A resolver's addresses are asked for anew this often, and not more often, as
// the library does before each query over TLS.
const (
	minKnown = time.Minute
	maxKnown = time.Hour
)

var errNoBootstrap = errors.New("the name of an encrypted resolver cannot be looked up: give its IP address instead, or a plain resolver besides")

// LookupNetIP returns the addresses of host, which is always the same. Where
// they cannot be looked up, those that were last known are as good.
func (b *bootstrap) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	known, fresh := b.last()
	if fresh {
		return known, nil
	}
	found, err, _ := b.flights.Do(host, func() (any, error) { return b.ask(ctx, host) })
	if err == nil {
		return found.([]netip.Addr), nil
	}
	if known != nil {
		return known, nil
	}
	return nil, errNoBootstrap
}

func (b *bootstrap) last() (known []netip.Addr, fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known, time.Now().Before(b.until)
}

// ask asks for both families at once.
func (b *bootstrap) ask(ctx context.Context, host string) ([]netip.Addr, error) {
	from := b.groups().bootstrap
	var (
		asking sync.WaitGroup
		mu     sync.Mutex
		found  []netip.Addr
		life   = uint32(maxKnown / time.Second)
	)
	for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA} {
		asking.Go(func() {
			records := addresses(ctx, from, host, qtype)
			mu.Lock()
			defer mu.Unlock()
			for _, rr := range records {
				if addr := address(rr); addr.IsValid() {
					found, life = append(found, addr), min(life, rr.Header().Ttl)
				}
			}
		})
	}
	asking.Wait()
	if len(found) == 0 {
		return nil, errNoBootstrap
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known, b.until = found, time.Now().Add(max(time.Duration(life)*time.Second, minKnown))
	return found, nil
}

// addresses returns what a group answers for host.
func addresses(ctx context.Context, from *group, host string, qtype uint16) []dns.RR {
	query, err := new(dns.Msg).SetQuestion(dns.Fqdn(host), qtype).Pack()
	if err != nil {
		return nil
	}
	answer, _, err := from.exchange(ctx, query)
	if err != nil {
		return nil
	}
	var m dns.Msg
	if m.Unpack(answer) != nil {
		return nil
	}
	return m.Answer
}

// address returns the address in a record; it is not valid where there is none.
func address(rr dns.RR) (addr netip.Addr) {
	switch rr := rr.(type) {
	case *dns.A:
		addr, _ = netip.AddrFromSlice(rr.A.To4())
	case *dns.AAAA:
		addr, _ = netip.AddrFromSlice(rr.AAAA)
	}
	return addr
}
