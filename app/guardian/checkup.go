package guardian

import (
	"context"
	"errors"
	"net/url"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// A Checker does checkups for the screen. All of it but OpenURL may wait, and is
// called off the screen's thread.
type Checker interface {
	// Run does a checkup, tells how far it has come, and keeps its record. A
	// record that could not be kept comes with the error.
	Run(context.Context, func(filter.CheckupProgress)) (filter.CheckupRecord, error)
	// Last returns the last record that was kept, and false if there is none.
	Last(context.Context) (filter.CheckupRecord, bool, error)
	// Print writes a record as a page to print, and returns the file's path.
	Print(context.Context, filter.CheckupRecord) (string, error)
	// OpenURL opens the default browser.
	OpenURL(url string) error
}

// Checkup is where a guardian finds out what is protected and what is not.
type Checkup struct {
	config Config
	check  Checker
	back   func()

	stop   context.CancelFunc // nil: none is under way
	record filter.CheckupRecord
	known  bool // there is a record
	come   filter.CheckupProgress

	box  *fyne.Container
	note *ui.Complaint
}

// NewCheckup returns a checkup that shows what the last one found; back leaves.
func NewCheckup(c Config, check Checker, back func()) *Checkup {
	m := &Checkup{config: c, check: check, back: back, box: ui.Slot(), note: ui.NewComplaint()}
	m.draw()
	var last filter.CheckupRecord
	var ok bool
	var err error
	c.Do(
		func() { last, ok, err = check.Last(context.Background()) },
		func() {
			if m.known || m.stop != nil {
				return // a new one was quicker
			}
			m.record, m.known = last, ok
			if err != nil {
				m.note.Say(ui.Sentence(err.Error()))
			}
			m.draw()
		},
	)
	return m
}

// Content returns the checkup as it is shown.
func (m *Checkup) Content() fyne.CanvasObject { return m.box }

func (m *Checkup) run() {
	if m.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	m.stop, m.come = stop, filter.CheckupProgress{}
	m.note.Clear()
	m.draw()
	var record filter.CheckupRecord
	var err error
	m.config.Do(
		func() {
			record, err = m.check.Run(ctx, func(p filter.CheckupProgress) {
				fyne.Do(func() {
					if m.stop != nil {
						m.come = p
						m.draw()
					}
				})
			})
		},
		func() {
			stop()
			m.stop = nil
			m.done(record, err)
		},
	)
}

func (m *Checkup) done(record filter.CheckupRecord, err error) {
	if len(record.Results) > 0 {
		m.record, m.known = record, true
	}
	switch {
	case errors.Is(err, context.Canceled):
		m.note.Put(ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("checkup.stopped"))))
	case err != nil:
		m.note.Say(ui.Text("checkup.not_kept", "Why", ui.Sentence(err.Error())))
	}
	m.draw()
}

func (m *Checkup) print() {
	var path string
	var err error
	record := m.record
	m.config.Do(
		func() { path, err = m.check.Print(context.Background(), record) },
		func() {
			if err != nil {
				m.note.Say(ui.Text("error.other", "Why", ui.Sentence(err.Error())))
			} else {
				m.note.Put(ui.Note(ui.Greenish, ui.IconCheck, ui.Body(ui.Text("checkup.saved", "Path", path))))
			}
			m.draw()
		},
	)
}

func (m *Checkup) draw() {
	objects := []fyne.CanvasObject{ui.Header(ui.Text("checkup.title"), ui.Text("checkup.line")), m.note.Object()}
	switch {
	case m.stop != nil:
		objects = append(objects, ui.Note(ui.Bluish, ui.IconClock, ui.Strong(ui.Text("checkup.running", "Done", m.come.Done, "Of", m.come.Of))))
	case m.known:
		objects = append(objects, m.summary(), ui.Flow(12, ui.Secondary(ui.Text("checkup.print"), m.print)))
		for _, o := range filter.CheckupOutcomes() {
			if results := m.record.With(o); len(results) > 0 {
				objects = append(objects, m.group(o, results))
			}
		}
	default:
		objects = append(objects, ui.Body(ui.Text("checkup.none")))
	}
	objects = append(objects, ui.Note(ui.Violetly, ui.IconEye, ui.Body(ui.Text("checkup.reads"))))
	ui.Fill(m.box, ui.Above(nil, ui.Page(objects...), m.foot()))
}

