package guardian

import (
	"context"
	"iter"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Lists is where a guardian sees which lists the filter goes by, how well they
// are kept, and brings them up to date.
type Lists struct {
	config Config
	gate   gate
	lists  []filter.ListState
	loaded bool
	all    bool // every list is shown

	now *update // under way; nil: there is none

	box  *fyne.Container
	work *fyne.Container // the button that updates, or how far that is
	note *ui.Complaint
}

// NewLists returns the lists as the service has them now.
func NewLists(c Config) *Lists {
	l := &Lists{config: c, gate: gate{config: c}, box: ui.Slot(), work: ui.Column(0), note: ui.NewComplaint()}
	l.draw()
	l.load()
	return l
}

// Content returns the lists as they are shown.
func (l *Lists) Content() fyne.CanvasObject { return l.box }

// load asks the service. Anybody may know which lists there are.
func (l *Lists) load() {
	var all []filter.ListState
	var err error
	l.config.Do(
		func() { all, err = l.config.Control.Lists(context.Background()) },
		func() {
			if err != nil {
				l.note.Say(sentence(err))
			} else {
				l.lists, l.loaded = all, true
			}
			l.draw()
		},
	)
}

// update has the service fetch the lists, or take the one that is accepted.
func (l *Lists) update(u filter.ListUpdate) {
	if l.now != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	now := &update{cancel: cancel}
	l.now = now
	l.note.Clear()
	l.draw()
	l.gate.pass(
		func(context.Context) error {
			now.open(l.config.Control.UpdateLists(ctx, u))
			return now.err
		},
		func(error) { l.went() },
		func() { l.ended(nil) },
	)
}

// An update is the progress of one, taken event by event: each is waited for off
// the screen's thread, and shown on it.
type update struct {
	cancel    func()
	cancelled bool
	pull      func() (filter.Progress, error, bool)
	stop      func()

	progress filter.Progress
	err      error
	more     bool
}

func (u *update) open(events iter.Seq2[filter.Progress, error]) {
	u.pull, u.stop = iter.Pull2(events)
	u.next()
}

// next takes one event, and lets go of the rest after the last.
func (u *update) next() {
	if u.progress, u.err, u.more = u.pull(); u.err != nil || !u.more {
		u.stop()
	}
}

// went shows one step of an update and waits for the next.
func (l *Lists) went() {
	if l.now.err != nil || !l.now.more {
		l.ended(l.now.err)
		return
	}
	l.drawWork()
	l.config.Do(l.now.next, l.went)
}

// ended says how an update ended; the states of the lists say the rest.
func (l *Lists) ended(err error) {
	cancelled := l.now.cancelled
	l.now.cancel()
	l.now = nil
	switch {
	case cancelled:
		l.note.Put(ui.Note(ui.Bluish, ui.IconInfo, ui.Strong(ui.Text("lists.cancelled"))))
	case err != nil:
		l.note.Say(sentence(err))
	}
	l.load()
}

// stop cancels the update under way. It has ended when the service says so.
func (l *Lists) stop() {
	if l.now != nil && !l.now.cancelled {
		l.now.cancelled = true
		l.now.cancel()
		l.drawWork()
	}
}

func (l *Lists) draw() {
	head := []fyne.CanvasObject{ui.Header(ui.Text("lists.page"), ui.Text("lists.page_line")), l.note.Object()}
	if !l.loaded {
		if l.note.Text() == "" {
			head = append(head, ui.Body(ui.Text("done.asking")))
		}
		ui.Fill(l.box, ui.Page(head...))
		return
	}
	l.drawWork()
	head = append(head, ui.Card(ui.Column(16, ui.Rows(l.summary(), l.restricted(), l.data()), l.work)))
	if rows := l.troubled(); len(rows) > 0 {
		head = append(head, ui.Card(ui.Column(16, ui.Heading(ui.Text("lists.look")), ui.Rows(rows...))))
	}
	if l.all {
		head = append(head, ui.Card(ui.Column(16, ui.Heading(ui.Text("lists.every")), ui.Rows(l.rows()...))))
	} else {
		head = append(head, ui.Flow(10, ui.Secondary(ui.Text("lists.show", "Lists", len(l.published())), func() {
			l.all = true
			l.draw()
		})))
	}
	ui.Fill(l.box, ui.Page(head...))
}

// drawWork shows the button, or how far the update is and how to cancel it.
func (l *Lists) drawWork() {
	if l.now == nil {
		ui.Fill(l.work, ui.Flow(10, ui.Primary(ui.Text("lists.update"), func() { l.update(filter.ListUpdate{}) })))
		l.box.Refresh()
		return
	}
	line := ui.Text("lists.starting")
	switch p := l.now.progress; {
	case l.now.cancelled:
		line = ui.Text("lists.ending")
	case p.List != "":
		line = ui.Text("lists.fetching", "List", l.title(p.List), "Done", p.Done, "Of", p.Of)
	case p.Of > 0:
		line = ui.Text("lists.compiling")
	}
	ui.Fill(l.work, ui.Note(ui.Bluish, ui.IconClock, ui.Beside(180, 16, nil, ui.Strong(line), ui.Secondary(ui.Text("ui.cancel"), l.stop))))
	l.box.Refresh()
}

// published returns the lists without the data file.
func (l *Lists) published() (all []filter.ListState) {
	for _, s := range l.lists {
		if s.ID != filter.DataFile {
			all = append(all, s)
		}
	}
	return all
}

func (l *Lists) title(id string) string {
	if id == filter.DataFile {
		return ui.Text("lists.data")
	}
	for _, s := range l.lists {
		if s.ID == id {
			return s.Title
		}
	}
	return id
}
