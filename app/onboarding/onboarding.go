// Package onboarding holds the screens of the first run: which provider, the
// guardian's agreement, the learner and theirs, what is closed, the PIN.
//
// It writes nothing until the last question is answered; then everything is
// saved in one go, in place of which a failure can be read and tried again.
package onboarding

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Config is what a [Wizard] works with.
type Config struct {
	// Profiles are the providers on offer, in that order.
	Profiles []agreements.Profile
	// Agreements are the newest texts of all providers, audiences and languages.
	Agreements []agreements.Agreement
	// Account is the OS account of whoever sits here: the guardian's. Accounts
	// are the other ones of this PC, of which one may be the learner's.
	Account  string
	Accounts []string
	// Claim returns what lets this process set the first PIN; empty where there is
	// nothing, or the service knows its owner.
	Claim func() string
	// SetUp gets another claim where the service refuses to set the first PIN
	// without; nil where nothing can.
	SetUp ui.Elevation
	// HasPIN says that there is a PIN already, which is asked for then.
	HasPIN bool

	Control filter.Control
	// Enrol enrols with a provider that has a platform, and returns it as the
	// household keeps it, with the way to send. It is called off the screen's
	// thread.
	Enrol func(context.Context, agreements.Profile) (filter.Provider, error)
	// Accept keeps an acceptance for good. It is called off the screen's thread.
	Accept func(context.Context, agreements.Acceptance) error
	// Help shows the help page; Done is called when the family is finished.
	Help, Done func()

	Language string // of [ui.Languages]
	App      string // version of the program
	NewID    func() string
	Now      func() time.Time
	Do       ui.Doer
}

// A Wizard asks a family what the program has to know. All its methods are for
// the screen's thread.
type Wizard struct {
	config Config
	draft  draft
	box    *fyne.Container
	at     int
	steps  []func() step
	saved  saved
	claim  string // from an elevation of the wizard's own
	// elevating shows, while the PIN is saved, what an elevation does.
	elevating func(word string)
}

// A step is one page of the wizard as it is shown now.
type step struct {
	page *fyne.Container
	// next checks what was entered, shows what is wrong and else calls on.
	next  func(on func())
	label string // of the button that goes on; empty: "Next"
	first bool   // there is no going back from here
}

// New returns a wizard at its first step.
func New(c Config) *Wizard {
	w := &Wizard{config: c, draft: newDraft(), box: ui.Slot()}
	w.steps = []func() step{w.provider, w.guardian, w.learner, w.consent, w.levels, w.pin, w.done}
	w.show()
	return w
}

// Content returns the wizard as it is shown.
func (w *Wizard) Content() fyne.CanvasObject { return w.box }

func (w *Wizard) names() []string {
	return []string{
		ui.Text("step.provider"), ui.Text("step.guardian"), ui.Text("step.learner"), ui.Text("step.consent"),
		ui.Text("step.levels"), ui.Text("step.pin"), ui.Text("step.done"),
	}
}

func (w *Wizard) show() {
	s := w.steps[w.at]()
	var back fyne.CanvasObject
	if w.at > 0 && !s.first {
		back = ui.Secondary(ui.Text("ui.back"), w.back).Icon(ui.IconLeft)
	}
	label := s.label
	if label == "" {
		label = ui.Text("ui.next")
	}
	next := ui.Primary(label, func() {
		if !w.saved.busy {
			s.next(func() { w.to(w.at + 1) })
		}
	})
	help := func() *ui.Button { return ui.Link(ui.Text("place.help"), w.config.Help).Icon(ui.IconHelp) }
	content := ui.Above(nil, s.page, ui.Foot(back, next))
	ui.Fill(w.box, ui.Steps(w.names(), w.at, help(), help(), content))
}

// back goes to the step before, where what was saved can be changed.
func (w *Wizard) back() {
	if !w.saved.busy {
		w.saved.household, w.saved.policy = false, false
		w.to(w.at - 1)
	}
}

func (w *Wizard) to(step int) {
	if step >= len(w.steps) {
		w.config.Done()
		return
	}
	w.at = step
	w.show()
}

// failed lays the step out again, so that what is wrong can be read, and puts
// the focus where it can be mended.
func (w *Wizard) failed(at fyne.Focusable) {
	w.box.Refresh()
	if o, ok := at.(fyne.CanvasObject); ok {
		if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
			c.Focus(at)
		}
	}
}
