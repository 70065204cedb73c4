package main

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/engine"
	"lessonguard/filter/resolve"
	"lessonguard/filter/system"
)

// A becoming is what it takes to become this PC's resolver, opened before the
// server is: the server tells and asks it of each question.
type becoming struct {
	hook       string // auto, or the name of one
	dir        string
	log        *slog.Logger
	doh        []netip.Prefix // addresses of public DNS over HTTPS
	unanswered *system.Unanswered
	origins    *system.Origins
}

// openBecoming opens what this system has. Where it has none of it the server
// works all the same, and a hook may.
func openBecoming(c runConfig, log *slog.Logger) (*becoming, error) {
	doh, err := catalogue.DoH(shippedFiles)
	if err != nil {
		return nil, err
	}
	b := &becoming{hook: c.hook, dir: c.dir, log: log, doh: doh}
	if b.unanswered, err = system.NewUnanswered(); err != nil {
		log.Info("questions that wait are lost if the service is killed", "why", err)
	}
	if b.origins, err = system.OpenOrigins(); err != nil {
		log.Info("questions go to this PC's own resolvers, wherever they were going", "why", err)
	}
	return b, nil
}

// serve gives the server what it asks and tells.
func (b *becoming) serve(c *resolve.Config) {
	if b.unanswered != nil {
		c.Unanswered = b.unanswered
	}
	if b.origins != nil {
		c.Origin, c.StreamOrigin = b.origins.UDP, b.origins.TCP
	}
}

// choose returns the best hook that leads to a server, but the named one only
// where there is no other.
func (b *becoming) choose(ctx context.Context, s *resolve.Server, not string) (system.Hook, error) {
	own, err := system.ThisService()
	if err != nil {
		b.log.Warn("the service's own questions cannot be told from others", "err", err)
	}
	config := system.HookConfig{
		Listen: s.Addrs(), Own: own, Holder: holder(), Sockets: s.Sockets(), Unanswered: b.unanswered, Dir: b.dir, Log: b.log,
	}
	if b.hook != "auto" {
		return system.Choose(ctx, config, b.hook)
	}
	best, err := system.Choose(ctx, config)
	if err != nil || best.Name() != not {
		return best, err
	}
	others := slices.DeleteFunc(slices.Clone(hookNames), func(name string) bool { return slices.Contains([]string{"none", "auto", not}, name) })
	if other, err := system.Choose(ctx, config, others...); err == nil {
		return other, nil
	}
	return best, nil
}

// holder is the command that holds the hook of a running service. Where the
// system has a name for the running program itself, that holds also when an
// update has put another in its place.
func holder() []string {
	self, err := os.Executable()
	if runtime.GOOS == "linux" {
		self, err = "/proc/self/exe", nil
	}
	if err != nil {
		return nil
	}
	return []string{self, "hold"}
}

// without leaves out those of a network's resolvers that are ourselves: what a
// hook wrote where the system keeps its resolvers.
func without(n system.Network, s *resolve.Server) system.Network {
	ours := s.Addrs()
	n.Resolvers = slices.DeleteFunc(slices.Clone(n.Resolvers), func(r netip.AddrPort) bool { return slices.Contains(ours, r) })
	return n
}

func (b *becoming) close() {
	if b.origins != nil {
		_ = b.origins.Close()
	}
}

// watch tells the guardian of what happened to the filtering, and happens to this
// PC, until ctx is done and a last time then.
func (b *becoming) watch(ctx context.Context, s *resolve.Server, e *engine.Engine, found *discovery) error {
	boot, err := system.ThisBoot()
	if err != nil {
		b.log.Info("when this PC was started is not known", "why", err)
	}
	m := newMarker(b.dir, boot, time.Now)
	notices, err := m.begin()
	if err != nil {
		b.log.Warn("how the service last ended is not known", "err", err)
	}
	for _, n := range notices {
		e.Note(n)
	}
	w := &watching{
		path: filepath.Join(b.dir, "seen.json"), hosts: system.HostsFile(), tunnels: system.Tunnels, networks: system.Networks,
		resolvers: func() []netip.AddrPort { return without(found.latest(), s).Resolvers }, note: e.Note, log: b.log,
	}
	w.program, _ = os.Executable() // where it is not known it is not watched
	watching, ctx := errgroup.WithContext(ctx)
	watching.Go(func() error { return w.run(ctx) })
	watching.Go(func() error { return m.run(ctx, b.log) })
	return watching.Wait()
}

// run holds the hook that leads to a server until ctx is done. What a crash left
// is put back first: a hook of another kind, say, that would lead to nobody.
func (b *becoming) run(ctx context.Context, s *resolve.Server, e *engine.Engine, found *discovery, ready func()) error {
	e.Hooked(engine.Hook{Name: "none", State: filter.LetGo, Why: startWhy})
	if err := system.Restore(ctx, system.HookConfig{Listen: s.Addrs(), Dir: b.dir, Log: b.log}); err != nil {
		b.log.Warn("what a crash left cannot be put back", "err", err)
	}
	news := make(chan struct{}, 1)
	var telling sync.WaitGroup
	telling.Go(func() {
		err := system.NetworkNews(ctx, func() {
			select {
			case news <- struct{}{}:
			default: // it is going to look
			}
		})
		if err != nil {
			b.log.Warn("a change of network is noticed a little later", "err", err)
		}
	})
	defer telling.Wait()
	h := &hooking{
		news:      news,
		choose:    func(ctx context.Context, not string) (system.Hook, error) { return b.choose(ctx, s, not) },
		engine:    e,
		health:    s.Health,
		network:   func(ctx context.Context) system.Network { return without(found.network(ctx), s) },
		connected: system.Connected,
		flush:     system.FlushCache,
		moved:     s.Moved,
		ready:     ready,
		doh:       b.doh,
		log:       b.log,
		wall:      func() time.Time { return time.Now().Round(0) },
		asleep:    system.Asleep,
	}
	return h.run(ctx)
}
