package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"lessonguard/filter"
	"lessonguard/filter/activity"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/control"
	"lessonguard/filter/engine"
	"lessonguard/filter/resolve"
	"lessonguard/filter/system"
)

// trialListen is where a filter answers that is being tried: an installed one
// is given its address by the service manager.
const trialListen = "127.0.0.1:5354"

// A runConfig is what the flags of run say, checked.
type runConfig struct {
	listen    []netip.AddrPort
	upstreams []resolve.Address
	dir       string
	control   string
	lists     string // empty: the folder in dir, if it is there
	hook      string
	catalogue string
	update    string // true or false; empty: as the hook is
}

func parseRun(std stdio, args []string) (c runConfig, err error) {
	f := flags(std, "run", "answer DNS questions until stopped")
	f.Func("listen", "loopback `ADDRESS:PORT` to answer on, over UDP and TCP; may be given again (default "+trialListen+")", func(s string) error {
		at, err := netip.ParseAddrPort(s)
		if err != nil {
			return errors.New("not an address such as 127.0.0.1:53")
		}
		c.listen = append(c.listen, at)
		return nil
	})
	f.StringVar(&c.dir, "state", "", "`DIR` that keeps policy, household and index; it must exist")
	f.StringVar(&c.control, "control", control.DefaultPath, "`PATH` of the control socket")
	f.Func("upstream", "`ADDRESS` of a resolver to ask; may be given again (default: the ones this PC uses now)", func(s string) error {
		at, err := resolve.ParseAddress(s)
		c.upstreams = append(c.upstreams, at)
		return err
	})
	f.StringVar(&c.lists, "lists", "", listsUsage)
	f.StringVar(&c.hook, "hook", "none", "`how` to become this PC's resolver: none, auto, or the name of a way: nft, tun, resolv.conf")
	f.StringVar(&c.catalogue, "catalogue", "", "`FILE` of published lists, in the place of those that the program knows")
	f.StringVar(&c.update, "update", "", "`whether` to fetch the published lists once a day: true, or false (default: false with --hook none, else true)")
	if _, err := parse(f, args); err != nil {
		return c, err
	}
	if c.update != "" && c.update != "true" && c.update != "false" {
		return c, fmt.Errorf("--update %s is neither true nor false", c.update)
	}
	if c.dir == "" {
		return c, errors.New("run needs --state DIR: the directory that keeps policy, household and index")
	}
	if !slices.Contains(hookNames, c.hook) {
		return c, fmt.Errorf("--hook %s is none of %s", c.hook, strings.Join(hookNames, ", "))
	}
	for _, path := range []*string{&c.lists, &c.catalogue} {
		if *path != "" {
			if *path, err = filepath.Abs(*path); err != nil { // for the child process
				return c, err
			}
		}
	}
	if len(c.listen) == 0 {
		c.listen = []netip.AddrPort{netip.MustParseAddrPort(trialListen)}
		if !c.trial() {
			c.listen = usualListen
		}
	}
	return c, nil
}

func run(ctx context.Context, std stdio, args []string) error {
	c, err := parseRun(std, args)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.err, nil))
	network, err := system.Discover(ctx)
	if err != nil {
		log.Warn("this PC's network cannot be read", "err", err)
	}
	kept, notKept := activity.Open(activity.Config{Path: filepath.Join(c.dir, "activity.db"), Now: time.Now, Logger: log})
	var e *engine.Engine
	found := &discovery{
		discover: system.Discover, routers: !c.trial(), flags: c.upstreams, log: log, last: network,
		chosen: func() []string { return e.Now().Policy().Upstreams },
	}
	upstreams := func() (all []string) {
		now := found.resolvers()
		asked := now.Chosen
		if len(asked) == 0 {
			asked = now.System
			if !now.Alone {
				asked = slices.Concat(asked, now.StandIns)
			}
		}
		for _, at := range asked {
			all = append(all, at.String())
		}
		return all
	}
	lists, content, err := newCompiler(c.compiler(func() *engine.Engine { return e }, upstreams, log))
	if err != nil {
		return err
	}
	var aside []string
	if !c.trial() {
		if aside, err = engine.Mend(c.dir, time.Now()); err != nil {
			return err
		}
	}
	e, err = engine.New(engine.Config{
		Dir: c.dir, Content: content, Library: lists, Version: version, Hook: "none",
		SearchDomains: network.Search, Activity: kept, Upstreams: upstreams, Now: time.Now, Logger: log,
	})
	if err != nil {
		return err
	}
	if len(aside) > 0 {
		log.Error("settings could not be read: the usual ones are in force", "aside", aside)
		e.Note(filter.Notice{Kind: filter.NoticeDamaged, From: time.Now(), To: time.Now()})
	}
	if notKept != nil { // of a missing directory the engine says more
		return notKept
	}
	if err := c.reaches(network, e.Now().Policy()); err != nil {
		return err
	}
	if err := c.readable(); err != nil {
		return err
	}
	// Everything is bound before anything is answered, and the first index is
	// there before the first question.
	socket, err := control.Listen(ctx, c.control)
	if err != nil {
		return err
	}
	defer socket.Close()
	config := resolve.Config{
		Addrs: c.listen, Decider: e, Resolvers: found.resolvers, Log: log,
		Seen:  e.Seen,
		Asker: asker(log),
		OnHealth: func(h resolve.Health) {
			e.Online(h.Up)
			e.Portal(h.Portal)
		},
	}
	var pc *becoming
	if !c.trial() {
		if pc, err = openBecoming(c, log); err != nil {
			return err
		}
		defer pc.close()
		pc.serve(&config)
	}
	dns, err := bind(ctx, config, c.trial())
	if err != nil {
		return err
	}
	e.Listening(fmt.Sprint(dns.Addr()))
	if err := lists.start(ctx); err != nil {
		dns.Close()
		return err
	}
	who, err := openSupervised(log)
	if err != nil {
		dns.Close()
		return err
	}
	api := control.NewServer(control.Config{Control: e, Guard: e.Guard(), Logger: log})

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.Run(ctx) })
	group.Go(func() error { return kept.Run(ctx) })
	group.Go(func() error { return api.Serve(ctx, socket) })
	group.Go(func() error { return lists.run(ctx) })
	answering, leave := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error { return dns.Run(answering) })
	group.Go(func() error {
		defer leave() // nobody is left to ask us
		if c.trial() {
			<-ctx.Done()
			return nil
		}
		return pc.run(ctx, dns, e, found, who.ready)
	})
	if !c.trial() {
		group.Go(func() error { return pc.watch(ctx, dns, e, found) })
	}
	group.Go(func() error { return who.watched(ctx, dns, e) })
	fmt.Fprintf(std.out, "lessonguardd %s answers at %s\n", version, dns.Addr())
	// From now on. What is closed or cached is answered without an allocation, so that collecting
	// twice as often costs a family nothing, and takes 2 MiB less of its memory.
	debug.SetGCPercent(50)
	return group.Wait()
}

