package onboarding

import (
	"lessonguard/app/ui"
)

// provider welcomes, and asks whose lessons these are.
func (w *Wizard) provider() step {
	var options []ui.Option
	for _, p := range w.config.Profiles {
		detail := p.Summary
		if p.Practice {
			detail = ui.Text("practice.banner")
		}
		options = append(options, ui.Option{ID: p.ID, Text: p.Name, Detail: detail})
	}
	wrong := ui.NewComplaint()
	choice := ui.NewChoice(2, w.draft.provider, options, func(id string) {
		w.draft.provider = id
		wrong.Clear()
		w.box.Refresh()
	})
	page := ui.Page(
		ui.Header(ui.Text("welcome.title"), ui.Text("welcome.line")),
		ui.Card(ui.Column(10,
			ui.Point(ui.Text("welcome.agreements")),
			ui.Point(ui.Text("welcome.filter")),
			ui.Point(ui.Text("welcome.help")),
		)),
		ui.Heading(ui.Text("provider.question")),
		choice.Object(),
		wrong.Object(),
	)
	return step{page: page, next: func(on func()) {
		if w.draft.provider == "" {
			wrong.Say(ui.Text("provider.missing"))
			w.failed(choice.First())
			return
		}
		on()
	}}
}
