package guardian

import (
	"context"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// How many entries of the audit log are read, and how many of them are shown until
// all are wanted.
const (
	readChanges  = 200
	shownChanges = 10
)

// changes is what was changed, and by whom, as the service's audit log has it. It
// needs the PIN, and is closed until it is wanted.
type changes struct {
	open, full bool
	all        []filter.AuditEntry // the newest first
	trouble    *ui.Complaint
	card       *fyne.Container
}

// readChanges reads the audit log and shows it.
func (m *Home) readChanges() {
	c := &m.changes
	if c.open {
		return
	}
	c.open = true
	c.trouble.Clear()
	var all []filter.AuditEntry
	m.gate.pass(
		func(ctx context.Context) (err error) {
			all, err = m.config.Control.Audit(ctx, readChanges)
			return err
		},
		func(err error) {
			if !c.open { // the page was left meanwhile
				return
			}
			if err != nil {
				c.open = false
				c.trouble.Say(sentence(err))
			} else {
				c.all = append([]filter.AuditEntry{}, all...) // not nil: it was read
			}
			m.draw()
		},
		func() { c.open = false },
	)
}

// closeChanges shows no more of the audit log than that there is one: whoever comes
// next may be somebody else.
func (m *Home) closeChanges() {
	m.changes.open, m.changes.full, m.changes.all = false, false, nil
	m.changes.trouble.Clear()
}

// drawChanges shows the audit log where it is open, and the way to it where it is
// not.
func (m *Home) drawChanges() {
	c := &m.changes
	if c.card.Hidden = m.err != nil; c.card.Hidden {
		m.closeChanges()
		ui.Fill(c.card)
		return
	}
	if c.all == nil {
		ui.Fill(c.card, ui.NewRowButton(ui.Bluish, ui.IconClock, ui.Text("changes.title"), ui.Text("changes.line"), m.readChanges), c.trouble.Object())
		return
	}
	shown := c.all
	if !c.full {
		shown = shown[:min(len(shown), shownChanges)]
	}
	var rows []fyne.CanvasObject
	for _, e := range shown {
		rows = append(rows, change(e))
	}
	if len(rows) == 0 {
		rows = append(rows, ui.Soft(ui.Text("changes.none")))
	}
	buttons := ui.Flow(8)
	if more := len(c.all) - len(shown); more > 0 {
		buttons.Add(ui.Secondary(ui.Text("notice.more", "Count", more), func() {
			c.full = true
			m.draw()
		}))
	}
	buttons.Add(ui.Secondary(ui.Text("changes.close"), func() {
		m.closeChanges()
		m.draw()
	}))
	ui.Fill(c.card, ui.Card(ui.Column(16, ui.Column(4, ui.Heading(ui.Text("changes.title")), ui.Small(ui.Text("changes.about"))), ui.Rows(rows...), buttons)))
}

// change is an entry of the audit log: in the service's own words, which are
// English.
func change(e filter.AuditEntry) fyne.CanvasObject {
	who, at := e.Account, e.At.Local()
	if who == "" {
		who = ui.Text("app.name")
	}
	return ui.Column(2, ui.Written(e.What), ui.Small(ui.Text("changes.by", "Who", who, "Day", ui.Day(at), "Time", ui.Clock(at))))
}
