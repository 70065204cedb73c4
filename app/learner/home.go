package learner

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// HomeConfig is what a learner's home works with.
type HomeConfig struct {
	Control  filter.Control
	Learner  filter.Learner // zero: not known
	Provider filter.Provider
	Help     func() // shows the help page
	Now      func() time.Time
	Do       ui.Doer
}

// Home is what a learner sees first: whether a lesson is on, what the filter
// does and what is seen of them, and the ways to help and to ask for a site.
type Home struct {
	config HomeConfig
	status filter.Status
	err    error
	asked  bool

	lesson  *fyne.Container
	trouble *ui.Complaint
	page    *fyne.Container
	slot    *fyne.Container // the page, what is seen of them, or where they ask
	box     *fyne.Container
	visits  int // counts the pages shown
}

// NewHome returns a home that knows nothing yet: give it a status by
// [Home.Show].
func NewHome(c HomeConfig) *Home {
	m := &Home{config: c, err: filter.ErrNotRunning, trouble: ui.NewComplaint(), lesson: ui.Column(0)}
	title := ui.Text("learner.home")
	if c.Learner.Name != "" {
		title = ui.Text("learner.home_name", "Name", c.Learner.Name)
	}
	objects := []fyne.CanvasObject{
		ui.Header(title, ui.Text("learner.home_line")),
		m.lesson,
		m.trouble.Object(),
		ui.NewRowButton(ui.Greenish, ui.IconHelp, ui.Text("learner.help"), ui.Text("learner.help_line"), c.Help),
	}
	if c.Learner.Controlled() { // else nobody decides what is closed to them
		objects = append(objects, ui.NewRowButton(ui.Bluish, ui.IconSend, ui.Text("ask.title"), ui.Text("ask.home_line"), m.ask))
	}
	m.page = ui.Page(append(objects, ui.Card(ui.Column(12, append(append([]fyne.CanvasObject{ui.Heading(m.sight().say("title"))}, m.sight().points()...),
		ui.Flow(0, ui.Link(ui.Text("seen.open"), m.seen).Icon(ui.IconEye)))...)))...)
	var head fyne.CanvasObject
	if c.Provider.Practice {
		head = ui.Banner(ui.Amberish, ui.IconAlert, ui.Text("practice.banner"))
	}
	m.slot = ui.Slot()
	m.box = ui.Above(head, m.slot, nil)
	m.Front()
	m.draw()
	return m
}

// Front shows the first page.
func (m *Home) Front() {
	m.visits++
	ui.Fill(m.slot, m.page)
}

// under shows objects on a page that leads back to the first.
func (m *Home) under(objects ...fyne.CanvasObject) {
	back := ui.Strip(ui.Link(ui.Text("ui.back"), m.Front).Icon(ui.IconLeft), ui.Small(""), nil)
	ui.Fill(m.slot, ui.Above(back, ui.Page(objects...), nil))
}

// Content returns the home as it is shown.
func (m *Home) Content() fyne.CanvasObject { return m.box }

// Show shows the filter's status, or that it could not be had.
func (m *Home) Show(s filter.Status, err error) {
	m.status, m.err = s, err
	m.draw()
}

func (m *Home) draw() {
	on := m.err == nil && m.status.Lesson.Active(m.config.Now())
	var card fyne.CanvasObject
	switch {
	case m.err != nil:
		card = ui.Card(ui.Status(ui.Notice, ui.Text("filter.not_working"), ui.Text("learner.not_running"), nil))
	case m.status.State == filter.LetGo && m.status.Gap == "":
		card = ui.Card(ui.Status(ui.Notice, ui.Text("filter.starting"), ui.Text("filter.starting_line"), nil))
	case m.status.State == filter.LetGo: // a lesson closes nothing either
		card = ui.Card(ui.Status(ui.Notice, ui.Text("filter.let_go"), ui.Text("learner.not_running"), nil))
	case on:
		line := ui.Text("learner.lesson_on_line")
		if until := m.status.Lesson.Until; !until.IsZero() {
			line = ui.Text("learner.lesson_until", "Time", ui.Clock(until.Local()))
		}
		card = ui.Card(ui.Status(ui.Good, ui.Text("lesson.on"), line, nil))
	default:
		b := ui.Primary(ui.Text("learner.start"), m.start).Icon(ui.IconBook)
		if m.asked {
			b.Disable()
		}
		line := ui.Text("learner.lesson_off_line")
		if next := m.status.Next; next.After(m.config.Now()) {
			line = ui.Text("learner.next_line", "When", ui.At(next.Local(), m.config.Now().Local())) + " " + line
		}
		words := ui.Column(3, ui.Strong(ui.Text("lesson.off")), ui.Small(line))
		if m.status.State == filter.Resting {
			words = ui.Column(3, ui.Strong(ui.Text("lesson.off")), ui.Body(ui.Text("learner.resting")), ui.Small(line))
		}
		card = ui.Card(ui.Beside(220, 16, ui.Badge(ui.Bluish, ui.IconBook, 34), words, b))
	}
	ui.Fill(m.lesson, card)
	m.box.Refresh()
}

// start asks for a lesson, which any account may start.
func (m *Home) start() {
	if m.asked {
		return
	}
	m.asked = true
	m.trouble.Clear()
	m.draw()
	var lesson filter.Lesson
	var err error
	m.config.Do(
		func() {
			lesson, err = m.config.Control.SetLesson(context.Background(), filter.LessonChange{On: true, Style: filter.NoDistractions})
		},
		func() {
			m.asked = false
			switch {
			case err == nil:
				m.status.Lesson = lesson
			case errors.Is(err, filter.ErrTooLong):
				m.trouble.Say(ui.Text("learner.too_long"))
			default:
				m.trouble.Say(ui.Text("learner.not_started"))
			}
			m.draw()
		},
	)
}
