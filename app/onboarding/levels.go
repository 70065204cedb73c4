package onboarding

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// levels asks what is closed, from what suits an age to every kind by itself.
func (w *Wizard) levels() step {
	var options []ui.Option
	for _, p := range append(filter.Presets(), filter.OwnLevel) {
		options = append(options, ui.Option{ID: string(p), Text: ui.Text("level." + string(p)), Detail: ui.Text("level." + string(p) + ".detail")})
	}
	detail := ui.Column(16)
	show := func() {
		if w.draft.preset == filter.OwnLevel {
			ui.Fill(detail, w.ownLevel())
		} else {
			ui.Fill(detail, ui.LevelSummary(names(w.draft.level.Closed), names(w.draft.level.ClosedInLessons), w.draft.level.SafeSearch, string(w.draft.level.YouTube)))
		}
		w.box.Refresh()
	}
	choice := ui.NewChoice(2, string(w.draft.preset), options, func(id string) {
		w.draft.preset = filter.Preset(id)
		if w.draft.preset != filter.OwnLevel { // one's own starts from what was shown
			w.draft.level = w.draft.preset.Level()
		}
		show()
	})
	page := ui.Page(
		ui.Header(ui.Text("levels.title", "Name", w.draft.learner.name), ui.Text("levels.line")),
		choice.Object(),
		detail,
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("levels.limits"))),
	)
	s := step{page: page, next: func(on func()) { on() }}
	show()
	return s
}

func names(set filter.Categories) []string {
	var list []string
	for _, c := range set.List() {
		list = append(list, ui.Text("category."+c.String()))
	}
	return list
}

// ownLevel is a row for each category, and safe search.
func (w *Wizard) ownLevel() fyne.CanvasObject {
	l := &w.draft.level
	row := ui.SafeSearchRow(l.SafeSearch, string(l.YouTube), func(on bool, youtube string) {
		l.SafeSearch, l.YouTube = on, filter.YouTube(youtube)
		w.box.Refresh()
	})
	rows := []fyne.CanvasObject{row}
	for c := range filter.NumCategories {
		rows = append(rows, ui.CategoryRow("category."+c.String(), string(l.Closing(c)), func(id string) { *l = l.Close(c, filter.Closing(id)) }))
	}
	return ui.Card(ui.Rows(rows...))
}
