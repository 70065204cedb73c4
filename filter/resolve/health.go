package resolve

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Health is what our own probes say of the configured resolvers. Nothing that a
// client asks, or fails to get, changes it: otherwise a client could make the
// filter look dead, and be let go.
type Health struct {
	Up    bool      // a resolver answers, or answered less than two probes ago
	Since time.Time // when Up became what it is
	// Portal is that what answers leads to a sign-in page whatever is asked.
	Portal bool
}

// Health returns the health of the resolvers now. It is not Up before the first
// probe is answered.
func (s *Server) Health() Health {
	if h := s.health.Load(); h != nil {
		return *h
	}
	return Health{Since: s.began}
}

const (
	probeWhileUp   = 10 * time.Second
	probeWhileDown = 2 * time.Second
	probeAtMost    = time.Second // between two, however many questions fail
	probeTimeout   = 1500 * time.Millisecond
	// slowTimeout is for how long an answer to a probe is listened for all the same.
	// Any account can fill the line, so that all answers are late: it must not look
	// dead for that.
	slowTimeout = 4500 * time.Millisecond
)

// groups are the resolvers in use.
type groups struct {
	resolvers Resolvers
	usual     *group    // what the guardian chose, else the system's
	protected *group    // the system's, else what the guardian chose
	bootstrap *group    // the plain ones, the system's first, who know where the others are
	members   []*member // of all
}

// newGroups makes the groups that follow old, which may be nil. A resolver that
// was known stays known, with what is known of it; reach makes the others.
func newGroups(r Resolvers, old *groups, reach func(Address) upstream) *groups {
	g := &groups{resolvers: r}
	last := source(0)
	var known []*member
	if old != nil {
		last, known = max(old.usual.source, old.protected.source), old.members
	}
	for _, a := range slices.Concat(r.Chosen, r.System, r.StandIns) {
		is := func(m *member) bool { return m.address == a }
		if slices.ContainsFunc(g.members, is) {
			continue
		}
		if i := slices.IndexFunc(known, is); i >= 0 {
			g.members = append(g.members, known[i])
		} else {
			g.members = append(g.members, &member{address: a, upstream: reach(a)})
		}
	}
	chosen := group{members: g.at(r.Chosen)}
	system := group{members: g.at(r.System), standIns: g.at(r.StandIns), alone: r.Alone}
	usual, protected := chosen, system
	if len(r.Chosen) == 0 {
		usual = system
	}
	if len(r.System)+len(r.StandIns) == 0 {
		protected = chosen
	}
	usual.source, protected.source = last+1, last+2
	g.usual, g.protected = &usual, &protected
	plain := slices.DeleteFunc(slices.Concat(r.System, r.Chosen), func(a Address) bool { return !a.plain() })
	g.bootstrap = &group{members: g.at(plain), standIns: system.standIns, alone: r.Alone}
	return g
}

// close lets go of the connections to all resolvers but those to keep.
func (g *groups) close(keep []*member) {
	for _, m := range g.members {
		if c, ok := m.upstream.(*secure); ok && !slices.Contains(keep, m) {
			c.close()
		}
	}
}

// at returns the members at the addresses, in their order.
func (g *groups) at(addresses []Address) []*member {
	members := make([]*member, 0, len(addresses))
	for _, a := range addresses {
		members = append(members, g.members[slices.IndexFunc(g.members, func(m *member) bool { return m.address == a })])
	}
	return members
}

// regroup takes over the resolvers that the PC uses now. When they have changed,
// so has the network, and what the old one answered is forgotten.
func (s *Server) regroup() {
	now := s.config.Resolvers()
	now.System, now.Chosen, now.StandIns = s.others(now.System), s.others(now.Chosen), s.others(now.StandIns)
	old := s.groups.Load()
	if old != nil && old.resolvers.same(now) {
		return
	}
	fresh := newGroups(now, old, s.reach)
	s.groups.Store(fresh)
	if old != nil {
		old.close(fresh.members)
		s.forgetAnswers()
		s.config.Log.Info("the resolvers changed", "system", len(now.System), "chosen", len(now.Chosen))
	}
}

