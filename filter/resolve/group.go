package resolve

import (
	"context"
	"errors"
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
}

// A member is one resolver, and whether it answered our own last probe.
type member struct {
	address Address
	upstream
	down atomic.Bool
}

var errNoResolver = errors.New("no resolver is known")

// patience is how long each attempt at a question waits, one after the other,
// from the preferred resolver on: 5 s in all, as long as clients themselves wait.
var patience = []time.Duration{800 * time.Millisecond, 1200 * time.Millisecond, 1500 * time.Millisecond, 1500 * time.Millisecond}

// impatience is how long they wait when no member answers probes: long enough
// for an answer if there is one after all, not long enough to hang a program.
const impatience = 600 * time.Millisecond

// up reports whether any member answers our probes.
func (g *group) up() bool {
	for _, m := range g.members {
		if !m.down.Load() {
			return true
		}
	}
	return false
}

// exchange asks the members in turn until one answers. A member that says it
// cannot answer is passed over, and its answer is kept for when none can.
func (g *group) exchange(ctx context.Context, query []byte) ([]byte, error) {
	if len(g.members) == 0 {
		return nil, errNoResolver
	}
	order, tries, waits := g.order(), len(patience), patience
	if !g.up() {
		tries, waits = min(len(order), 2), []time.Duration{impatience, impatience}
	}
	var excuse []byte
	err := errNoResolver
	for try := range max(tries, len(order)) {
		if ctx.Err() != nil {
			break
		}
		wait := waits[min(try, len(waits)-1)]
		attempt, cancel := context.WithTimeout(ctx, wait)
		var answer []byte
		answer, err = order[try%len(order)].exchange(attempt, query)
		cancel()
		if err != nil {
			continue
		}
		switch int(answer[3] & 0xf) {
		case dns.RcodeServerFailure, dns.RcodeRefused, dns.RcodeNotImplemented, dns.RcodeFormatError:
			excuse = answer
			if try+1 >= len(order) {
				return excuse, nil
			}
		default:
			return answer, nil
		}
	}
	if excuse != nil {
		return excuse, nil
	}
	return nil, err
}

// order returns the members that answer probes, and then the others.
func (g *group) order() []*member {
	order := make([]*member, 0, len(g.members))
	for _, down := range []bool{false, true} {
		for _, m := range g.members {
			if m.down.Load() == down {
				order = append(order, m)
			}
		}
	}
	return order
}
