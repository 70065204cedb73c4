package onboarding

import (
	"strings"
	"time"

	"lessonguard/agreements"
	"lessonguard/app/ui"
)

// maxName is how many letters a name can have: longer ones are pasted texts.
const maxName = 80

// guardian shows the guardian's agreement and asks for their name under it.
func (w *Wizard) guardian() step {
	a, ok := w.agreement(agreements.Guardian)
	if !ok {
		return w.noAgreement(func() { w.draft.guardian = consent{} })
	}
	w.draft.guardian = w.draft.guardian.of(a)
	c := &w.draft.guardian
	paper := w.newPaper(a, c)
	wrong := ui.NewComplaint()
	name := ui.NewField(ui.FieldConfig{
		Label: ui.Text("guardian.name"), Hint: ui.Text("guardian.name_hint"), Value: c.name, Most: maxName,
		Changed: func(s string) { c.name = s },
	})
	page := ui.Page(append(paper.objects,
		ui.Narrow(460, name.Object()),
		wrong.Object(),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("guardian.refuse"))),
	)...)
	return step{page: page, label: ui.Text("agreement.agree"), next: func(on func()) {
		if !w.signed(paper, name, wrong, c) {
			return
		}
		on()
	}}
}

// signed reports whether every clause is ticked and a name is there, shows what
// is missing, and keeps when it was all there.
func (w *Wizard) signed(p paper, name *ui.Field, wrong *ui.Complaint, c *consent) bool {
	wrong.Clear()
	name.Fail("")
	if strings.TrimSpace(c.name) == "" {
		name.Fail(ui.Text("agreement.no_name"))
	}
	tick, n := p.unticked()
	if n > 0 {
		wrong.Say(ui.Text("agreement.unticked", "Count", n))
	}
	switch {
	case n > 0:
		w.failed(tick)
		return false
	case name.Failure() != "":
		w.failed(name.Entry)
		return false
	}
	c.name = strings.TrimSpace(c.name)
	c.at, c.declined = w.config.Now().UTC().Truncate(time.Second), false
	return true
}

// noAgreement says that the provider has no text for somebody: nothing is
// agreed then.
func (w *Wizard) noAgreement(forget func()) step {
	page := ui.Page(
		ui.Header(ui.Text("agreement.none"), ui.Text("agreement.none_line", "Provider", w.profile().Name)),
	)
	return step{page: page, next: func(on func()) {
		forget()
		on()
	}}
}
