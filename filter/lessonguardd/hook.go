package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/engine"
	"lessonguard/filter/resolve"
	"lessonguard/filter/system"
)

// A hooking makes the service this PC's resolver while it should be, and stands
// aside while it should not. What it decides by is in keeper.go.
type hooking struct {
	choose    func(ctx context.Context, not string) (system.Hook, error) // the best hook; rather not the named one
	engine    hooked
	health    func() resolve.Health
	network   func(context.Context) system.Network // as it is now
	connected func() bool
	flush     func(context.Context) error // empties the system's cache of names
	moved     func()                      // tells the server that the network may be another
	news      <-chan struct{}             // tells that the network may be another; nil: nothing does
	ready     func()                      // is called once the PC is in the state that it should be in
	doh       []netip.Prefix
	log       *slog.Logger
	wall      func() time.Time             // without Go's monotonic reading
	asleep    func() (time.Duration, bool) // for how long the PC has slept, if that is known

	keeper  keeper
	hook    system.Hook // nil until one is chosen
	gaveUp  string      // name of the last that could not be set for long
	failure string      // why it could not be set the last time; empty: it could
	held    bool
	rules   system.HookRules // that hold
	lesson  bool             // was on at the last step
	seen    moment
	told    bool // that the PC is in the state that it should be in
	gap     filter.Notice
}

// hooked is what a hooking asks and tells of the engine.
type hooked interface {
	Now() *filter.Rules
	Changed() <-chan struct{}
	Hooked(engine.Hook)
	Network([]filter.Name)
	Note(filter.Notice)
	Slept(time.Duration)
}

// A moment is when something was last looked at, and what was there.
type moment struct {
	at      time.Time // with the monotonic reading
	wall    time.Time // without it
	network system.Network
	asleep  time.Duration // until then
	looked  time.Time     // at the network
	chosen  time.Time     // when a hook was last looked for
}

const (
	lookEvery   = time.Second      // at whether the hook holds
	networkTime = 2 * time.Second  // between two looks at the network
	chooseEvery = 10 * time.Second // looks for a hook, where there was none
	clockJump   = 5 * time.Second  // by which the wall clock goes off when the PC slept or it was set
	restoreTime = 5 * time.Second
	emptyTime   = 2 * time.Second
)

// run holds the hook as it should be until ctx is done, and then puts the PC
// back as it was. It returns no sooner, so that who answers can go on until then.
func (h *hooking) run(ctx context.Context) error {
	now := time.Now()
	h.seen = moment{at: now, wall: h.wall(), network: h.network(ctx), looked: now}
	h.seen.asleep, _ = h.asleep()
	h.engine.Network(h.seen.network.Search)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		changed := h.engine.Changed() // before the step, which may make a change
		h.step(ctx)
		select {
		case <-tick.C:
		case <-changed:
		case <-h.news:
			h.seen.looked = time.Time{} // look again: a VPN's names are wanted at once
		case <-ctx.Done():
			return h.end(ctx)
		}
	}
}

// end puts the PC back. Whoever set the hook has to undo it, whatever else ends.
func (h *hooking) end(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoreTime)
	defer cancel()
	if h.hook == nil {
		return nil
	}
	return h.hook.Restore(ctx)
}

func (h *hooking) step(ctx context.Context) {
	moved := h.look(ctx)
	now := time.Now()
	passed := now.Sub(h.seen.at)
	h.seen.at = now
	rules := h.engine.Now()
	lesson := rules.Lesson().Active(now)
	began := lesson && !h.lesson && h.held
	h.lesson = lesson
	wanted := rules.Policy().Hook != filter.HookInLessons || lesson
	switch h.keeper.next(step{
		passed: passed, answers: h.health().Up, moved: moved, wanted: wanted,
		reachable: h.connected() && len(h.seen.network.Resolvers) > 0,
	}) {
	case restIt:
		h.found(ctx, now) // so that the lesson need not wait for it
		h.letGo(ctx, engine.Hook{State: filter.Resting, Why: restingWhy})
		h.over(now)
	case letItGo:
		h.letGo(ctx, engine.Hook{State: filter.LetGo, Why: letGoWhy, Gap: filter.NoticeNoResolver})
		h.missed(filter.NoticeNoResolver, now)
	default:
		h.hold(ctx, h.rulesNow(rules, lesson), now)
	}
	if began {
		h.empty(ctx)
	}
	if !h.told {
		h.told = true
		h.ready()
	}
}

// empty empties the system's cache: what was looked up before may be closed now.
func (h *hooking) empty(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, emptyTime)
	defer cancel()
	if err := h.flush(ctx); err != nil {
		h.log.Warn("what was looked up before may be open for a while", "err", err)
	}
}

// What Status says while the hook is not held.
const (
	restingWhy = "Filtering is set to lessons only, and no lesson is on: nothing is filtered now, not even what is on a child-abuse-image list."
	letGoWhy   = "No resolver answers, so Lessonguard has stepped aside and nothing is filtered. It tries again every two seconds."
	noHookWhy  = "Lessonguard cannot become this PC's resolver, so nothing is filtered. It keeps trying."
	startWhy   = "Lessonguard has only just started, and is not this PC's resolver yet."
)