// hookNames are what can be said of a hook; system.Choose says which of them this
// PC has.
var hookNames = []string{"none", "auto", "nft", "tun", "resolv.conf", "nrpt", "scutil"}

// asker returns what tells whose program asks; nil where nothing can: everybody
// is then given the strictest learner's rules.
func asker(log *slog.Logger) func(network string, client, local netip.AddrPort) (account string, ok bool) {
	askers, err := system.OpenAskers()
	if err != nil {
		log.Warn("who asks cannot be told: the strictest rules hold for everybody", "err", err)
		return nil
	}
	return askers.Of
}

// trial reports whether the filter is being tried, by somebody who sees what it
// says; an installed one starts whatever is wrong that it can do without.
func (c runConfig) trial() bool { return c.hook == "none" }

// readable returns an error for a trial whose folder of lists is missing, or
// holds a folder that is no category.
func (c runConfig) readable() error {
	folder := ownLists(c.lists, c.dir)
	if !c.trial() || folder == "" {
		return nil
	}
	_, err := catalogue.Folder(folder)
	return err
}

// reaches returns an error for a trial on a PC that has nothing to ask. An
// installed filter starts all the same: the network may come later.
func (c runConfig) reaches(network system.Network, p filter.Policy) error {
	if !c.trial() || len(c.upstreams)+len(network.Resolvers)+len(p.Upstreams) > 0 {
		return nil
	}
	return errors.New("this PC uses no resolver that could be asked: connect it to its network, or give one with --upstream ADDRESS")
}

// A discovery finds out which resolvers to ask.
type discovery struct {
	discover func(context.Context) (system.Network, error)
	flags    []resolve.Address // where there are some, no others are asked
	// routers has the PC's routers stand in where none of its resolvers answers.
	// Whoever sits at a PC may set its resolvers (NetworkManager lets them), and
	// dead ones would have the filter let go for everybody.
	routers bool
	chosen  func() []string // by the guardian
	log     *slog.Logger
	mu      sync.Mutex
	last    system.Network // as it was last read
}

// resolvers returns which resolvers to ask: those of the flags, else the
// guardian's, else the PC's own. While the network cannot be read, it is taken
// to be as it was.
func (d *discovery) resolvers() (r resolve.Resolvers) {
	if len(d.flags) > 0 {
		return resolve.Resolvers{System: d.flags}
	}
	now := d.network(context.Background())
	system, apart, alone := asked(now)
	r.Apart, r.Alone = apart, alone
	for _, at := range system {
		r.System = append(r.System, resolve.PlainAddress(at))
	}
	if d.routers {
		for _, at := range now.Gateways {
			if !slices.Contains(now.Resolvers, at) {
				r.StandIns = append(r.StandIns, resolve.PlainAddress(at))
			}
		}
	}
	for _, u := range d.chosen() {
		if at, err := resolve.ParseAddress(u); err == nil { // the policy's check has seen to it
			r.Chosen = append(r.Chosen, at)
		}
	}
	return r
}

// asked returns which of a network's resolvers stand in for one another, which are
// asked only for what programs ask of them, and whether the former are alone: no
// router is asked in their place. Those of a VPN and the others hear nothing that
// is meant for each other: one knows an office's names, and the other is not to
// hear what goes through the VPN. They are the VPN's where it carries everything,
// and else what the system names first.
func asked(n system.Network) (resolvers, apart []netip.AddrPort, alone bool) {
	if len(n.VPN) == 0 {
		return n.Resolvers, nil, false
	}
	if n.Tunnelled || slices.Contains(n.VPN, n.Resolvers[0]) {
		return n.VPN, nil, n.Tunnelled
	}
	others := slices.DeleteFunc(slices.Clone(n.Resolvers), func(at netip.AddrPort) bool { return slices.Contains(n.VPN, at) })
	return others, n.VPN, false
}

// network returns the PC's network, or as it was last while it cannot be read.
func (d *discovery) network(ctx context.Context) system.Network {
	now, err := d.discover(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.log.Warn("this PC's resolvers cannot be read: the last ones are asked", "err", err)
		return d.last
	}
	d.last = now
	return now
}

// latest returns the PC's network as it was last read.
func (d *discovery) latest() system.Network {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.last
}
