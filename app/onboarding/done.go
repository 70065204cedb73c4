package onboarding

import (
	"context"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// tries are names to ask the running filter about, so that a family sees for
// itself what it does.
var tries = [...]filter.Name{"childline.org.uk", "bbc.co.uk", "bet365.com"}

// done says what is on now.
func (w *Wizard) done() step {
	d := w.draft
	answers := ui.Column(12)
	filterRow := ui.Column(0, ui.Status(ui.Plain, ui.Text("done.asking"), "", nil))
	rows := []fyne.CanvasObject{
		filterRow,
		ui.Status(ui.Good, ui.Text("done.levels", "Level", ui.Text("level."+string(d.preset))), ui.Text("done.levels_line"), nil),
		agreed(ui.Text("done.guardian"), d.guardian),
		agreed(ui.Text("done.learner", "Name", d.learner.name), d.consent),
	}
	if p := w.profile(); p.Platform == nil {
		rows = append(rows, ui.Status(ui.Plain, ui.Text("done.no_platform", "Provider", p.Name), ui.Text("done.no_platform_line"), nil))
	}
	var buttons []fyne.CanvasObject
	for _, n := range tries {
		buttons = append(buttons, ui.Secondary(ui.Text("done.try", "Name", string(n)), func() { w.try(n, answers) }))
	}
	page := ui.Page(
		ui.Header(ui.Text("done.title"), ui.Text("done.line")),
		ui.Card(ui.Rows(rows...)),
		ui.Column(6, ui.Heading(ui.Text("done.try_title")), ui.Soft(ui.Text("done.try_line"))),
		ui.Flow(10, buttons...),
		answers,
		ui.Note(ui.Greenish, ui.IconHelp, ui.Strong(ui.Text("done.help", "Name", d.learner.name)), ui.Body(ui.Text("done.help_line"))),
	)
	w.ask(filterRow)
	return step{page: page, label: ui.Text("done.finish"), first: true, next: func(on func()) { on() }}
}

func agreed(title string, c consent) fyne.CanvasObject {
	if c.at.IsZero() {
		return ui.Status(ui.Notice, title, ui.Text("done.not_agreed"), nil)
	}
	return ui.Status(ui.Good, title, ui.Text("done.agreed", "Name", c.name, "Day", ui.Day(c.at)), nil)
}

// ask shows whether the filter really runs.
func (w *Wizard) ask(row *fyne.Container) {
	var s filter.Status
	var err error
	w.config.Do(
		func() { s, err = w.config.Control.Status(context.Background()) },
		func() {
			status := ui.Status(ui.Good, ui.Text("filter.working"), ui.Text("filter.names", "Names", ui.Number(s.Names), "Lists", s.Lists), nil)
			if err != nil || s.State != filter.Filtering {
				status = ui.Status(ui.Bad, ui.Text("filter.not_working"), ui.Text("error.not_running"), nil)
			}
			ui.Fill(row, status)
			w.box.Refresh()
		},
	)
}

// try asks the filter about n and shows what it says.
func (w *Wizard) try(n filter.Name, answers *fyne.Container) {
	var x filter.Explanation
	var err error
	w.config.Do(
		func() { x, err = w.config.Control.Explain(context.Background(), filter.Question{Name: n}) },
		func() {
			answer := ui.Status(ui.Good, ui.Text("done.open", "Name", string(n)), x.Sentence, nil)
			switch {
			case err != nil:
				answer = ui.Status(ui.Bad, ui.Text("done.no_answer", "Name", string(n)), ui.Text("error.not_running"), nil)
			case x.Action != filter.Open:
				answer = ui.Status(ui.Plain, ui.Text("done.closed", "Name", string(n)), x.Sentence, nil)
			}
			ui.Fill(answers, ui.Card(answer))
			w.box.Refresh()
			ui.Reveal(answers)
		},
	)
}
