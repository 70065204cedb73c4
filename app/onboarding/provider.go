package onboarding

import (
	"cmp"
	"slices"

	"lessonguard/agreements"
	"lessonguard/app/ui"
)

// provider welcomes, and asks whose lessons these are.
func (w *Wizard) provider() step {
	var options []ui.Option
	for _, p := range inOrder(w.config.Profiles) {
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

// inOrder has the providers that are somebody first, then the one for all
// others, which nobody can be reached at, then the practice provider.
func inOrder(profiles []agreements.Profile) []agreements.Profile {
	rank := func(p agreements.Profile) int {
		switch {
		case p.Practice:
			return 2
		case p.Website == "" && len(p.Contacts) == 0:
			return 1
		}
		return 0
	}
	return slices.SortedStableFunc(slices.Values(profiles), func(a, b agreements.Profile) int { return cmp.Compare(rank(a), rank(b)) })
}
