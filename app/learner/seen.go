package learner

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/seen"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// week is how far back activity goes.
const week = 7 * 24 * time.Hour

// A sight is what a guardian can see of a learner, as the learner is told it: the
// same sentences and the same counts.
type sight struct {
	learner filter.Learner // zero: not known
	// activity returns what is kept of whoever sits here; nil: this account may
	// not have it.
	activity func(context.Context) (filter.Activity, error)
	do       ui.Doer
}

// Activity returns what c tells an account of itself: no learner is named, the
// service knows whose account it is.
func Activity(c filter.Control, now func() time.Time) func(context.Context) (filter.Activity, error) {
	return func(ctx context.Context) (filter.Activity, error) {
		return c.Activity(ctx, filter.ActivityQuery{Since: now().Add(-week)})
	}
}

// Adult reports whether l is known to be one: nobody here is their grown-up.
func Adult(l filter.Learner) bool {
	return l.Adult || l.Audience == string(agreements.LearnerAdult)
}

// say returns the words for key as s.learner is spoken to.
func (s sight) say(key string) string {
	if Adult(s.learner) {
		return ui.Text("seen.adult." + key)
	}
	return ui.Text("seen." + key)
}

// points are what a guardian sees and does not.
func (s sight) points() []fyne.CanvasObject {
	first := []fyne.CanvasObject{ui.Point(s.say("1")), ui.Point(ui.Text("seen.2"))}
	if !s.learner.Watched() {
		first = []fyne.CanvasObject{ui.Point(ui.Text("seen.adult.unwatched"))}
	}
	return append(first, ui.Point(ui.Text("seen.3")), ui.Point(ui.Text("seen.4")))
}

// open asks what is kept of whoever sits here and shows it; shown reports whether
// what was shown last still is. more stands above it.
func (s sight) open(show func(...fyne.CanvasObject), shown func() bool, more ...fyne.CanvasObject) {
	page := func(objects ...fyne.CanvasObject) {
		all := append([]fyne.CanvasObject{ui.Header(s.say("title"), ui.Text("seen.line"))}, more...)
		all = append(all, ui.Note(ui.Violetly, ui.IconEye, ui.Body(ui.Text("activity.never"))))
		show(append(all, objects...)...)
	}
	alone := func() { page(ui.Note(ui.Bluish, ui.IconInfo, ui.Body(s.say("not_here")))) }
	if s.activity == nil {
		alone()
		return
	}
	page(ui.Body(ui.Text("done.asking")))
	var a filter.Activity
	var err error
	s.do(
		func() { a, err = s.activity(context.Background()) },
		func() {
			switch {
			case !shown(): // left for another page
			case errors.Is(err, filter.ErrForbidden):
				alone()
			case err != nil:
				page(ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text("seen.failed"))))
			default:
				s.draw(a, false, page)
			}
		},
	)
}

func (s sight) draw(a filter.Activity, all bool, page func(...fyne.CanvasObject)) {
	page(append([]fyne.CanvasObject{ui.Heading(ui.Text("seen.now")), ui.Small(ui.Text("activity.line"))},
		seen.Objects(a, all, func() { s.draw(a, true, page) })...)...)
}

// seen shows what the guardian can see of the learner.
func (m *Home) seen() {
	m.visits++
	visit := m.visits
	m.sight().open(m.under, func() bool { return m.visits == visit })
}

func (m *Home) sight() sight {
	return sight{learner: m.config.Learner, activity: Activity(m.config.Control, m.config.Now), do: m.config.Do}
}

// seen shows it on the help page, which every account has: a learner may have no
// home of their own here.
func (h *Help) seen() {
	page := 0
	show := func(objects ...fyne.CanvasObject) {
		h.show(h.front, nil, objects...)
		page = h.page
	}
	s := h.sight()
	s.open(show, func() bool { return h.page == page }, ui.Card(ui.Column(10, s.points()...)))
}

func (h *Help) sight() sight {
	return sight{learner: h.config.Learner, activity: h.config.Activity, do: h.config.Do}
}
