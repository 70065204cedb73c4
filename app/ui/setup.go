package ui

import (
	"context"

	"fyne.io/fyne/v2"
)

// An Elevation has an administrator do something to this PC, whom the system
// asks for their password. It calls step, from any thread, with one word for
// each thing it begins: prepare, start, wait. What it
// returns is a claim, with which the guardian's first PIN can be set, or "" where
// there is a PIN; its error is a sentence for whoever sits here.
type Elevation func(ctx context.Context, step func(word string)) (claim string, err error)

// SetUpConfig is what a [SetUp] works with.
type SetUpConfig struct {
	Text      string // on the button
	Elevation Elevation
	Do        Doer
	Done      func(claim string) // called once the elevation has succeeded
	Changed   func()             // lays the page out again
}

// A SetUp is a button that starts an [Elevation], with what comes of it below.
type SetUp struct {
	config SetUpConfig
	button *Button
	said   *Complaint
	box    *fyne.Container
	busy   bool
}

// NewSetUp returns a button that waits to be pressed.
func NewSetUp(c SetUpConfig) *SetUp {
	s := &SetUp{config: c, said: NewComplaint()}
	s.button = Primary(c.Text, s.start).Icon(IconShield)
	s.box = Column(14, Flow(10, s.button), s.said.Object())
	return s
}

// Object returns s as it is shown.
func (s *SetUp) Object() fyne.CanvasObject { return s.box }

// Busy reports whether the elevation is under way.
func (s *SetUp) Busy() bool { return s.busy }

func (s *SetUp) start() {
	if s.busy {
		return
	}
	s.busy = true
	s.button.Disable()
	s.step("ask")
	var claim string
	var err error
	s.config.Do(
		func() {
			claim, err = s.config.Elevation(context.Background(), func(word string) { fyne.Do(func() { s.step(word) }) })
		},
		func() {
			s.busy = false
			s.button.Enable()
			if err != nil {
				s.said.Say(Sentence(err.Error()))
				s.config.Changed()
				return
			}
			s.step("done")
			s.config.Done(claim)
		},
	)
}

// step says what is being done.
func (s *SetUp) step(word string) {
	s.said.Put(Elevating(word))
	s.config.Changed()
}

// Elevating is what is shown while an [Elevation] does what word stands for.
func Elevating(word string) fyne.CanvasObject {
	return Note(Bluish, IconClock, Body(Text("setup.step."+word)))
}
