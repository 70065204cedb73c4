// Package guardian holds the guardian's screens: the lesson switch, what is
// protected and what is not, the filter's levels, the agreements.
//
// Nothing here knows, and so nothing can show, whether help was opened or a
// report sent.
package guardian

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Config is what the screens of a guardian work with.
type Config struct {
	Control    filter.Control
	Canvas     func() fyne.Canvas // of the window, where the PIN is asked for
	Agreements []agreements.Agreement
	// Accepted returns every acceptance, oldest first. It is called off the
	// screen's thread.
	Accepted func(context.Context) ([]agreements.Acceptance, error)
	// SetUp sets the filter up where it does not run; nil where nothing can.
	SetUp    ui.Elevation
	Help     func() // shows the learner's help page
	Levels   func() // shows the levels
	Language string
	Now      func() time.Time
	Do       ui.Doer
}

// A gate runs what needs the guardian's PIN, and asks for the PIN when the
// service does.
type gate struct {
	config Config
	dialog *ui.Dialog
}

// pass runs work off the screen's thread, and done on it. If only a guardian
// may do that, it asks for the PIN and tries again; cancelled is called when
// none is given.
func (g *gate) pass(work func(context.Context) error, done func(error), cancelled func()) {
	var err error
	g.config.Do(
		func() { err = work(context.Background()) },
		func() {
			if errors.Is(err, filter.ErrForbidden) {
				g.ask(func() { g.pass(work, done, cancelled) }, cancelled)
				return
			}
			done(err)
		},
	)
}

// sentence says why the filter could not be asked.
func sentence(err error) string {
	switch {
	case errors.Is(err, filter.ErrNotRunning):
		return ui.Text("error.not_running")
	case errors.Is(err, filter.ErrTooLong):
		return ui.Text("error.too_long")
	case errors.Is(err, filter.ErrForbidden):
		return ui.Text("error.forbidden")
	}
	return ui.Text("error.other", "Why", ui.Sentence(err.Error()))
}
