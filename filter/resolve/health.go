package resolve

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter"
)

// Health is what our own probes say of the configured resolvers. Nothing that a
// client asks, or fails to get, changes it: otherwise a client could make the
// filter look dead, and be let go.
type Health struct {
	Up    bool      // a resolver answers, or answered less than two probes ago
	Since time.Time // when Up became what it is
}

// Health returns the health of the resolvers now. It is not Up before the first
// probe is answered.
func (s *Server) Health() Health { return *s.health.Load() }

const (
	probeWhileUp   = 10 * time.Second
	probeWhileDown = 2 * time.Second
	probeAtMost    = time.Second // between two, however many questions fail
	probeTimeout   = 1500 * time.Millisecond
)

// groups are the resolvers in use.
type groups struct {
	resolvers Resolvers
	usual     *group // what the guardian chose, else the system's
	protected *group // the system's, else what the guardian chose
}

func (g *groups) group(filter.Verdict) *group  { return g.usual }
func (g *groups) source(filter.Verdict) source { return g.usual.source }

// sources counts the groups that there have been.
var sources atomic.Uint64

func newGroup(addresses []Address, old *groups) *group {
	g := &group{source: source(sources.Add(1))}
	for _, a := range addresses {
		m := &member{address: a, upstream: a.open()}
		if old != nil {
			for _, known := range slices.Concat(old.usual.members, old.protected.members) {
				if known.address == a {
					m = known
				}
			}
		}
		g.members = append(g.members, m)
	}
	return g
}

// regroup takes over the resolvers that the PC uses now. When they have changed,
// so has the network, and what the old one answered is forgotten.
func (s *Server) regroup() {
	now := s.config.Resolvers()
	now.System, now.Chosen = s.others(now.System), s.others(now.Chosen)
	old := s.groups.Load()
	if old != nil && slices.Equal(old.resolvers.System, now.System) && slices.Equal(old.resolvers.Chosen, now.Chosen) {
		return
	}
	g := &groups{resolvers: now}
	usual, protected := now.Chosen, now.System
	if len(usual) == 0 {
		usual = now.System
	}
	if len(protected) == 0 {
		protected = now.Chosen
	}
	g.usual, g.protected = newGroup(usual, old), newGroup(protected, old)
	s.groups.Store(g)
	if old != nil {
		s.cache.clear()
		s.config.Log.Info("the resolvers changed", "usual", len(usual), "system", len(protected))
	}
}

// others leaves out ourselves: asking there would go round for ever.
func (s *Server) others(addresses []Address) []Address {
	others, ours := make([]Address, 0, len(addresses)), s.Addrs()
	for _, a := range addresses {
		if !slices.Contains(ours, a.plain) && !slices.Contains(others, a) {
			others = append(others, a)
		}
	}
	return others
}

// nudge asks for a probe soon. It says nothing about health by itself.
func (s *Server) nudge() {
	select {
	case s.nudges <- struct{}{}:
	default:
	}
}

// watch probes the resolvers and keeps up with which they are, until ctx is done.
func (s *Server) watch(ctx context.Context) error {
	failures := 0
	for {
		wall := time.Now().Round(0)
		started := time.Now()
		s.regroup()
		if s.probe(ctx) {
			failures = 0
		} else {
			failures++
		}
		if ctx.Err() != nil {
			return nil
		}
		s.judge(failures)
		wait := probeWhileUp
		if failures > 0 {
			wait = probeWhileDown
		}
		if !s.rest(ctx, wait) {
			return nil
		}
		// A PC that slept, or whose clock was set: lifetimes no longer hold,
		// and the network may be another.
		if slept := time.Now().Round(0).Sub(wall) - time.Since(started); slept.Abs() > 5*time.Second {
			s.cache.clear()
		}
	}
}

// rest waits for the next probe, and reports whether there is to be one.
func (s *Server) rest(ctx context.Context, wait time.Duration) bool {
	for _, part := range []struct {
		wait  time.Duration
		nudge chan struct{}
	}{{probeAtMost, nil}, {wait - probeAtMost, s.nudges}} {
		timer := time.NewTimer(part.wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
		case <-part.nudge:
		}
	}
	return true
}

// judge turns failed rounds of probes into health: the first may be a lost
// packet, the second is not.
func (s *Server) judge(failures int) {
	was := s.Health()
	up := failures == 0 || failures == 1 && was.Up
	if up == was.Up {
		return
	}
	now := Health{Up: up, Since: s.config.Clock()}
	s.health.Store(&now)
	if up {
		s.config.Log.Info("the resolvers answer")
	} else {
		s.config.Log.Warn("no resolver answers", "known", len(s.groups.Load().usual.members))
	}
	if s.config.OnHealth != nil {
		s.config.OnHealth(now)
	}
}

// probe asks every resolver for the root's name servers, which each knows that
// reaches the internet, and reports whether one of the usual ones answered.
func (s *Server) probe(ctx context.Context) bool {
	g := s.groups.Load()
	var members []*member
	for _, m := range slices.Concat(g.usual.members, g.protected.members) {
		if !slices.Contains(members, m) {
			members = append(members, m)
		}
	}
	done := make(chan struct{})
	for _, m := range members {
		go func() {
			m.down.Store(!answers(ctx, m))
			done <- struct{}{}
		}()
	}
	for range members {
		<-done
	}
	return g.usual.up() && len(g.usual.members) > 0
}

// answers reports whether a resolver answers. One that refuses to speak of the
// root is still there; one that fails has lost the internet behind it.
func answers(ctx context.Context, m *member) bool {
	query, err := new(dns.Msg).SetQuestion(".", dns.TypeNS).Pack()
	if err != nil {
		return false
	}
	answer, err := m.exchange(ctx, query, probeTimeout)
	return err == nil && answer[3]&0xf != dns.RcodeServerFailure
}
