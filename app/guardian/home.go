package guardian

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Home is where a guardian starts a lesson and sees what is protected.
type Home struct {
	config    Config
	gate      gate
	household filter.Household
	accepted  []agreements.Acceptance
	papersErr error

	status filter.Status
	err    error // of the last status
	asked  bool  // a change is being made

	hero    *ui.HeroCard
	trouble *ui.Complaint
	setup   *ui.SetUp // nil where nothing can set the filter up
	length  time.Duration
	rows    *fyne.Container
	asks    *fyne.Container // that sites are asked for
	notices notices
	changes changes
	papers  *fyne.Container
	lasts   *fyne.Container // how long a lesson lasts
	title   *ui.Words
	page    *fyne.Container
}

// lengths are the lesson lengths on offer.
var lengths = []struct {
	id   string
	span time.Duration
}{{"30m", 30 * time.Minute}, {"1h", time.Hour}, {"90m", 90 * time.Minute}, {"2h", 2 * time.Hour}}

// NewHome returns a home that knows nothing yet: give it a status by
// [Home.Show].
func NewHome(c Config, h filter.Household) *Home {
	m := &Home{config: c, gate: gate{config: c}, household: h, err: filter.ErrNotRunning, length: filter.DefaultLesson}
	m.hero = ui.NewHeroCard(ui.Text("lesson.mode"), m.ask)
	m.trouble = ui.NewComplaint()
	m.rows, m.papers = ui.Column(0), ui.Column(0)
	m.asks, m.notices.card = ui.Column(0), ui.Column(0)
	m.changes.card, m.changes.trouble = ui.Column(12), ui.NewComplaint()
	if c.SetUp != nil {
		m.setup = ui.NewSetUp(ui.SetUpConfig{
			Text: ui.Text("setup.button"), Elevation: c.SetUp, Do: c.Do,
			Done:    func(string) {}, // a family that is set up has a PIN
			Changed: func() { m.page.Refresh() },
		})
	}
	m.title = ui.Title("")
	var options []ui.Option
	for _, l := range lengths {
		options = append(options, ui.Option{ID: l.id, Text: ui.Text("lesson.length." + l.id)})
	}
	length := ui.NewSegment(ui.Text("lesson.length"), "1h", options, func(id string) {
		for _, l := range lengths {
			if l.id == id {
				m.length = l.span
			}
		}
	})
	m.lasts = ui.Beside(180, 16, nil, ui.Column(2, ui.Strong(ui.Text("lesson.length")), ui.Small(ui.Text("lesson.length_line"))), length)
	m.page = ui.Page(
		ui.Column(6, m.title, ui.Soft(ui.Text("home.line"))),
		m.hero.Object(),
		m.trouble.Object(),
		m.asks,
		m.lasts,
		ui.Card(ui.Column(16, ui.Heading(ui.Text("home.protection")), m.rows)),
		m.notices.card,
		m.changes.card,
		ui.Card(ui.Column(16, ui.Heading(ui.Text("home.agreements")), m.papers)),
		ui.NewRowButton(ui.Greenish, ui.IconHelp, ui.Text("home.help"), ui.Text("home.help_line"), c.Help),
	)
	m.draw()
	m.Reload()
	return m
}

// Content returns the home as it is shown.
func (m *Home) Content() fyne.CanvasObject { return m.page }

// Household shows another household.
func (m *Home) Household(h filter.Household) {
	m.household = h
	m.draw()
	m.Reload()
}

// Reload reads the acceptances again, and closes what needs the PIN.
func (m *Home) Reload() {
	m.closeChanges()
	var all []agreements.Acceptance
	var err error
	m.config.Do(
		func() { all, err = m.config.Accepted(context.Background()) },
		func() {
			m.accepted, m.papersErr = all, err
			m.draw()
		},
	)
}

// Show shows the filter's status, or that it could not be had.
func (m *Home) Show(s filter.Status, err error) {
	m.status, m.err = s, err
	m.draw()
	m.readNotices()
}

// Status returns what is shown of the filter.
func (m *Home) Status() (filter.Status, error) { return m.status, m.err }

// ask asks the service for a lesson or its end. The switch turns when the
// service says that it has.
func (m *Home) ask(on bool) {
	if m.err != nil {
		m.trouble.Say(sentence(m.err))
		m.page.Refresh()
		return
	}
	m.asked = true
	m.trouble.Clear()
	m.draw()
	change := filter.LessonChange{On: on}
	if on {
		change.For = m.length
	}
	var lesson filter.Lesson
	m.gate.pass(
		func(ctx context.Context) (err error) {
			lesson, err = m.config.Control.SetLesson(ctx, change)
			return err
		},
		func(err error) {
			m.asked = false
			if err != nil {
				m.trouble.Say(sentence(err))
			} else {
				m.status.Lesson = lesson
			}
			m.draw()
		},
		func() {
			m.asked = false
			m.draw()
		},
	)
}

// draw shows what is known.
func (m *Home) draw() {
	on := m.err == nil && m.status.Lesson.Active(m.config.Now())
	m.hero.Switch.Set(on, m.asked)
	title, line := ui.Text("lesson.off"), ui.Text("lesson.off_line")
	if next := m.status.Next; next.After(m.config.Now()) {
		line = ui.Text("lesson.next_line", "When", ui.At(next.Local(), m.config.Now().Local()))
	}
	switch {
	case m.err != nil:
		title, line = ui.Text("filter.not_working"), ui.Text("lesson.unknown_line")
	case m.asked && on:
		title, line = ui.Text("lesson.ending"), ui.Text("lesson.wait")
	case m.asked:
		title, line = ui.Text("lesson.starting"), ui.Text("lesson.wait")
	case on:
		title, line = ui.Text("lesson.on"), lessonLine(m.status.Lesson)
	}
	m.hero.Tell(title, line)
	m.title.SetText(m.greeting())
	m.lasts.Hidden = on || m.err != nil
	ui.Fill(m.rows, ui.Rows(m.protection()...))
	m.drawAsks()
	m.drawNotices()
	m.drawChanges()
	ui.Fill(m.papers, ui.Rows(m.agreements()...))
	m.page.Refresh()
}

// greeting greets by the first name of whoever agreed last as a guardian.
func (m *Home) greeting() string {
	key := "home." + daytime(m.config.Now())
	for _, x := range slices.Backward(m.accepted) {
		if first, _, _ := strings.Cut(x.Name, " "); x.Audience == agreements.Guardian && first != "" {
			return ui.Text(key+"_name", "Name", first)
		}
	}
	return ui.Text(key)
}

func daytime(t time.Time) string {
	switch h := t.Hour(); {
	case h < 12:
		return "morning"
	case h < 18:
		return "afternoon"
	}
	return "evening"
}

func lessonLine(l filter.Lesson) string {
	line := ui.Text("lesson.on_line")
	if !l.Until.IsZero() {
		line = ui.Text("lesson.until", "Time", ui.Clock(l.Until.Local()))
	}
	if l.Style == filter.ApprovedOnly {
		line += " " + ui.Text("lesson.approved")
	} else {
		line += " " + ui.Text("lesson.distractions")
	}
	if l.By != "" {
		line += " " + ui.Text("lesson.by", "Account", l.By)
	}
	return line
}

// notRunning reports whether err is that there is no service to ask.
func notRunning(err error) bool { return errors.Is(err, filter.ErrNotRunning) }
