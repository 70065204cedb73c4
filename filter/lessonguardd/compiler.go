package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/filter/control"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
)

// A compilerConfig is what a [compiler] is made of.
type compilerConfig struct {
	dir       string // state directory
	lists     string // folder of lists; empty: the one in the state directory, if it is there
	catalogue string // file of published lists; empty: those that the program knows
	fetch     bool   // every day, by itself; when asked to it always does
	trial     bool   // lists that cannot be compiled end the program
	shared    string // where every account may read the data file in force; empty: nowhere
	engine    func() *engine.Engine
	resolvers func() []netip.AddrPort // to find the publishers' servers by
	log       *slog.Logger
}

// A compiler has the lists fetched and compiled by a child process, so that
// hostile input and peak memory stay out of the service, and publishes what
// comes of it. It implements [engine.Library].
type compiler struct {
	compilerConfig

	program string // this one
	data    catalogue.DataConfig
	turn    chan struct{} // held by whoever has a child running: one at a time
	taken   int           // version of the data that the engine has
	warned  atomic.Bool   // that the data file is not in force
	inForce atomic.Pointer[index.Index]
	settle  time.Duration // about how long it waits before it fetches by itself
}

// compiler returns the config of the compiler of a service that runs as c says.
func (c runConfig) compiler(e func() *engine.Engine, upstreams func() []string, log *slog.Logger) compilerConfig {
	return compilerConfig{
		dir: c.dir, lists: c.lists, catalogue: c.catalogue, fetch: c.update == "true" || c.update == "" && !c.trial(), trial: c.trial(),
		shared: control.DataPath(c.control), engine: e, log: log,
		resolvers: func() (all []netip.AddrPort) {
			// Those that speak plain DNS; and in the end ourselves, who know the others.
			s, _ := e().Status(context.Background()) // the engine's own never fails
			for _, at := range append(upstreams(), s.Listen) {
				if at, err := netip.ParseAddrPort(at); err == nil {
					all = append(all, at)
				}
			}
			return all
		},
	}
}

// newCompiler returns a compiler, and what the program knows of names by the
// data in force.
func newCompiler(c compilerConfig) (*compiler, filter.Content, error) {
	m := &compiler{compilerConfig: c, turn: make(chan struct{}, 1), settle: settleTime}
	var err error
	if m.data, err = dataConfig(c.dir); err != nil {
		return nil, filter.Content{}, err
	}
	if m.program, err = os.Executable(); err != nil {
		return nil, filter.Content{}, fmt.Errorf("finding this program: %w", err)
	}
	known := m.known()
	m.taken = known.Version
	m.share(known)
	content, err := contentOf(known)
	return m, content, err
}

// start publishes the index of the last run. Where there is none it has the
// lists that are here compiled first, so that no question finds the filter
// empty; an installed one that cannot starts without, and run tries again.
func (c *compiler) start(ctx context.Context) error {
	err := c.publish()
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		c.log.Warn("index cannot be used and is compiled anew", "err", err)
	}
	err = c.child(ctx, nil, unwatched)
	if err == nil {
		err = c.publish()
	}
	if err == nil || c.trial || ctx.Err() != nil {
		return err
	}
	// A full disk, say. What needs no list is filtered all the same: the family's
	// own rules, safe search, and what leads round the filter.
	c.log.Error("no list can be used: nothing is closed by one until it can", "err", err)
	return nil
}

// run brings the index up to date, and keeps it so until ctx is done. Lists
// that cannot be compiled leave the last good index in force, save in a trial:
// whoever gave them would take what is open for what they close.
func (c *compiler) run(ctx context.Context) error {
	compiled := closed(c.engine().Now().Policy())
	for err := c.compile(ctx); err != nil && ctx.Err() == nil; err = c.compile(ctx) {
		if c.trial {
			return err
		}
		c.log.Error("lists not brought up to date; the last good ones stay in force", "err", err)
		if c.inForce.Load() != nil || !pause(ctx, c.settle) {
			break
		}
	}
	return c.keepUp(ctx, compiled)
}

func (c *compiler) publish() error {
	x, err := index.Open(filepath.Join(c.dir, indexFile), c.engine().Key())
	if err != nil {
		return err
	}
	c.inForce.Store(x)
	c.engine().Publish(x) // the old one is unmapped when the last query is done with it
	return nil
}

