// Package engine keeps a filter running: it holds the policy, the household,
// the lesson and the published index, saves each change before it is used, and
// swaps in new rules without stopping for queries.
package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/access"
	"lessonguard/filter/index"
)

// Config is what an [Engine] is made of.
type Config struct {
	Dir     string         // the state directory, which must exist
	Content filter.Content // what the program itself knows of names
	Version string         // of the program
	Listen  string         // where the DNS server answers, until [Engine.Listening] is told
	Hook    string         // which hook makes the PC ask us, until [Engine.Hooked] is told
	// SearchDomains are the suffixes of the network the PC is on, until
	// [Engine.Network] is told of another.
	SearchDomains []filter.Name
	// Activity keeps what was blocked; nil: nothing is kept.
	Activity Recorder
	// Library keeps the published lists; nil: there are none.
	Library Library
	// Upstreams tells the addresses of the resolvers that are asked; nil: none.
	Upstreams func() []string
	Now       func() time.Time // with Go's monotonic reading
	Logger    *slog.Logger
}

// An Engine is a running filter: it decides, and can be controlled.
type Engine struct {
	config  Config
	store   *store
	key     filter.HashKey
	keeper  *access.Keeper
	checkup *filter.Checkup
	audit   *access.Audit
	started time.Time

	now atomic.Pointer[snapshot] // what queries see
	mu  sync.Mutex               // held to replace it
}

// A snapshot is everything that queries and status need. It is replaced, never
// changed.
type snapshot struct {
	state
	rules    *filter.Rules
	index    *index.Index // nil: none is loaded yet
	online   bool
	replaced chan struct{} // closed when a newer one is in place
}

// New opens the state directory and returns an Engine that decides by what it
// holds, with no list loaded: see [Engine.Publish].
func New(c Config) (*Engine, error) {
	st, err := openStore(c.Dir)
	if err != nil {
		return nil, err
	}
	kept, err := st.load()
	if err != nil {
		return nil, err
	}
	key, err := Key(c.Dir)
	if err != nil {
		return nil, err
	}
	audit, err := access.OpenAudit(c.Dir, c.Now)
	if err != nil { // a disk that cannot be written is no reason not to filter
		c.Logger.Error("what is changed may be missing in the audit log", "err", err)
	}
	e := &Engine{config: c, store: st, key: key, audit: audit, started: c.Now()}
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	e.checkup = filter.NewCheckup(random)
	e.keeper, err = access.Open(access.Config{Dir: c.Dir, Now: c.Now, Guardian: e.isGuardian})
	if err != nil {
		return nil, err
	}
	kept.requests = e.loadRequests()
	kept.lesson = e.loadLesson()
	kept.notices = e.loadNotices()
	kept.around = around{
		listen: c.Listen, hook: Hook{Name: c.Hook, State: filter.Filtering}, search: c.SearchDomains, noticed: lastOf(kept.notices),
	}
	e.now.Store(e.snapshot(kept, nil, false)) // until the first probe is answered
	return e, nil
}

// Now returns the rules in force, for one question or a batch of them.
func (e *Engine) Now() *filter.Rules { return e.now.Load().rules }

// Key returns the key that names are hashed with.
func (e *Engine) Key() filter.HashKey { return e.key }

// Guard returns who knows the PIN, for the control server's door.
func (e *Engine) Guard() *access.Keeper { return e.keeper }

// isGuardian reports whether the account is a guardian's alone.
func (e *Engine) isGuardian(account string) bool {
	h := e.now.Load().household
	_, shared := h.LearnerOf(account)
	return !shared && slices.Contains(h.Guardians, account)
}

// Publish replaces the index of all lists. Queries under way finish on the old
// one, which the caller may close once they have.
func (e *Engine) Publish(x *index.Index) (old *index.Index) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now.Load()
	e.replace(now.state, x, now.online)
	return now.index
}

// Know replaces what the program itself knows of names.
func (e *Engine) Know(c filter.Content) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.config.Content = c
	now := e.now.Load()
	e.replace(now.state, now.index, now.online)
}

// Online tells the engine whether upstreams answer.
func (e *Engine) Online(online bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := e.now.Load(); now.online != online {
		e.replace(now.state, now.index, online)
	}
}

// Run ends lessons when their time is up, and starts those of the timetable, until
// ctx is done.
func (e *Engine) Run(ctx context.Context) error {
	for {
		e.followTimetable()
		now := e.now.Load()
		var due <-chan time.Time // since Go 1.23 an unused timer needs no stopping
		if wait, ok := e.wake(now); ok {
			due = time.After(wait)
		}
		select {
		case <-due:
			e.endLesson(now)
		case <-now.replaced:
		case <-ctx.Done():
			return nil
		}
	}
}

func (e *Engine) endLesson(seen *snapshot) {
	if e.endedLesson(seen) {
		e.Record("Lesson mode ended: its time was up.")
	}
}

func (e *Engine) endedLesson(seen *snapshot) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now.Load()
	if now != seen || !now.lesson.Lesson.On || now.lesson.Lesson.Active(e.config.Now()) {
		return false
	}
	next := now.state
	next.lesson.Lesson = filter.Lesson{}
	if err := e.store.write("lesson.json", next.lesson); err != nil {
		// The lesson is over all the same: what is on disk has its end in it.
		e.config.Logger.Warn("lesson's end not saved", "err", err)
	}
	e.replace(next, now.index, now.online)
	return true
}

// errUnchanged ends an edit that would change nothing.
var errUnchanged = errors.New("nothing has changed")

// change edits the state, saves it under name and puts it in force.
func (e *Engine) change(name string, edit func(*state) (saved any, err error)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now.Load()
	next := now.state
	saved, err := edit(&next)
	if err != nil {
		return err
	}
	if err := e.store.write(name, saved); err != nil {
		return err
	}
	e.replace(next, now.index, now.online)
	return nil
}

// replace puts a new snapshot in force. e.mu must be held.
func (e *Engine) replace(st state, x *index.Index, online bool) {
	old := e.now.Load()
	e.now.Store(e.snapshot(st, x, online))
	close(old.replaced)
}

func (e *Engine) snapshot(st state, x *index.Index, online bool) *snapshot {
	var table filter.Table = filter.Empty{}
	if x != nil {
		table = x
	}
	p := st.policy.Clone()
	p.SearchDomains = st.around.search
	return &snapshot{
		state: st, index: x, online: online, replaced: make(chan struct{}),
		rules: filter.NewRules(filter.RulesConfig{
			Policy: p, Household: st.household, Content: e.config.Content, Lesson: st.lesson.Lesson, Key: e.key,
			Published: table, Checkup: e.checkup,
		}),
	}
}

// Watch implements [filter.Control].
func (e *Engine) Watch(ctx context.Context) iter.Seq2[filter.Status, error] {
	return func(yield func(filter.Status, error) bool) {
		for {
			now := e.now.Load()
			if !yield(e.status(now, filter.CallerFrom(ctx)), nil) {
				return
			}
			select {
			case <-now.replaced:
			case <-ctx.Done():
				return
			}
		}
	}
}
