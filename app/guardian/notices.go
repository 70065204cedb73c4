package guardian

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// shownNotices is how many of the last notices are on the home until all are
// wanted.
const shownNotices = 4

// notices are what happened to the filtering of this PC, as the service keeps it.
type notices struct {
	all  []filter.Notice // the newest first
	err  error
	read time.Time // [filter.Status.Noticed] when they were read
	full bool      // all are shown
	card *fyne.Container
}

// readNotices reads the notices again when there is something new.
func (m *Home) readNotices() {
	if m.err != nil || m.status.Noticed.IsZero() || m.status.Noticed.Equal(m.notices.read) {
		return
	}
	m.notices.read = m.status.Noticed
	var all []filter.Notice
	var err error
	m.config.Do(
		func() { all, err = m.config.Control.Notices(context.Background()) },
		func() {
			m.notices.all, m.notices.err = all, err
			m.draw()
		},
	)
}

// drawNotices shows the last notices, and nothing where there is none.
func (m *Home) drawNotices() {
	n := &m.notices
	n.card.Hidden = m.err != nil || n.err == nil && len(n.all) == 0
	if n.card.Hidden {
		ui.Fill(n.card)
		return
	}
	var rows []fyne.CanvasObject
	if n.err != nil {
		rows = append(rows, ui.Status(ui.Bad, ui.Text("notice.failed"), sentence(n.err), nil))
	}
	shown := n.all
	if !n.full {
		shown = shown[:min(len(shown), shownNotices)]
	}
	for _, x := range shown {
		rows = append(rows, notice(x))
	}
	if more := len(n.all) - len(shown); more > 0 {
		rows = append(rows, ui.Flow(8, ui.Secondary(ui.Text("notice.more", "Count", more), func() {
			n.full = true
			m.draw()
		})))
	}
	ui.Fill(n.card, ui.Card(ui.Column(16, ui.Column(4, ui.Heading(ui.Text("notice.title")), ui.Small(ui.Text("notice.line"))), ui.Rows(rows...))))
}

func notice(n filter.Notice) fyne.CanvasObject {
	if !n.Kind.Known() { // of a newer service
		return ui.Status(ui.Notice, n.String(), when(n), nil)
	}
	line := when(n) + " " + ui.Text("notice.kind."+string(n.Kind)+".line")
	return ui.Status(ui.Notice, ui.Text("notice.kind."+string(n.Kind)), line, nil)
}

// when says when it happened, and how often.
func when(n filter.Notice) string {
	from, to := n.From.Local(), n.To.Local()
	var text string
	switch {
	case !n.Over():
		text = ui.Text("notice.since", "Day", ui.Day(from), "Time", ui.Clock(from))
	case ui.Day(from) == ui.Day(to) && ui.Clock(from) == ui.Clock(to), to.Before(from): // a clock that was set back
		text = ui.Text("notice.at", "Day", ui.Day(from), "Time", ui.Clock(from))
	case ui.Day(from) == ui.Day(to):
		text = ui.Text("notice.span", "Day", ui.Day(from), "From", ui.Clock(from), "To", ui.Clock(to))
	default:
		text = ui.Text("notice.days", "Day", ui.Day(from), "From", ui.Clock(from), "LastDay", ui.Day(to), "To", ui.Clock(to))
	}
	if n.Times > 1 {
		text += " " + ui.Text("notice.times", "Count", n.Times)
	}
	return text
}
