// Package concern is the form in which an adult tells the provider of a worry
// about a child: a guardian's and a tutor's, each in words of its own.
//
// A learner's report is another thing, and is in the package learner. What is
// written here stays in memory until it is sent, as there.
package concern

import (
	"context"
	"reflect"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/filter"
	"lessonguard/resources"
)

// The roles that a concern is written in: [resources.Report.Role].
const (
	RoleGuardian = "guardian"
	RoleTutor    = "tutor"
)

// Config is what the form works with.
type Config struct {
	Role string // [RoleGuardian] or [RoleTutor]
	// Provider is whom it is told to; without a Route its Contacts are shown.
	Provider filter.Provider
	Contacts []agreements.Contact // ways that the provider has published
	Services []resources.Service

	// Shared reports whether a learner uses this account too: who writes is asked
	// first then, and Learner leads to the learner's report. Nil: nobody does.
	Shared  func() bool
	Learner func()

	// Begin, Send and State are those of the learner's help page.
	Begin func() (end func())
	Send  func(ctx context.Context, kind resources.Kind, to resources.Recipients, payload []byte) (id string, err error)
	State func(id string) resources.ReceiptState
	// OpenURL opens the default browser.
	OpenURL func(url string) error
	// Exit takes the window off the screen, once the form is blank: somebody at
	// home may be what it is about.
	Exit func()

	Language string // of [ui.Languages]
	App      string // version of the program
	Now      func() time.Time
	Do       ui.Doer
}

// A Form is the form and what it leads to. All its methods are for the screen's
// thread.
type Form struct {
	config Config
	box    *fyne.Container
	report resources.Report
	stop   context.CancelFunc // of waiting for a receipt
	page   int                // counts the pages shown, and how often all was forgotten
}

// New returns an empty form.
func New(c Config) *Form {
	f := &Form{config: c, box: ui.Slot(), stop: func() {}}
	f.Home()
	return f
}

// Content returns the form as it is shown.
func (f *Form) Content() fyne.CanvasObject { return f.box }

// Tells reports whether p is whom the form tells, in all that is known of it.
func (f *Form) Tells(p filter.Provider) bool { return reflect.DeepEqual(f.config.Provider, p) }

// Home forgets what was being written and shows the first page.
func (f *Form) Home() {
	if f.config.Provider.Route == nil || f.config.Shared == nil || !f.config.Shared() {
		f.Write()
		return
	}
	f.forget()
	f.show(nil, post.Who(f.config.Learner, f.Write)...)
}

// Write forgets what was being written and begins a concern, whoever shares the
// account: they have said that they are no learner.
func (f *Form) Write() {
	f.forget()
	if f.config.Provider.Route == nil {
		f.contacts()
		return
	}
	f.start()
}

func (f *Form) forget() {
	f.stop()
	f.stop = func() {}
	f.report = resources.Report{Role: f.config.Role, TellHome: resources.TellHomeUnsure}
	f.page++
}

// exit blanks the form, forgets it, and takes the window away.
func (f *Form) exit() {
	ui.Fill(f.box)
	f.forget()
	f.config.Exit()
}

// show puts a page under the way out.
func (f *Form) show(foot fyne.CanvasObject, objects ...fyne.CanvasObject) {
	f.stop()
	f.page++
	head := ui.Column(0)
	if f.config.Provider.Practice {
		head.Add(ui.Banner(ui.Amberish, ui.IconAlert, ui.Text("practice.banner")))
	}
	head.Add(ui.Strip(nil, ui.Small("").Trailing(), ui.Danger(ui.Text("help.exit"), f.exit).Icon(ui.IconExit)))
	ui.Fill(f.box, ui.Above(head, ui.Page(objects...), foot))
}

// focus draws the form anew and puts the focus on at.
func (f *Form) focus(at fyne.Focusable) {
	f.box.Refresh()
	if o, ok := at.(fyne.CanvasObject); ok {
		if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil {
			c.Focus(at)
		}
	}
}

// say returns the words for key in the role that the form is written in.
func (f *Form) say(key string, args ...any) string {
	return ui.Text("concern."+f.config.Role+"."+key, args...)
}

// team is what the people who read it are called.
func (f *Form) team() string { return ui.Text("help.team", "Provider", f.config.Provider.Name) }

// mayPost reports whether somebody who may read a concern about a can be
// reached: never the people it is about.
func (f *Form) mayPost(a resources.About) bool {
	return a.Recipients() != resources.ToOversight || len(f.config.Provider.Route.Oversight) > 0
}
