package resolve

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// A source is whose answers an answer is among: each group of resolvers has one
// of its own, for as long as it is the same group.
type source uint64

// A group is resolvers that stand in for one another, the preferred one first.
// Its members never change; a changed network makes a new group.
type group struct {
	source  source
	members []*member
	// standIns are asked while no member answers probes, but for alone; see
	// [Resolvers].
	standIns []*member
	alone    bool
	waits    []time.Duration // of each attempt; nil: patience
	// destination is set where a program chose the resolver.
	destination *destination
}

// A member is one resolver, and what our own last probes of it came to.
type member struct {
	address Address
	upstream
	missed atomic.Int64 // how many, one after the other, it did not answer
	slow   atomic.Bool  // what it answered last was later than probeTimeout, and it is not gone
}

// down reports whether m did not answer our last probe.
func (m *member) down() bool { return m.missed.Load() > 0 }

// gone reports whether it did not answer the last two: one may be late.
func (m *member) gone() bool { return m.missed.Load() > 1 }

// heard notes what a probe came to, and reports whether that is news.
func (m *member) heard(answered bool) bool {
	if answered {
		return m.missed.Swap(0) > 0
	}
	missed := m.missed.Add(1)
	if missed > 1 {
		m.slow.Store(false) // or it would be waited for in each probe for as long as it is gone
	}
	return missed == 1
}

var errNoResolver = errors.New("no resolver is known")

// patience is how long each attempt at a question waits, one after the other,
// from the preferred resolver on: a little less in all than the 5 s after which
// clients give up, so that they hear of the failure.
var patience = []time.Duration{700 * time.Millisecond, 1100 * time.Millisecond, 1400 * time.Millisecond, 1400 * time.Millisecond}

// impatience is the same when every member is gone: long enough for an
// answer if there is one after all, not long enough to hang a program.
var impatience = []time.Duration{500 * time.Millisecond, 500 * time.Millisecond}

// up reports whether any that is to be asked now answers our probes.
func (g *group) up() bool { return anyUp(g.asked()) }

// alive reports whether any answers our probes, asked or not.
func (g *group) alive() bool { return anyUp(g.members) || anyUp(g.standIns) }

func anyUp(members []*member) bool {
	return slices.ContainsFunc(members, func(m *member) bool { return !m.down() })
}

// asked returns which are to be asked now.
func (g *group) asked() []*member {
	if g.alone || anyUp(g.members) {
		return g.members
	}
	return slices.Concat(g.members, g.standIns)
}

// exchange asks the members in turn until one answers. A member that says it
// cannot answer is passed over, and its answer is kept for when none can. Silent
// is whether one was waited for in vain.
func (g *group) exchange(ctx context.Context, query []byte) (answer []byte, silent bool, err error) {
	order, waits := g.order(), patience
	if len(order) == 0 {
		return nil, false, errNoResolver
	}
	switch {
	case g.waits != nil:
		waits = g.waits
	case !slices.ContainsFunc(order, func(m *member) bool { return !m.gone() }):
		waits = impatience
	}
	a := attempts{order: order, waits: waits, query: query}
	if !order[0].slow.Load() { // nearly always this is all there is
		answer, err := order[0].exchange(ctx, query, waits[0])
		if err == nil && !isExcuse(answer) {
			return answer, false, nil
		}
		a.note(heard{answer, err})
		a.made = 1
	}
	return a.rest(ctx)
}

// isExcuse reports whether an answer says that its sender cannot answer, and
// another resolver might.
func isExcuse(answer []byte) bool {
	switch answer[3] & 0xf {
	case dns.RcodeServerFailure, dns.RcodeRefused, dns.RcodeNotImplemented, dns.RcodeFormatError:
		return true
	}
	return false
}

// order returns those that are to be asked: who answers probes in time, then who
// answers late, and then the others.
func (g *group) order() []*member {
	asked := g.asked()
	order := make([]*member, 0, len(asked))
	var late, last []*member
	for _, m := range asked { // once: what is known of each may change meanwhile
		switch {
		case m.down():
			last = append(last, m)
		case m.slow.Load():
			late = append(late, m)
		default:
			order = append(order, m)
		}
	}
	return append(append(order, late...), last...)
}