// unreadable is closed when a part of the index in force could not be read; nil
// where there is none.
func (c *compiler) unreadable() <-chan struct{} {
	if x := c.inForce.Load(); x != nil {
		return x.Unreadable()
	}
	return nil
}

// damaged reports whether the index in force, or the file that the next start
// takes it from, is no longer as it was built.
func (c *compiler) damaged() bool {
	select {
	case <-c.unreadable():
		return true
	default:
	}
	x, err := index.Open(filepath.Join(c.dir, indexFile), c.engine().Key())
	return err != nil || x.Close() != nil
}

// compile compiles the lists that are here.
func (c *compiler) compile(ctx context.Context) error {
	return c.update(ctx, c.wants(), unwatched)
}

// Update implements [engine.Library].
func (c *compiler) Update(ctx context.Context, u filter.ListUpdate, progress func(filter.Progress)) error {
	progress(filter.Progress{Note: "beginning"})
	args := append(c.wants(), "--fetch")
	if u.Accept != "" {
		if _, err := c.find(u.Accept); err != nil {
			return err
		}
		args = append(args, "--accept", u.Accept)
	}
	for _, at := range c.resolvers() {
		args = append(args, "--resolver", at.String())
	}
	return c.update(ctx, args, progress)
}

// find returns the published list with the given id, if it is one of those that
// are kept.
func (c *compiler) find(id string) (catalogue.Published, error) {
	wanted, err := wantedLists(c.known(), c.catalogue, closed(c.engine().Now().Policy()))
	if err != nil {
		return catalogue.Published{}, err
	}
	for _, l := range wanted {
		if l.ID == id {
			return l, nil
		}
	}
	return catalogue.Published{}, fmt.Errorf("%w: no published list %q is kept", filter.ErrNotFound, id)
}

// wants says to a child which lists there are.
func (c *compiler) wants() []string {
	var ids []string
	for _, category := range closed(c.engine().Now().Policy()).List() {
		ids = append(ids, category.String())
	}
	args := []string{"--closed", strings.Join(ids, ",")}
	if folder := ownLists(c.lists, c.dir); folder != "" {
		args = append(args, "--lists", folder)
	}
	if c.catalogue != "" {
		args = append(args, "--catalogue", c.catalogue)
	}
	return args
}

// update waits for its turn, runs a child and puts what comes of it in force.
func (c *compiler) update(ctx context.Context, args []string, progress func(filter.Progress)) error {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-c.turn }()
	err := c.child(ctx, args, progress)
	if err == nil {
		if err = c.publish(); err != nil {
			err = fmt.Errorf("new index cannot be used; the last one stays in force: %w", err)
		}
	}
	// The child may have taken a data file before it was stopped, or failed.
	if unread := c.learn(); err == nil {
		err = unread
	}
	return err
}

// learn puts a data file in force that was taken while the service ran.
func (c *compiler) learn() error {
	known := c.known()
	if known.Version == c.taken {
		return nil
	}
	content, err := contentOf(known)
	if err != nil {
		return err
	}
	c.engine().Know(content)
	c.taken = known.Version
	c.share(known)
	c.log.Info("newer help services and catalogue are in force", "version", known.Version)
	return nil
}

// share leaves the data file in force where the desktop program reads it, which
// checks it as the service has: help services and profiles are shown from there.
func (c *compiler) share(known catalogue.Known) {
	if c.shared == "" {
		return
	}
	var err error
	if known.Updated {
		var file []byte
		if file, err = os.ReadFile(c.data.Path); err == nil {
			err = files.Write(c.shared, file, 0o644)
		}
	} else if err = os.Remove(c.shared); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		c.log.Warn("the desktop program shows the help services that came with it", "err", err)
	}
}

// known returns the data in force.
func (c *compiler) known() catalogue.Known {
	known, err := c.judged()
	if err != nil && !c.warned.Swap(true) { // it is asked for with every look at the lists
		c.log.Warn("the data file is not in force; what came with the program is", "err", err)
	}
	return known
}

// judged returns the data in force, and why the data file is not.
func (c *compiler) judged() (catalogue.Known, error) {
	judge := c.data
	judge.Now = time.Now()
	return catalogue.OpenData(judge)
}
