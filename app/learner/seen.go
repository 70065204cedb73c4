package learner

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/seen"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// week is how far back activity goes.
const week = 7 * 24 * time.Hour

// seen shows what the guardian can see of the learner: the same sentences and
// the same counts.
func (m *Home) seen() {
	m.visits++
	visit := m.visits
	m.showSeen(ui.Body(ui.Text("done.asking")))
	var a filter.Activity
	var err error
	m.config.Do(
		func() {
			// No learner is named: the service knows whose account this is.
			a, err = m.config.Control.Activity(context.Background(), filter.ActivityQuery{Since: m.config.Now().Add(-week)})
		},
		func() {
			if m.visits != visit { // left for another page
				return
			}
			if err != nil {
				m.showSeen(ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text("seen.failed"))))
				return
			}
			m.drawSeen(a, false)
		},
	)
}

func (m *Home) drawSeen(a filter.Activity, all bool) {
	m.showSeen(append([]fyne.CanvasObject{ui.Heading(ui.Text("seen.now")), ui.Small(ui.Text("activity.line"))},
		seen.Objects(a, all, func() { m.drawSeen(a, true) })...)...)
}

func (m *Home) showSeen(objects ...fyne.CanvasObject) {
	head := []fyne.CanvasObject{
		ui.Header(ui.Text("seen.title"), ui.Text("seen.line")),
		ui.Note(ui.Violetly, ui.IconEye, ui.Body(ui.Text("activity.never"))),
	}
	back := ui.Strip(ui.Link(ui.Text("ui.back"), m.Front).Icon(ui.IconLeft), ui.Small(""), nil)
	ui.Fill(m.slot, ui.Above(back, ui.Page(append(head, objects...)...), nil))
}
