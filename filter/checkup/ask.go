package checkup

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

// How long one question and one connection may take. A look-up of the OS asks
// a second resolver after five seconds.
const (
	lookTime = 6 * time.Second
	dialTime = 3 * time.Second
)

// neutral is asked for to find out whether the PC is online. It must be a host
// that nobody minds to have been seen at.
const neutral = "www.gov.uk"

func nonce() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	return hex.EncodeToString(random)
}

// An answer is what came of looking up a name.
type answer struct {
	addrs []netip.Addr
	err   error // nobody answered
}

// closed reports whether the answer is that of the service, or of another
// filter, for what is closed: addresses that lead nowhere.
func (a answer) closed() bool { return len(a.addrs) > 0 && !a.open() }

// open reports whether the answer leads somewhere.
func (a answer) open() bool {
	for _, at := range a.addrs {
		if !at.IsUnspecified() {
			return true
		}
	}
	return false
}

// none reports that there is no such name.
func (a answer) none() bool { return a.err == nil && len(a.addrs) == 0 }

// shares reports whether an address is in both answers.
func (a answer) shares(b answer) bool {
	for _, x := range a.addrs {
		for _, y := range b.addrs {
			if x == y && !x.IsUnspecified() {
				return true
			}
		}
	}
	return false
}

// look looks up a host in the way of Ask[by].
func (r *checkup) look(ctx context.Context, by int, host string) answer {
	select {
	case r.looks <- struct{}{}:
		defer func() { <-r.looks }()
	case <-ctx.Done():
		return answer{err: ctx.Err()}
	}
	ctx, stop := context.WithTimeout(ctx, lookTime)
	defer stop()
	addrs, err := r.Ask[by].Look(ctx, host)
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return answer{addrs, err}
}

// lookAll looks up each host as most programs do, several at a time.
func (r *checkup) lookAll(ctx context.Context, hosts []string) []answer {
	answers := make([]answer, len(hosts))
	var all sync.WaitGroup
	for i, host := range hosts {
		all.Go(func() { answers[i] = r.look(ctx, 0, host) })
	}
	all.Wait()
	return answers
}

// A reach is how trying to reach a host ended.
type reach uint8

const (
	reached     reach = iota
	refused           // somebody answered, with a no
	unreachable       // nobody answered
	shut              // its name is closed by a filter
)

// dial tries to connect.
func (r *checkup) dial(ctx context.Context, at netip.Addr, port uint16) reach {
	ctx, stop := context.WithTimeout(ctx, dialTime)
	defer stop()
	conn, err := r.Dial(ctx, "tcp", net.JoinHostPort(at.String(), strconv.Itoa(int(port))))
	if err == nil {
		_ = conn.Close() // nothing was sent
		return reached
	}
	if isRefused(err) {
		return refused
	}
	return unreachable
}

// reaches tries to reach a web server by its host name, or that with www before
// it where the name alone has no address.
func (r *checkup) reaches(ctx context.Context, host string) reach {
	for _, h := range []string{host, "www." + host} {
		a := r.look(ctx, 0, h)
		switch {
		case a.closed():
			return shut
		case !a.open():
			continue
		}
		got := unreachable
		for _, at := range a.addrs[:min(len(a.addrs), 3)] {
			if got = r.dial(ctx, at, 443); got == reached {
				break
			}
		}
		return got
	}
	return unreachable
}
