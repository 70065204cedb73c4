package guardian

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// styles is the choice of what a lesson leaves open, with what it means.
func (l *Levels) styles() fyne.CanvasObject {
	means := ui.Small("")
	say := func() { means.SetText(ui.Text("levels.style." + string(l.style) + ".line")) }
	var options []ui.Option
	for _, s := range []filter.LessonStyle{filter.NoDistractions, filter.ApprovedOnly} {
		options = append(options, ui.Option{ID: string(s), Text: ui.Text("levels.style." + string(s))})
	}
	choice := ui.NewSegment(ui.Text("levels.style"), string(l.style), options, func(id string) {
		l.style = filter.LessonStyle(id)
		say()
		l.box.Refresh()
	})
	say()
	return ui.Card(ui.Beside(180, 16, nil, ui.Column(2, ui.Strong(ui.Text("levels.style")), means), choice))
}

// when is the choice of when the filter is on, with what it means.
func (l *Levels) when() fyne.CanvasObject {
	warning := ui.Column(0)
	warn := func() {
		warning.Hidden = l.hook != filter.HookInLessons
		if ui.Fill(warning); !warning.Hidden {
			ui.Fill(warning, ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text("levels.when_warning"))))
		}
	}
	var options []ui.Option
	for _, h := range []filter.HookTime{filter.HookAlways, filter.HookInLessons} {
		options = append(options, ui.Option{ID: string(h), Text: ui.Text("levels.when." + string(h))})
	}
	choice := ui.NewSegment(ui.Text("levels.when"), string(l.hook), options, func(id string) {
		l.hook = filter.HookTime(id)
		warn()
		l.box.Refresh()
	})
	warn()
	return ui.Card(ui.Column(14, ui.Beside(180, 16, nil, ui.Column(2, ui.Strong(ui.Text("levels.when")), ui.Small(ui.Text("levels.when_line"))), choice), warning))
}

// guardians is the choice of what is closed to guardians on accounts of their own.
func (l *Levels) guardians() fyne.CanvasObject {
	const same, harmful = "same", "harmful"
	at := same
	if l.own != nil {
		at = harmful
	}
	title := ui.Text("levels.guardians")
	choice := ui.NewSegment(title, at, []ui.Option{
		{ID: same, Text: ui.Text("levels.guardians.same")}, {ID: harmful, Text: ui.Text("levels.guardians.harmful")},
	}, func(id string) {
		l.own = nil
		if id == harmful {
			level := filter.GuardianLevel()
			if l.policy.Guardians != nil { // one that no screen made
				level = *l.policy.Guardians
			}
			l.own = &level
		}
	})
	return ui.Card(ui.Beside(180, 16, nil, ui.Column(2, ui.Strong(title), ui.Small(ui.Text("levels.guardians.line"))), choice))
}
