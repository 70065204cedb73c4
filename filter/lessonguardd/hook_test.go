package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/engine"
	"lessonguard/filter/resolve"
	"lessonguard/filter/system"
)

// A pc is a PC of a test, and everything that a hooking asks and tells.
type pc struct {
	mu       sync.Mutex
	rules    *filter.Rules
	changed  chan struct{}
	up       bool
	link     bool
	network  system.Network
	wall     time.Time     // at began
	slept    time.Duration // in all
	began    time.Time
	held     bool
	lost     bool
	setFails bool
	noHook   bool

	said    []string // what was done, in order
	state   engine.Hook
	notices []filter.Notice
}

func newPC() *pc {
	p := &pc{changed: make(chan struct{}), up: true, link: true, wall: time.Date(2026, 11, 21, 16, 0, 0, 0, time.UTC), began: time.Now()}
	p.network.Resolvers = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:53")}
	p.policy(filter.DefaultPolicy(), filter.Lesson{})
	return p
}

// policy changes the policy and the lesson.
func (p *pc) policy(policy filter.Policy, lesson filter.Lesson) {
	p.edit(func() {
		p.rules = filter.NewRules(filter.RulesConfig{Policy: policy, Lesson: lesson, Published: filter.Empty{}})
		close(p.changed)
		p.changed = make(chan struct{})
	})
}

func (p *pc) edit(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
}

func (p *pc) say(format string, args ...any) { p.said = append(p.said, fmt.Sprintf(format, args...)) }

// Of hooked.

func (p *pc) Now() *filter.Rules { p.mu.Lock(); defer p.mu.Unlock(); return p.rules }

func (p *pc) Changed() <-chan struct{} { p.mu.Lock(); defer p.mu.Unlock(); return p.changed }

func (p *pc) Hooked(h engine.Hook) { p.edit(func() { p.state = h }) }

func (p *pc) Network(search []filter.Name) { p.edit(func() { p.say("network %v", search) }) }

func (p *pc) Slept(d time.Duration) { p.edit(func() { p.say("slept %v", d) }) }

func (p *pc) Note(n filter.Notice) {
	p.edit(func() { p.notices, _ = filter.AddNotice(p.notices, n, time.Now()) })
}

// Of system.Hook.

func (p *pc) Name() string { return "test" }

func (p *pc) Set(_ context.Context, r system.HookRules) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.setFails {
		return errors.New("no")
	}
	p.held, p.lost = true, false
	p.say("set bypass=%v linklocal=%v", r.CloseBypass, r.LinkLocal)
	return nil
}

func (p *pc) Check(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lost {
		return fmt.Errorf("%w: by the test", system.ErrLost)
	}
	return nil
}

func (p *pc) Restore(context.Context) error {
	p.edit(func() { p.held = false; p.say("restored") })
	return nil
}

// run starts a hooking on p; it is stopped by the returned function.
func (p *pc) run(t *testing.T) (stop func()) {
	h := &hooking{
		choose: func(context.Context, string) (system.Hook, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.noHook {
				return nil, system.ErrNoHook
			}
			return p, nil
		},
		engine:    p,
		health:    func() resolve.Health { p.mu.Lock(); defer p.mu.Unlock(); return resolve.Health{Up: p.up} },
		network:   func(context.Context) system.Network { p.mu.Lock(); defer p.mu.Unlock(); return p.network },
		connected: func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.link },
		flush:     func(context.Context) error { p.edit(func() { p.say("flushed") }); return nil },
		moved:     func() { p.edit(func() { p.say("moved") }) },
		ready:     func() { p.edit(func() { p.say("ready") }) },
		log:       slog.New(slog.DiscardHandler),
		wall: func() time.Time {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.wall.Add(time.Since(p.began))
		},
		asleep: func() (time.Duration, bool) { p.mu.Lock(); defer p.mu.Unlock(); return p.slept, true },
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- h.run(ctx) }()
	time.Sleep(lookEvery / 2) // what a test does falls between two looks
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// did returns what was done since it was last asked.
func (p *pc) did() string {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	said := strings.Join(p.said, ", ")
	p.said = nil
	return said
}

func (p *pc) is(t *testing.T, state filter.State) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.State != state || (p.state.Why == "") != (state == filter.Filtering) || p.held != (state == filter.Filtering) {
		t.Errorf("%+v, held %v, want %s", p.state, p.held, state)
	}
}

func (p *pc) kinds() (all []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.notices {
		text := string(n.Kind)
		if n.Over() {
			text += fmt.Sprintf(" %v", n.To.Sub(n.From).Round(time.Second))
		}
		all = append(all, text)
	}
	return all
}

