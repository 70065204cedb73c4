package onboarding

import (
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
)

// consent shows the learner's agreement, written for their age. They may say
// no: help and the filter are the same either way.
func (w *Wizard) consent() step {
	a, ok := w.agreement(w.draft.learner.audience)
	if !ok {
		return w.noAgreement(func() { w.draft.consent = consent{} })
	}
	if w.draft.consent.agreement != a.Digest() {
		w.draft.consent = w.draft.consent.of(a)
	}
	if a.Audience == agreements.LearnerKS1 {
		return w.talkThrough(a)
	}
	return w.sign(a)
}

// sign asks the learner for their name.
func (w *Wizard) sign(a agreements.Agreement) step {
	c := &w.draft.consent
	if c.name == "" {
		c.name = w.draft.learner.name
	}
	paper := w.newPaper(a, c)
	wrong := ui.NewComplaint()
	name := ui.NewField(ui.FieldConfig{
		Label: ui.Text("consent.name"), Hint: ui.Text("consent.name_hint"), Value: c.name, Most: maxName,
		Changed: func(s string) { c.name = s },
	})
	handOver := ui.Note(ui.Violetly, ui.IconPerson, ui.Strong(ui.Text("consent.hand_over", "Name", w.draft.learner.name)), ui.Body(ui.Text("consent.hand_over_line")))
	objects := append([]fyne.CanvasObject{handOver}, paper.objects...)
	objects = append(objects, ui.Narrow(460, name.Object()), wrong.Object(), w.decline(c))
	return step{page: ui.Page(objects...), label: ui.Text("agreement.agree"), next: func(on func()) {
		if w.signed(paper, name, wrong, c) {
			on()
		}
	}}
}

// talkThrough records no signature of a child under seven, only that a grown-up
// and the child talked it through (SWGfL: a parent's signature is sufficient).
func (w *Wizard) talkThrough(a agreements.Agreement) step {
	c := &w.draft.consent
	c.name = w.draft.learner.name
	paper := w.newPaper(a, c)
	wrong := ui.NewComplaint()
	objects := append([]fyne.CanvasObject{
		ui.Note(ui.Violetly, ui.IconPeople, ui.Strong(ui.Text("consent.together", "Name", w.draft.learner.name)), ui.Body(ui.Text("consent.together_line"))),
	}, paper.objects...)
	objects = append(objects, wrong.Object(), w.decline(c))
	return step{page: ui.Page(objects...), label: ui.Text("consent.talked"), next: func(on func()) {
		wrong.Clear()
		if tick, n := paper.unticked(); n > 0 {
			wrong.Say(ui.Text("consent.untalked", "Count", n))
			w.failed(tick)
			return
		}
		c.at, c.declined = w.config.Now().UTC().Truncate(time.Second), false
		on()
	}}
}

// decline is the way on for a learner who says no.
func (w *Wizard) decline(c *consent) fyne.CanvasObject {
	return ui.Note(ui.Bluish, ui.IconInfo,
		ui.Body(ui.Text("consent.refuse", "Name", w.draft.learner.name)),
		ui.Flow(8, ui.Link(ui.Text("consent.without", "Name", w.draft.learner.name), func() {
			c.at, c.declined = time.Time{}, true
			w.to(w.at + 1)
		})),
	)
}
