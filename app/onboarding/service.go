package onboarding

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
)

// A Service is the page before the first step, on a PC whose filter is not there
// yet: it has an administrator set it up.
type Service struct {
	setup *ui.SetUp
	page  *fyne.Container
}

// NewService returns the page. done is called with the claim for the first PIN
// once the filter answers; help shows the help page.
func NewService(e ui.Elevation, do ui.Doer, done func(claim string), help func()) *Service {
	s := &Service{}
	s.setup = ui.NewSetUp(ui.SetUpConfig{
		Text: ui.Text("setup.button"), Elevation: e, Do: do, Done: done, Changed: func() { s.page.Refresh() },
	})
	s.page = ui.Page(
		ui.Header(ui.Text("setup.title"), ui.Text("setup.line")),
		ui.Card(ui.Column(10,
			ui.Point(ui.Text("setup.password")),
			ui.Point(ui.Text("setup.changes")),
			ui.Point(ui.Text("setup.internet")),
		)),
		s.setup.Object(),
		ui.NewRowButton(ui.Greenish, ui.IconHelp, ui.Text("setup.learner"), ui.Text("setup.learner_line"), help),
	)
	return s
}

// Content returns the page as it is shown.
func (s *Service) Content() fyne.CanvasObject { return s.page }

// Busy reports whether the filter is being set up.
func (s *Service) Busy() bool { return s.setup.Busy() }