func (r Resolvers) same(o Resolvers) bool {
	return slices.Equal(r.System, o.System) && slices.Equal(r.Chosen, o.Chosen) && slices.Equal(r.Apart, o.Apart) &&
		slices.Equal(r.StandIns, o.StandIns) && r.Alone == o.Alone
}

// others leaves out ourselves: asking there would go round for ever.
func (s *Server) others(addresses []Address) []Address {
	others, ours := make([]Address, 0, len(addresses)), s.Addrs()
	for _, a := range addresses {
		if !slices.Contains(ours, a.at.Plain) && !slices.Contains(others, a) {
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
	defer s.probes.Wait()
	failures := 0
	var made netip.Addr // for a name that cannot exist
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
		s.judge(failures, isPortal(made))
		if failures == 0 {
			made = s.look(ctx, made)
			s.judge(failures, isPortal(made))
		}
		wait := probeWhileUp
		if failures > 0 || isPortal(made) {
			wait = probeWhileDown
		}
		if !s.rest(ctx, wait) {
			return nil
		}
		if s.groups.Load().usual.alive() {
			failures = 0 // an answer was late, and has come
		}
		// A PC that slept, or whose clock was set: lifetimes no longer hold,
		// and the network may be another.
		if slept := time.Now().Round(0).Sub(wall) - time.Since(started); slept.Abs() > 5*time.Second {
			s.forgetAnswers()
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
func (s *Server) judge(failures int, portal bool) {
	was := s.health.Load()
	up := failures == 0 || failures == 1 && was != nil && was.Up
	if was != nil && up == was.Up && portal == was.Portal {
		return
	}
	now := Health{Up: up, Since: s.config.Clock(), Portal: portal}
	if was != nil && up == was.Up {
		now.Since = was.Since
	}
	s.health.Store(&now)
	switch {
	case portal:
		s.config.Log.Info("the network wants somebody to sign in")
	case up:
		s.config.Log.Info("the resolvers answer")
	default:
		s.config.Log.Warn("no resolver answers", "known", len(s.groups.Load().usual.members))
	}
	if s.config.OnHealth != nil {
		s.config.OnHealth(now)
	}
}

// probe asks every resolver for the root's name servers, which each knows that
// reaches the internet, and reports whether one of the usual ones answered, or
// of those who stand in for them.
func (s *Server) probe(ctx context.Context) bool {
	g := s.groups.Load()
	var probes sync.WaitGroup
	for _, m := range g.members {
		probes.Go(func() { s.try(ctx, m) })
	}
	probes.Wait()
	return g.usual.alive()
}

// try probes m, and waits for as long as its answers take. One that comes later
// than that is noted when it does.
func (s *Server) try(ctx context.Context, m *member) {
	wait := probeTimeout
	if m.slow.Load() {
		wait = slowTimeout
	}
	began, heard := time.Now(), make(chan error, 1)
	s.probes.Go(func() { heard <- answers(ctx, m) })
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case err := <-heard:
		if err == nil {
			m.slow.Store(time.Since(began) > probeTimeout)
		}
		s.note(ctx, m, err)
		return
	case <-timer.C:
		s.note(ctx, m, errTooLate)
	}
	s.probes.Go(func() {
		if <-heard == nil {
			m.slow.Store(true)
			s.note(ctx, m, nil)
			s.nudge()
		}
	})
}

// note keeps what a probe of m came to; one that could not be sent came to nothing.
// Why a resolver no longer answers is for whoever chose it: its certificate may be
// bad, or its name unknown here.
func (s *Server) note(ctx context.Context, m *member, err error) {
	if errors.Is(err, errNoPort) {
		return
	}
	if m.heard(err == nil) && ctx.Err() == nil {
		s.config.Log.Info("a resolver changed", "resolver", m.address, "answers", err == nil, "why", err)
	}
}

var errNoInternet = errors.New("the resolver says that it has no internet")

// answers returns nil if a resolver answers. One that refuses to speak of the
// root is still there; one that fails has lost the internet behind it.
func answers(ctx context.Context, m *member) error {
	query, err := new(dns.Msg).SetQuestion(".", dns.TypeNS).Pack()
	if err != nil {
		return err
	}
	answer, err := m.exchange(ctx, query, slowTimeout)
	if err == nil && answer[3]&0xf == dns.RcodeServerFailure {
		return errNoInternet
	}
	return err
}
