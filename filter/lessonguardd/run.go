package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
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
	lists     string
	hook      string
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
	f.StringVar(&c.lists, "lists", "", "`DIR` of blocklists, a folder for each category, named by its id")
	hook := f.String("hook", "none", "how to become this PC's resolver: `none`, or auto")
	if _, err := parse(f, args); err != nil {
		return c, err
	}
	if c.dir == "" {
		return c, errors.New("run needs --state DIR: the directory that keeps policy, household and index")
	}
	if c.hook = *hook; c.hook != "none" && c.hook != "auto" {
		return c, fmt.Errorf("--hook %s is neither none nor auto", c.hook)
	}
	if c.lists != "" {
		if c.lists, err = filepath.Abs(c.lists); err != nil { // for the child process
			return c, err
		}
	}
	if len(c.listen) == 0 {
		c.listen = []netip.AddrPort{netip.MustParseAddrPort(trialListen)}
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
	content, err := shippedContent()
	if err != nil {
		return err
	}
	kept, notKept := activity.Open(activity.Config{Path: filepath.Join(c.dir, "activity.db"), Now: time.Now, Logger: log})
	var e *engine.Engine
	found := &discovery{
		discover: system.Discover, flags: c.upstreams, log: log, last: network,
		chosen: func() []string { return e.Now().Policy().Upstreams },
	}
	upstreams := func() (all []string) {
		now := found.resolvers()
		asked := now.Chosen
		if len(asked) == 0 {
			asked = now.System
		}
		for _, at := range asked {
			all = append(all, at.String())
		}
		return all
	}
	e, err = engine.New(engine.Config{
		Dir: c.dir, Content: content, Version: version, Listen: fmt.Sprint(c.listen[0]), Hook: "none",
		SearchDomains: network.Search, Activity: kept, Upstreams: upstreams, Now: time.Now, Logger: log,
	})
	if err != nil {
		return err
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
	dns, err := resolve.Listen(ctx, resolve.Config{
		Addrs: c.listen, Decider: e, Resolvers: found.resolvers, Log: log,
		Seen:     e.Seen,
		OnHealth: func(h resolve.Health) { e.Online(h.Up) },
	})
	if err != nil {
		return err
	}
	lists := &compiler{dir: c.dir, lists: c.lists, engine: e, log: log, trial: c.trial()}
	if err := lists.start(ctx); err != nil {
		return err
	}
	api := control.NewServer(control.Config{Control: e, Guard: e.Guard(), Logger: log})

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.Run(ctx) })
	group.Go(func() error { return kept.Run(ctx) })
	group.Go(func() error { return api.Serve(ctx, socket) })
	group.Go(func() error { return dns.Run(ctx) })
	group.Go(func() error { return lists.run(ctx) })
	fmt.Fprintf(std.out, "lessonguardd %s answers at %s\n", version, c.listen[0])
	return group.Wait()
}

// trial reports whether the filter is being tried, by somebody who sees what it
// says; an installed one starts whatever is wrong that it can do without.
func (c runConfig) trial() bool { return c.hook == "none" }

// readable returns an error for a trial whose folder of lists is missing, or
// holds a folder that is no category.
func (c runConfig) readable() error {
	if !c.trial() || c.lists == "" {
		return nil
	}
	_, err := catalogue.Folder(c.lists)
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
	chosen   func() []string   // by the guardian
	log      *slog.Logger
	mu       sync.Mutex
	last     system.Network // as it was last read
}

// resolvers returns which resolvers to ask: those of the flags, else the
// guardian's, else the PC's own. While the network cannot be read, it is taken
// to be as it was.
func (d *discovery) resolvers() (r resolve.Resolvers) {
	if len(d.flags) > 0 {
		return resolve.Resolvers{System: d.flags}
	}
	now, err := d.discover(context.Background())
	d.mu.Lock()
	if err != nil {
		d.log.Warn("this PC's resolvers cannot be read: the last ones are asked", "err", err)
		now = d.last
	}
	d.last = now
	d.mu.Unlock()
	for _, at := range now.Resolvers {
		r.System = append(r.System, resolve.PlainAddress(at))
	}
	for _, u := range d.chosen() {
		if at, err := resolve.ParseAddress(u); err == nil { // the policy's check has seen to it
			r.Chosen = append(r.Chosen, at)
		}
	}
	return r
}