// foot is what can be done now.
func (m *Checkup) foot() fyne.CanvasObject {
	back := ui.Secondary(ui.Text("ui.back"), m.back).Icon(ui.IconLeft)
	switch {
	case m.stop != nil:
		return ui.Foot(back, ui.Secondary(ui.Text("checkup.stop"), m.stop))
	case m.known:
		return ui.Foot(back, ui.Primary(ui.Text("checkup.again"), m.run))
	}
	return ui.Foot(back, ui.Primary(ui.Text("checkup.run"), m.run))
}

func (m *Checkup) summary() fyne.CanvasObject {
	r := m.record
	when := ui.Small(ui.Text("checkup.when", "Day", ui.Day(r.At.Local()), "Time", ui.Clock(r.At.Local()), "Account", r.Account))
	bad, doubtful, unknown := len(r.With(filter.CheckupFail)), len(r.With(filter.CheckupWarn)), len(r.With(filter.CheckupNotChecked))
	switch {
	case bad > 0:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("checkup.summary_problems", "Count", bad)), when)
	case doubtful > 0:
		return ui.Note(ui.Amberish, ui.IconAlert, ui.Strong(ui.Text("checkup.summary_look", "Count", doubtful)), when)
	case unknown > 0:
		return ui.Note(ui.Bluish, ui.IconInfo, ui.Strong(ui.Text("checkup.summary_unchecked", "Count", unknown)), when)
	}
	return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("checkup.summary_fine")), when)
}

// group is the results that came out alike.
func (m *Checkup) group(o filter.CheckupOutcome, results []filter.CheckupResult) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, r := range results {
		rows = append(rows, m.row(r))
	}
	return ui.Card(ui.Column(16, ui.Heading(ui.Text("checkup.outcome."+string(o))), ui.Rows(rows...)))
}

func (m *Checkup) row(r filter.CheckupResult) fyne.CanvasObject {
	badge := map[filter.CheckupOutcome]*fyne.Container{
		filter.CheckupFail:       ui.Badge(ui.Reddish, ui.IconCross, 34),
		filter.CheckupWarn:       ui.Badge(ui.Amberish, ui.IconAlert, 34),
		filter.CheckupNotChecked: ui.Badge(ui.Bluish, ui.IconInfo, 34),
		filter.CheckupPass:       ui.Badge(ui.Greenish, ui.IconCheck, 34),
	}[r.Outcome]
	title, fix := saidOf(r)
	text := ui.Column(5, ui.Strong(title), ui.Small(ui.Text("checkup.why."+string(r.Check))))
	if fix != "" {
		text.Add(ui.Body(fix))
	}
	for _, address := range r.Guides {
		host := address
		if u, err := url.Parse(address); err == nil {
			host = u.Hostname()
		}
		text.Add(ui.Link(ui.Text("checkup.guide", "Host", host), func() { m.open(address) }).Icon(ui.IconOpen))
	}
	return ui.Beside(180, 16, badge, text, nil)
}

func (m *Checkup) open(address string) {
	if err := m.check.OpenURL(address); err != nil {
		m.note.Say(ui.Text("error.other", "Why", ui.Sentence(err.Error())))
		m.draw()
	}
}

// saidOf puts a result in words: what is so, and what to do unless it is well.
func saidOf(r filter.CheckupResult) (title, fix string) {
	if r.General() {
		return ui.Text("checkup.general."+r.Say, "What", ui.Text("checkup.check."+string(r.Check))), ui.Text("checkup.general_fix." + r.Say)
	}
	inserts := r.Inserts(func(c filter.Category) string { return ui.Text("category." + c.String()) })
	title = ui.Text("checkup.say."+r.Say, inserts...)
	if r.Outcome != filter.CheckupPass {
		fix = ui.Text("checkup.fix."+r.Say, inserts...)
	}
	return title, fix
}
