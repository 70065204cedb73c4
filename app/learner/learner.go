// Package learner holds the learner's screens: their home, and the help page
// with Childline, CEOP, the report and who else to talk to.
//
// What is written here stays in memory until the learner sends it, and goes
// nowhere else: no file, no log, no window title, no list of things done.
package learner

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
	"lessonguard/resources"
)

// Config is what the help page works with.
type Config struct {
	// Provider is the enrolled provider; its Route is where messages go.
	Provider filter.Provider
	// Contacts are the ways to reach it that the provider has published.
	Contacts []agreements.Contact
	Services []resources.Service
	// Audience is the learner's, where it is known.
	Audience agreements.Audience
	// Learner is whom of the family the page is for, where that is known.
	Learner filter.Learner
	// Role is whose account this is, and so who a report is from: [RoleLearner],
	// [RoleGuardian] or [RoleTutor].
	Role string
	// Guardian leads to the form in which a guardian reports, from an account
	// that a learner uses too: whoever reports there is asked first who they are,
	// and the report on this page is a learner's. Nil: the account is one person's.
	Guardian func()
	// Activity returns what a guardian can see of whoever sits here; nil: this
	// account may not have it. It is called off the screen's thread.
	Activity func(context.Context) (filter.Activity, error)

	// Begin is called on the screen's thread when Send is pressed, and the
	// function it returns when Send has returned: until then the program does
	// not end. Nil: nothing holds it.
	Begin func() (end func())
	// Send keeps a message on the disk, sealed, and returns its reference once
	// it is safe there. payload is the JSON of a [resources.Report] or a
	// [resources.HelpRequest], exactly as the learner was shown it. It is
	// called off the screen's thread. See [post.Way].
	Send func(ctx context.Context, kind resources.Kind, to resources.Recipients, payload []byte) (reference string, err error)
	// State returns how far a message has come, by what is known on this PC;
	// empty: it waits here.
	State func(reference string) resources.ReceiptState
	// Find asks the provider too. It is [resources.ErrNoSuchMessage] where
	// nobody knows the reference, and [resources.ErrElsewhere] where another
	// provider has the message. It is called off the screen's thread.
	Find func(ctx context.Context, reference string) (resources.ReceiptState, error)
	// Damaged reports whether what waited to be sent may be lost, whether or not
	// anything did; nil: never.
	Damaged func() bool
	// OpenURL opens the default browser.
	OpenURL func(url string) error
	// Exit takes the window off the screen. The page is blank and the forms are
	// empty when it is called.
	Exit func()

	Language string // of [ui.Languages]
	App      string // version of the program
	Now      func() time.Time
	Do       ui.Doer
}

// The roles that a report can be written in here.
const (
	RoleLearner  = "learner"
	RoleGuardian = "guardian"
	RoleTutor    = "tutor"
)

// Help is the help page and what it leads to. All its methods are for the
// screen's thread.
type Help struct {
	config Config
	box    *fyne.Container
	draft  draft
	shifts []time.Time
	stop   context.CancelFunc // of waiting for a receipt
	page   int                // counts the pages shown, and how often all was forgotten

	next    *Config // to be taken at the first page
	atFront bool
}

// New returns a help page.
func New(c Config) *Help {
	h := &Help{config: c, box: ui.Slot(), stop: func() {}}
	h.Home()
	return h
}

// Content returns the page as it is shown.
func (h *Help) Content() fyne.CanvasObject { return h.box }

// Home shows the first page. Whatever was being written is forgotten.
func (h *Help) Home() {
	h.forget()
	if h.next != nil {
		h.config, h.next = *h.next, nil
	}
	h.front()
}

// Reload takes another configuration. Whoever is in the middle of something
// goes on with the one they began with, until they are back at the first page.
func (h *Help) Reload(c Config) {
	h.next = &c
	if h.atFront {
		h.Home()
	}
}

func (h *Help) forget() {
	h.stop()
	h.stop = func() {}
	h.draft = draft{}
	h.shifts = nil
	h.page++
}

// show puts a page between what stands on all of them: the practice banner, the
// way back and out, and the numbers to ring. back is nil on the first page and
// where foot leads back.
func (h *Help) show(back func(), foot fyne.CanvasObject, objects ...fyne.CanvasObject) {
	h.stop()
	h.page++
	h.atFront = false
	page := ui.Page(objects...)
	head := ui.Column(0)
	if h.config.Provider.Practice {
		head.Add(ui.Banner(ui.Amberish, ui.IconAlert, ui.Text("practice.banner")))
	}
	head.Add(h.bar(back))
	bottom := ui.Column(0)
	if foot != nil {
		bottom.Add(foot)
	}
	bottom.Add(h.numbers())
	all := ui.Keys(ui.Above(head, page, bottom), h.KeyDown)
	ui.Fill(h.box, all)
}

// refresh lays the page out again after something on it has changed.
func (h *Help) refresh() { h.box.Refresh() }

// focus puts the focus on what has to be mended.
func (h *Help) focus(at fyne.Focusable) {
	h.refresh()
	if o, ok := at.(fyne.CanvasObject); ok {
		if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
			c.Focus(at)
		}
	}
}

// team is what the people who read reports are called.
func (h *Help) team() string { return ui.Text("help.team", "Provider", h.config.Provider.Name) }

// canSend reports whether there is a way to send to the provider.
func (h *Help) canSend() bool { return h.config.Provider.Route != nil }