// look notices a network that changed, and a PC that slept or whose clock was set.
func (h *hooking) look(ctx context.Context) (moved bool) {
	wall, now := h.wall(), time.Now()
	off := wall.Sub(h.seen.wall) - now.Sub(h.seen.at)
	h.seen.wall = wall
	moved = off.Abs() > clockJump
	if asleep, known := h.asleep(); known {
		if slept := asleep - h.seen.asleep; slept > time.Second {
			h.seen.asleep, moved = asleep, true
			h.engine.Slept(slept)
		}
	}
	if moved || now.Sub(h.seen.looked) >= networkTime {
		h.seen.looked = now
		if network := h.network(ctx); !same(network, h.seen.network) {
			h.seen.network, moved = network, true
			h.engine.Network(network.Search)
		}
	}
	if moved {
		h.moved()
	}
	return moved
}

func same(a, b system.Network) bool {
	return slices.Equal(a.Resolvers, b.Resolvers) && slices.Equal(a.Search, b.Search) && slices.Equal(a.VPN, b.VPN) && a.Tunnelled == b.Tunnelled
}

// rulesNow returns the rules that the hook should have. They hold for the whole
// PC, so they are those of the strictest learner.
func (h *hooking) rulesNow(rules *filter.Rules, lesson bool) system.HookRules {
	level := rules.Level(filter.Strictest)
	closed := level.Closed
	if lesson {
		closed |= level.ClosedInLessons
	}
	return system.HookRules{
		CloseBypass: closed.Has(filter.Bypass) || level.Approved(rules.Lesson(), time.Now()),
		DoH:         h.doh, LinkLocal: system.OnlyLinkLocal(h.seen.network),
	}
}

// hold sets the hook, or sets it anew where its rules should be others or
// somebody undid it.
func (h *hooking) hold(ctx context.Context, rules system.HookRules, now time.Time) {
	if !h.found(ctx, now) {
		h.engine.Hooked(engine.Hook{Name: "none", State: filter.LetGo, Why: noHookWhy, Gap: filter.NoticeNoHook})
		h.missed(filter.NoticeNoHook, now)
		return
	}
	undone := false
	if h.held {
		err := h.hook.Check(ctx)
		if err != nil && ctx.Err() == nil {
			undone = errors.Is(err, system.ErrLost) || errors.Is(err, system.ErrNotHeld)
			h.log.Warn("the hook does not hold", "hook", h.hook.Name(), "err", err)
		}
		if err == nil && h.rules.Same(rules) {
			h.over(now)
			return
		}
	}
	err := h.hook.Set(ctx, rules)
	if ctx.Err() != nil {
		return // the service ends
	}
	if err != nil {
		h.failed(ctx, err, undone, now)
		return
	}
	if undone && h.gap.Kind == "" {
		h.engine.Note(filter.Notice{Kind: filter.NoticeUndone, From: now, To: time.Now()})
	}
	if !h.held || undone {
		h.log.Info("the hook holds", "hook", h.hook.Name())
		h.empty(ctx)
	}
	h.held, h.rules, h.failure = true, rules, ""
	h.engine.Hooked(engine.Hook{Name: h.hook.Name(), State: filter.Filtering})
	h.over(time.Now())
}

// failed notes that the hook could not be set. One that cannot be set for long
// is given up, so that another may be found.
func (h *hooking) failed(ctx context.Context, err error, undone bool, now time.Time) {
	if said := err.Error(); said != h.failure { // once, and not every second
		h.failure = said
		h.log.Error("the hook cannot be set", "hook", h.hook.Name(), "err", err)
	}
	if h.held && !undone {
		return // that of before holds
	}
	h.held = false
	if undone {
		h.missed(filter.NoticeUndone, now)
	} else if h.gap.Kind == "" {
		h.missed(filter.NoticeNoHook, now)
	}
	h.engine.Hooked(engine.Hook{Name: h.hook.Name(), State: filter.LetGo, Why: noHookWhy, Gap: filter.NoticeNoHook})
	if now.Sub(h.seen.chosen) >= chooseEvery {
		if err := h.hook.Restore(ctx); err != nil {
			h.log.Error("the hook cannot be put back", "hook", h.hook.Name(), "err", err)
		}
		h.gaveUp, h.hook = h.hook.Name(), nil
	}
}

// found reports whether there is a hook, and looks for one now and then.
func (h *hooking) found(ctx context.Context, now time.Time) bool {
	if h.hook != nil {
		return true
	}
	if !h.seen.chosen.IsZero() && now.Sub(h.seen.chosen) < chooseEvery {
		return false
	}
	h.seen.chosen = now
	hook, err := h.choose(ctx, h.gaveUp)
	if err != nil {
		h.log.Error("the service cannot become this PC's resolver", "err", err)
		return false
	}
	h.hook = hook
	return true
}

// letGo undoes the hook, if it is held, and says why.
func (h *hooking) letGo(ctx context.Context, as engine.Hook) {
	as.Name = "none"
	if h.hook != nil {
		as.Name = h.hook.Name()
	}
	if h.held {
		if err := h.hook.Restore(ctx); err != nil {
			h.log.Error("the hook cannot be let go", "hook", as.Name, "err", err)
			return // and is tried again at the next step
		}
		h.held = false
		h.log.Info("the hook is let go", "hook", as.Name, "state", as.State)
	}
	h.engine.Hooked(as)
}

// missed notes that nothing is filtered, for a reason, from now on.
func (h *hooking) missed(why filter.NoticeKind, now time.Time) {
	if h.gap.Kind == why {
		return
	}
	h.over(now)
	h.gap = filter.Notice{Kind: why, From: now}
	h.engine.Note(h.gap)
}

// over notes that what was missed is over.
func (h *hooking) over(now time.Time) {
	if h.gap.Kind == "" {
		return
	}
	h.gap.To = now
	h.engine.Note(h.gap)
	h.gap = filter.Notice{}
}