func wants(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestHeldAndLetGo: a day of a hook that is always held.
func TestHeldAndLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPC()
		stop := p.run(t)
		wants(t, "start", p.did(), "network [], set bypass=true linklocal=false, flushed, ready")
		p.is(t, filter.Filtering)
		time.Sleep(time.Minute)
		wants(t, "a minute", p.did(), "")

		p.edit(func() { p.lost = true })
		time.Sleep(time.Second)
		wants(t, "undone", p.did(), "set bypass=true linklocal=false, flushed")
		p.is(t, filter.Filtering)

		p.edit(func() { p.up = false })
		time.Sleep(9 * time.Second)
		wants(t, "dead for nine seconds", p.did(), "")
		p.is(t, filter.Filtering)
		time.Sleep(2 * time.Second)
		wants(t, "dead for eleven", p.did(), "restored")
		p.is(t, filter.LetGo)
		time.Sleep(48 * time.Second)
		p.edit(func() { p.up = true })
		time.Sleep(time.Second)
		wants(t, "alive", p.did(), "set bypass=true linklocal=false, flushed")
		p.is(t, filter.Filtering)

		p.edit(func() { p.link, p.up = false, false })
		time.Sleep(time.Hour)
		wants(t, "the cable is out", p.did(), "")
		p.is(t, filter.Filtering)

		stop()
		wants(t, "stop", p.did(), "restored")
		if got := p.kinds(); !slices.Equal(got, []string{"undone 0s", "no-resolver 50s"}) {
			t.Errorf("notices %q", got)
		}
	})
}

// TestLessonsOnly: the hook comes and goes with the lesson, whose begin empties
// the system's cache.
func TestLessonsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPC()
		policy := filter.DefaultPolicy()
		policy.Hook = filter.HookInLessons
		policy.Level.Closed &^= filter.CategoriesOf(filter.Bypass)
		policy.Level.ClosedInLessons |= filter.CategoriesOf(filter.Bypass)
		p.policy(policy, filter.Lesson{})
		stop := p.run(t)
		wants(t, "start", p.did(), "network [], ready")
		p.is(t, filter.Resting)
		p.policy(policy, filter.Lesson{On: true})
		wants(t, "a lesson, at once", p.did(), "set bypass=true linklocal=false, flushed")
		p.is(t, filter.Filtering)
		p.policy(policy, filter.Lesson{})
		wants(t, "its end", p.did(), "restored")
		p.is(t, filter.Resting)
		policy.Hook = filter.HookAlways
		p.policy(policy, filter.Lesson{})
		wants(t, "always, with ways round open", p.did(), "set bypass=false linklocal=false, flushed")
		p.policy(policy, filter.Lesson{On: true})
		wants(t, "a lesson closes them", p.did(), "set bypass=true linklocal=false, flushed")
		stop()
		if got := p.kinds(); len(got) != 0 {
			t.Errorf("notices %q", got)
		}
	})
}

// TestMoved: sleep, clocks and networks that change are told, and change the
// rules where they should.
func TestMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPC()
		stop := p.run(t)
		p.did()
		for _, jump := range []time.Duration{8 * time.Hour, -8 * time.Hour} {
			p.edit(func() { p.wall = p.wall.Add(jump) })
			time.Sleep(time.Second)
			wants(t, jump.String(), p.did(), "moved")
			p.is(t, filter.Filtering)
		}
		p.edit(func() { p.wall, p.slept = p.wall.Add(time.Hour), p.slept+time.Hour })
		time.Sleep(time.Second)
		wants(t, "asleep for an hour", p.did(), "slept 1h0m0s, moved")
		p.edit(func() {
			p.network = system.Network{Resolvers: []netip.AddrPort{netip.MustParseAddrPort("[fe80::1%eth0]:53")}, Search: []filter.Name{"home.lan"}}
		})
		time.Sleep(2 * time.Second)
		wants(t, "another network", p.did(), "network [home.lan], moved, set bypass=true linklocal=true")
		stop()
	})
}

// TestNoHook: a PC that cannot be hooked is said to be unfiltered, and hooked
// once it can be.
func TestNoHook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPC()
		p.noHook = true
		stop := p.run(t)
		wants(t, "start", p.did(), "network [], ready")
		p.is(t, filter.LetGo)
		p.edit(func() { p.noHook, p.setFails = false, true })
		time.Sleep(11 * time.Second)
		p.is(t, filter.LetGo)
		p.edit(func() { p.setFails = false })
		time.Sleep(2 * time.Second)
		wants(t, "at last", p.did(), "set bypass=true linklocal=false, flushed")
		p.is(t, filter.Filtering)
		if got := p.kinds(); len(got) != 1 || !strings.HasPrefix(got[0], "no-hook 1") {
			t.Errorf("notices %q", got)
		}
		stop()
	})
}
