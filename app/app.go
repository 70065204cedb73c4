// Package app puts the screens together in one window: the wizard until the
// family is set up, then the guardian's or the learner's home by the account
// that sits here, and help one press away from all of them.
//
// It makes no program of the toolkit's, so that all of it is tested without a
// display; the main package does, and gives the window.
package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lessonguard/agreements"
	"lessonguard/app/concern"
	"lessonguard/app/guardian"
	"lessonguard/app/learner"
	"lessonguard/app/onboarding"
	"lessonguard/app/tutor"
	"lessonguard/app/ui"
	"lessonguard/filter"
	"lessonguard/resources"
)

// Config is what an [App] works with. Functions that take a context may wait,
// and are called off the screen's thread.
type Config struct {
	Window fyne.Window
	Look   ui.Look
	// SetLook puts a look in force and keeps it for the next start.
	SetLook func(ui.Look) error
	// Language is one of [ui.Languages]; [ui.Speak] it before [New].
	Language string
	Version  string // of the program

	// Tutor has the program show what a tutor has of it, who has no family here.
	// KeepProvider keeps whom they teach for; see [tutor.Config].
	Tutor        bool
	KeepProvider func(context.Context, filter.Provider) (filter.Provider, error)

	// Account is the OS account that sits here, and Accounts are the other ones
	// of this PC that a person logs in to.
	Account  string
	Accounts []string
	// SetUp sets the filter up where it does not run, and gets another claim;
	// nil where nothing can.
	SetUp ui.Elevation

	Control    filter.Control
	Profiles   []agreements.Profile
	Agreements []agreements.Agreement // the newest of each
	Services   []resources.Service    // in Language

	// Enrol enrols with a provider that has a platform.
	Enrol func(context.Context, agreements.Profile) (filter.Provider, error)
	// Accept keeps an acceptance; Accepted returns all, oldest first.
	Accept   func(context.Context, agreements.Acceptance) error
	Accepted func(context.Context) ([]agreements.Acceptance, error)
	// Begin holds the program until the returned function is called.
	Begin func() (end func())
	// Send keeps a message for the household's provider, sealed, and returns
	// its reference once it is safe on the disk; see [learner.Config].
	Send  func(context.Context, filter.Provider, resources.Kind, resources.Recipients, []byte) (string, error)
	State func(reference string) resources.ReceiptState
	// Find asks the provider too; see [learner.Config].
	Find func(ctx context.Context, reference string) (resources.ReceiptState, error)
	// Damaged reports whether what waited to be sent may be lost.
	Damaged func() bool
	// Checkup does the guardian's checkups.
	Checkup guardian.Checker
	// OpenURL opens the default browser or mail program.
	OpenURL func(url string) error
	// Hide takes the window off the screen at once: into the tray where there is
	// one, else by ending the program.
	Hide func()

	Now func() time.Time
	Do  ui.Doer // nil: [ui.Do]
}

// The places of the rail.
const (
	placeHome    = "home"
	placeLevels  = "levels"
	placeHelp    = "help"
	placeDisplay = "display"
	placePrivacy = "privacy"
	placeConcern = "concern"
	placeSeen    = "activity"
	placeCheckup = "checkup"
	placeLists   = "lists"
)

// An App is the window and what is in it. All its methods but [App.Run] are for
// the screen's thread.
type App struct {
	config    Config
	household filter.Household
	status    filter.Status
	err       error // of the last status
	known     bool  // the household was read
	guards    bool  // a guardian sits here
	at        string

	shell   *ui.Shell
	frame   fyne.CanvasObject   // the shell, and keys pressed in its rail
	service *onboarding.Service // nil unless the filter is to be set up
	claim   string              // for the first PIN, once it was
	wizard  *onboarding.Wizard
	home    *guardian.Home
	learner *learner.Home
	help    *learner.Help
	concern *concern.Form // nil where neither a guardian nor a tutor sits here
	tutor   *tutor.Page   // nil where no tutor sits here, or it was not shown yet
	before  func()        // leaves help that was opened from the wizard
}

// retry is how long to wait before asking a service that was not there again.
const retry = 2 * time.Second

// New fills the window. The household is not known yet: [App.Run] asks.
func New(c Config) *App {
	if c.Do == nil {
		c.Do = ui.Do
	}
	a := &App{config: c, err: filter.ErrNotRunning}
	c.Window.SetTitle(ui.Text("app.name")) // and never anything else: titles are seen by others
	c.Window.SetPadded(false)
	c.Window.Resize(fyne.NewSize(1024, 700))
	a.help = learner.New(a.helpConfig())
	a.build()
	c.Window.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { ui.ScrollByKey(c.Window.Canvas(), k.Name) })
	if d, ok := c.Window.Canvas().(desktop.Canvas); ok {
		d.SetOnKeyDown(a.KeyDown)
	}
	return a
}

// KeyDown takes the keys that go down while nothing has the focus.
func (a *App) KeyDown(k *fyne.KeyEvent) {
	if a.at == placeHelp {
		a.help.KeyDown(k)
	}
}

// Run shows what the filter does until ctx is done.
func (a *App) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		for s, err := range a.config.Control.Watch(ctx) {
			if ctx.Err() != nil {
				return nil
			}
			var h filter.Household
			var hErr error
			if err == nil {
				h, hErr = a.config.Control.Household(ctx)
			}
			fyne.Do(func() { a.Show(s, err, h, errors.Join(err, hErr)) })
			if err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
	}
	return nil
}

// Show shows a status, or that there is none, and the household, unless it
// could not be read.
func (a *App) Show(s filter.Status, err error, h filter.Household, householdErr error) {
	a.status, a.err = s, err
	if householdErr == nil {
		if a.wizard != nil && h.Provider.ID != "" && !slices.Contains(h.Guardians, a.config.Account) {
			a.leaveWizard() // the family was set up from another account
		}
		if a.wizard == nil {
			a.learn(h)
		}
	}
	if a.home != nil {
		a.home.Show(s, err)
	}
	if a.learner != nil {
		a.learner.Show(s, err)
	}
	a.offerSetUp()
	a.sign()
}

// ShowHelp shows the help page, from wherever one is. It is for the tray too.
func (a *App) ShowHelp() { a.visit(placeHelp) }

// Leave forgets what was being written in help and shows where one started, what
// needs the guardian's PIN no longer: the window is closed, and whoever opens it
// next may be somebody else. A set-up that has begun stays.
func (a *App) Leave() {
	if a.before != nil {
		a.before()
		return
	}
	// They may be open behind the display page, and a tutor's is the home.
	a.help.Home()
	a.forgetConcern()
	if a.wizard == nil {
		a.visit(placeHome)
	}
}

// ShowHome shows where one starts.
func (a *App) ShowHome() { a.visit(placeHome) }

// Household returns the household that is shown.
func (a *App) Household() filter.Household { return a.household }
