package engine

import (
	"slices"
	"time"

	"lessonguard/filter"
)

// around is what the engine is told of the PC it runs on, and does not keep.
type around struct {
	listen  string // where the DNS server answers
	hook    Hook
	search  []filter.Name // suffixes of the network
	portal  bool          // what answers is a sign-in page
	noticed time.Time     // when a notice last changed
}

// A Hook is how the PC comes to ask the filter.
type Hook struct {
	Name  string            // "nft"; "none" for a trial
	State filter.State      // Filtering, LetGo or Resting
	Why   string            // in a sentence, unless State is Filtering
	Gap   filter.NoticeKind // where State is LetGo; empty: just started
}

// Hooked tells the engine how the PC comes to ask it now.
func (e *Engine) Hooked(h Hook) {
	e.learn(func(a *around) bool {
		was := a.hook
		a.hook = h
		return was != h
	})
}

// Listening tells the engine where the DNS server answers.
func (e *Engine) Listening(at string) {
	e.learn(func(a *around) bool {
		changed := a.listen != at
		a.listen = at
		return changed
	})
}

// Portal tells the engine whether the network answers everything with a page on
// which somebody has to sign in.
func (e *Engine) Portal(portal bool) {
	e.learn(func(a *around) bool {
		changed := a.portal != portal
		a.portal = portal
		return changed
	})
}

// Network tells the engine which suffixes the network has that the PC is on now.
func (e *Engine) Network(search []filter.Name) {
	e.learn(func(a *around) bool {
		changed := !slices.Equal(a.search, search)
		a.search = slices.Clone(search)
		return changed
	})
}

// learn replaces the snapshot if what is around has changed.
func (e *Engine) learn(edit func(*around) (changed bool)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now.Load()
	next := now.state
	if edit(&next.around) {
		e.replace(next, now.index, now.online)
	}
}

// Changed returns a channel that is closed once the policy, the lesson or
// anything else that a status or a verdict depends on is another than at the
// time of the call.
func (e *Engine) Changed() <-chan struct{} { return e.now.Load().replaced }
