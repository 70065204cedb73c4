package resolve

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// A program may ask a resolver of its own choice, and where the hook brings the
// question here, it goes on to that one. What it says is then for questions that
// were going there too, and for no others; it says nothing about whether this PC
// has resolvers; and waiting for it takes nobody else's place.
//
// The places are few for destinations that did not answer lately, and those that
// did have more, of their own: however many dead ones are asked, the resolver of
// a VPN goes on answering. Those that were never heard of have theirs, too, for
// as long as it takes the first question to be answered or not: after a start
// that is all of them.
const (
	maxDestinations   = 256
	destinationCache  = 512 << 10 // bytes, of answers from all of them
	placesEach        = 128       // questions that wait for one that answers
	placesAll         = 512       // for all of those
	silentPlacesEach  = 16        // for one that did not answer
	silentPlacesAll   = 128       // for all of those
	newPlacesEach     = 128       // for one that was not heard of yet
	newPlacesAll      = 256       // for all of those
	destinationSource = source(1) << 63

	destinationGivenUp = 10 * time.Second // of failing, and it is one of the dead
)

// destinationPatience is how long each attempt waits. Its client has other
// resolvers to ask, and asks them sooner when it hears of the failure.
var destinationPatience = []time.Duration{800 * time.Millisecond, 1200 * time.Millisecond}

// A destination is a resolver that programs on this PC asked of their own accord.
type destination struct {
	group

	// Of destinations.mu:
	used    uint64 // when it was last asked
	waiting int
	kind    kindOfDestination
	failing time.Time // since when it has not; zero: it answered the last question
}

// A kindOfDestination says which places its questions take.
type kindOfDestination int

const (
	newDestination    kindOfDestination = iota // nothing was heard of it yet
	silentDestination                          // it did not answer lately
	answeringDestination
	kindsOfDestination
)

// places are how many questions may wait for one of a kind, and for all of it.
var places = [kindsOfDestination]struct{ each, all int }{
	newDestination:       {newPlacesEach, newPlacesAll},
	silentDestination:    {silentPlacesEach, silentPlacesAll},
	answeringDestination: {placesEach, placesAll},
}

// destinations are those that were asked lately.
type destinations struct {
	mu    sync.Mutex
	known map[netip.AddrPort]*destination
	made  uint64 // how many there have been
	uses  uint64
	taken [kindsOfDestination]int // places
}

// at returns the destination at an address; nil where too many are waited for.
func (d *destinations) at(address netip.AddrPort) *destination {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.uses++
	it := d.known[address]
	if it == nil {
		if len(d.known) >= maxDestinations && !d.forgetOne() {
			return nil
		}
		d.made++
		// A source is never used twice: answers of a destination that was
		// forgotten are not those of the next.
		it = &destination{group: group{source: destinationSource + source(d.made), waits: destinationPatience}}
		it.members = []*member{{address: PlainAddress(address), upstream: newPlain(address)}}
		it.destination = it
		d.known[address] = it
	}
	it.used = d.uses
	return it
}

// forgetOne forgets the destination that was asked longest ago, and reports
// whether there was one that nobody waits for.
func (d *destinations) forgetOne() bool {
	var at netip.AddrPort
	var oldest *destination
	for address, it := range d.known {
		if it.waiting == 0 && (oldest == nil || it.used < oldest.used) {
			at, oldest = address, it
		}
	}
	delete(d.known, at)
	return oldest != nil
}

// take returns a place for one more question; it reports false where there is
// none.
func (d *destinations) take(it *destination) (place, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if most := places[it.kind]; it.waiting >= most.each || d.taken[it.kind] >= most.all {
		return place{}, false
	}
	it.waiting++
	d.taken[it.kind]++
	return place{of: it, kind: it.kind}, true
}

func (d *destinations) leave(p place) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p.of.waiting--
	d.taken[p.kind]--
}

// note keeps whether a destination answered. One that fails now and then, or that
// somebody asks for what it does not get, still answers.
func (d *destinations) note(it *destination, answered bool, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case answered:
		it.kind, it.failing = answeringDestination, time.Time{}
	case it.kind == newDestination:
		it.kind, it.failing = silentDestination, now
	case it.failing.IsZero():
		it.failing = now
	case now.Sub(it.failing) > destinationGivenUp:
		it.kind = silentDestination
	}
}

// bound returns which resolvers p's open question, which is not for a protected
// name, goes to; nil where it cannot go anywhere now.
func (s *Server) bound(p *packet, t *turn) *group {
	r := &t.from.resolvers
	chose := len(r.Chosen) > 0
	if s.config.Origin == nil || chose && len(r.Apart) == 0 {
		return t.from.usual
	}
	to := s.origin(&p.from)
	if !to.IsValid() || isStub(to) || t.from.system(to) || chose && !slices.Contains(r.Apart, to) {
		return t.from.usual
	}
	if it := s.destinations.at(to); it != nil {
		return &it.group
	}
	return nil
}

// isStub reports whether a program of this PC answers at an address for the
// system, as systemd-resolved does at 127.0.0.53. Its own questions come here.
func isStub(at netip.AddrPort) bool { return at.Addr().IsLoopback() && at.Port() == 53 }

// kept returns the cache that what is kept under k is in.
func (s *Server) kept(k key) *cache {
	if k.from >= destinationSource {
		return s.elsewhere
	}
	return s.cache
}

// forgetAnswers forgets all that is kept.
func (s *Server) forgetAnswers() {
	s.cache.clear()
	s.elsewhere.clear()
}

// system reports whether the network gave the PC the resolver at an address.
func (g *groups) system(at netip.AddrPort) bool {
	for i := range g.resolvers.System {
		if g.resolvers.System[i].at.Plain == at {
			return true
		}
	}
	return false
}
