package app_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lessonguard/agreements"
	"lessonguard/app"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
	"lessonguard/resources"
)

// service is a filter that only has a status and a household.
type service struct {
	filter.Control

	status    filter.Status
	household filter.Household
	err       error
}

func (s *service) Watch(ctx context.Context) iter.Seq2[filter.Status, error] {
	return func(yield func(filter.Status, error) bool) {
		if yield(s.status, s.err) && s.err == nil {
			<-ctx.Done()
		}
	}
}

func (s *service) Policy(context.Context) (filter.Policy, error) {
	return filter.Policy{}, filter.ErrForbidden
}

func (s *service) Household(context.Context) (filter.Household, error) { return s.household, s.err }

var family = filter.Household{
	Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring"}, Guardians: []string{"priya"},
	Learners: []filter.Learner{{ID: "1", Name: "Leo", Audience: "learner-ks2", Accounts: []string{"leo"}}},
}

var services = []resources.Service{
	{ID: "emergency", Name: "Emergency: 999", Phone: "999", Urgent: true, Audience: []string{"learner", "guardian", "tutor"}, Summary: "If someone is in danger right now, call 999.", VerifiedOn: uitest.Noon()},
	{ID: "nspcc", Name: "NSPCC Helpline", Phone: "0808 800 5000", Audience: []string{"guardian", "tutor"}, Summary: "For adults who worry about a child.", VerifiedOn: uitest.Noon()},
}

func working() filter.Status {
	return filter.Status{State: filter.Filtering, Hook: "nftables", Names: 1_482_113, Lists: 23, PINSet: true, Restricted: filter.NoRestricted}
}

// house is an app with what it did.
type house struct {
	*app.App
	window fyne.Window
	hidden int
	looks  []ui.Look
}

// live opens the app for an account, in a look.
func live(t *testing.T, l uitest.Look, account string, change ...func(*app.Config)) *house {
	t.Helper()
	h := &house{}
	h.window = uitest.Open(t, l, func(*testing.T) fyne.CanvasObject { return ui.Column(0) })
	c := app.Config{
		Window: h.window, Look: l.Look, Language: l.Language, Version: "0.1.0", Account: account, Accounts: []string{"leo"},
		SetLook:  func(l ui.Look) error { h.looks = append(h.looks, l); return nil },
		Control:  &service{household: family, status: working()},
		Services: services,
		Profiles: []agreements.Profile{{ID: "kst", Name: "Key Stage Tutoring", Summary: "One-to-one tutoring", Learners: []agreements.Audience{"learner-ks2"}}},
		Accepted: func(context.Context) ([]agreements.Acceptance, error) { return nil, nil },
		Send: func(context.Context, filter.Provider, resources.Kind, resources.Recipients, []byte) (string, error) {
			return "", nil
		},
		State: func(string) resources.ReceiptState { return "" }, OpenURL: func(string) error { return nil },
		Hide: func() { h.hidden++ }, Now: uitest.Noon, Do: uitest.AtOnce,
	}
	for _, f := range change {
		f(&c)
	}
	h.App = app.New(c)
	return h
}

func (h *house) content() fyne.CanvasObject { return h.window.Content() }

func TestPictures(t *testing.T) {
	lesson := working()
	lesson.Lesson = filter.Lesson{On: true, Until: uitest.Noon().Add(time.Hour)}
	weekly := working()
	weekly.Next = uitest.Noon().Add(4 * time.Hour)
	for _, c := range []struct {
		name, account string
		status        filter.Status
		err           error
		household     filter.Household
		to            func(*house)
	}{
		{"guardian", "priya", working(), nil, family, func(*house) {}},
		{"learner", "leo", working(), nil, family, func(*house) {}},
		{"learner-lesson", "leo", lesson, nil, family, func(*house) {}},
		{"learner-weekly", "leo", weekly, nil, family, func(*house) {}},
		{"learner-resting", "leo", filter.Status{State: filter.Resting}, nil, family, func(*house) {}},
		{"learner-not-running", "leo", filter.Status{}, filter.ErrNotRunning, family, func(*house) {}},
		{"help", "leo", lesson, nil, family, (*house).ShowHelp},
		{"wizard", "priya", filter.Status{State: filter.Filtering}, nil, filter.Household{}, func(*house) {}},
		{"wizard-help", "priya", filter.Status{State: filter.Filtering}, nil, filter.Household{}, (*house).ShowHelp},
		{"display", "leo", working(), nil, family, func(h *house) { test.Tap(uitest.Find(h.content(), ui.Text("place.display"))) }},
		{"privacy", "priya", working(), nil, family, func(h *house) { test.Tap(uitest.Find(h.content(), ui.Text("place.privacy"))) }},
		{"privacy-learner", "leo", working(), nil, family, func(h *house) { test.Tap(uitest.Find(h.content(), ui.Text("place.privacy"))) }},
		{"concern", "priya", working(), nil, family, func(h *house) { test.Tap(uitest.Find(h.content(), ui.Text("concern.place"))) }},
	} {
		for _, l := range uitest.AllLooks() {
			t.Run(c.name+"/"+l.Name, func(t *testing.T) {
				h := live(t, l, c.account)
				h.Show(c.status, c.err, c.household, nil)
				c.to(h)
				uitest.Compare(t, c.name, l, h.window)
			})
		}
	}
}

// TestTutor shows what a tutor has: first the choice of whom they teach for, then
// the form, at once at the next start.
func TestTutor(t *testing.T) {
	enrolled := filter.Provider{ID: "kst", Name: "Key Stage Tutoring", Route: &filter.Route{
		URL: "https://reports.keystagetutoring.example", Verified: true, Safeguarding: []string{"age1x"}, Oversight: []string{"age1y"},
		ReadingHours: "Monday to Friday, 9 to 5, in school terms",
	}}
	tutor := func(c *app.Config) {
		c.Tutor = true
		c.KeepProvider = func(context.Context, filter.Provider) (filter.Provider, error) { return enrolled, nil }
	}
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			h := live(t, l, "tom", tutor)
			h.Show(filter.Status{}, filter.ErrNotRunning, filter.Household{}, nil) // tutors have no filter
			uitest.Compare(t, "tutor", l, h.window)
			test.Tap(uitest.Find(h.content(), ui.Text("place.privacy")))
			uitest.Compare(t, "tutor-privacy", l, h.window)
			test.Tap(uitest.Find(h.content(), ui.Text("concern.place")))
			uitest.Press(t, h.content(), "Key Stage Tutoring", "ui.next")
			uitest.Compare(t, "tutor-form", l, h.window)

			again := live(t, l, "tom", tutor)
			again.Show(filter.Status{}, filter.ErrNotRunning, filter.Household{Provider: enrolled}, nil)
			uitest.Compare(t, "tutor-form", l, again.window)
		})
	}
}

// TestWhoSeesWhat has the guardian's screens for guardian accounts alone.
func TestWhoSeesWhat(t *testing.T) {
	for _, c := range []struct {
		account string
		want    string
		never   string
	}{
		{"priya", "home.protection", "seen.title"},
		{"leo", "seen.title", "home.protection"},
		{"somebody", "seen.title", "home.protection"},
	} {
		t.Run(c.account, func(t *testing.T) {
			h := live(t, uitest.Plain(), c.account)
			h.Show(working(), nil, family, nil)
			all := uitest.Text(h.content())
			if !strings.Contains(all, ui.Text(c.want)) || strings.Contains(all, ui.Text(c.never)) {
				t.Errorf("%s sees:\n%s", c.account, all)
			}
		})
	}
}

// TestHelpIsOnePressAway presses Help wherever one can be.
func TestHelpIsOnePressAway(t *testing.T) {
	for _, c := range []struct {
		name      string
		account   string
		household filter.Household
		err       error
		places    []string
	}{
		{"wizard", "priya", filter.Household{}, nil, []string{""}},
		{"guardian", "priya", family, nil, []string{"place.home", "place.display"}},
		{"learner", "leo", family, nil, []string{"place.home", "place.display"}},
		{"nothing runs", "leo", family, filter.ErrNotRunning, []string{"place.home"}},
	} {
		for _, place := range c.places {
			t.Run(c.name+" "+place, func(t *testing.T) {
				h := live(t, uitest.Plain(), c.account)
				h.Show(working(), c.err, c.household, nil)
				if place != "" {
					uitest.Press(t, h.content(), place)
				}
				uitest.Press(t, h.content(), "place.help")
				if all := uitest.Text(h.content()); !strings.Contains(all, "0800 1111") || !strings.Contains(all, ui.Text("help.title")) {
					t.Errorf("one press on Help shows:\n%s", all)
				}
			})
		}
	}
}

// TestHelpIsOverDialogs opens help, from the tray say, while the guardian is asked
// for the PIN: it is asked no more, and nothing lies over help.
func TestHelpIsOverDialogs(t *testing.T) {
	h := live(t, uitest.Plain(), "priya")
	h.Show(working(), nil, family, nil)
	closed := 0
	ui.ShowDialog(h.window.Canvas(), func() { closed++ }, ui.Title(ui.Text("pin.ask")))
	widget.ShowPopUp(ui.Body("a menu"), h.window.Canvas())
	h.ShowHelp()
	if n := len(h.window.Canvas().Overlays().List()); n != 0 || closed != 1 {
		t.Errorf("%d things lie over help; the dialog was closed %d times, want once", n, closed)
	}
}

// TestWizardOutlivesHelp goes to help and back without losing what was chosen.
func TestWizardOutlivesHelp(t *testing.T) {
	h := live(t, uitest.Plain(), "priya")
	h.Show(filter.Status{State: filter.Filtering}, nil, filter.Household{}, nil)
	uitest.Press(t, h.content(), "Key Stage Tutoring")
	uitest.Press(t, h.content(), "place.help")
	uitest.Press(t, h.content(), "place.setup")
	if b, ok := uitest.Find(h.content(), "Key Stage Tutoring").(*ui.Tick); !ok || !b.On() {
		t.Error("the provider that was chosen is forgotten")
	}
}

// TestShiftLeavesHelp presses Shift three times with nothing focused: the
// window is hidden, and what it shows next is not help.
func TestShiftLeavesHelp(t *testing.T) {
	h := live(t, uitest.Plain(), "leo")
	h.Show(working(), nil, family, nil)
	h.ShowHelp()
	for range 3 {
		h.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	}
	if h.hidden != 1 {
		t.Errorf("the window was hidden %d times", h.hidden)
	}
	if strings.Contains(uitest.Text(h.content()), ui.Text("help.exit")) {
		t.Error("the window still shows help")
	}
	for range 3 { // on the home it means nothing
		h.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	}
	if h.hidden != 1 {
		t.Error("Shift hides the home")
	}
}

// TestShiftLeavesFromTheRail has the focus outside of the help page itself.
func TestShiftLeavesFromTheRail(t *testing.T) {
	for _, c := range []struct {
		account   string
		household filter.Household
	}{{"leo", family}, {"priya", filter.Household{}}} {
		h := live(t, uitest.Plain(), c.account)
		h.Show(working(), nil, c.household, nil)
		h.ShowHelp()
		h.window.Canvas().FocusNext()
		rail, ok := h.window.Canvas().Focused().(desktop.Keyable)
		if !ok {
			t.Fatal("nothing in the rail can have the focus")
		}
		for range 3 {
			rail.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftRight})
		}
		if h.hidden != 1 {
			t.Errorf("%s: the window was hidden %d times", c.account, h.hidden)
		}
	}
}

// TestTitleNeverChanges has the window's title say nothing of what is shown.
func TestTitleNeverChanges(t *testing.T) {
	h := live(t, uitest.Plain(), "leo")
	before := h.window.Title()
	h.Show(working(), nil, family, nil)
	h.ShowHelp()
	if got := h.window.Title(); got != before || got != "Lessonguard" {
		t.Errorf("the title went from %q to %q", before, got)
	}
}

// TestStatusDoesNotTearFromHelp keeps what a learner is writing when the
// filter's state changes.
func TestStatusDoesNotTearFromHelp(t *testing.T) {
	h := live(t, uitest.Plain(), "leo")
	h.Show(working(), nil, family, nil)
	h.ShowHelp()
	uitest.Press(t, h.content(), "help.hide")
	h.Show(filter.Status{}, filter.ErrNotRunning, filter.Household{}, filter.ErrNotRunning)
	h.Show(working(), nil, family, nil)
	other := family
	other.Provider.Name = "Other Tutoring"
	h.Show(working(), nil, other, nil)
	if !strings.Contains(uitest.Text(h.content()), ui.Text("hide.safer")) {
		t.Error("the page was taken away")
	}
}

// TestBiggerTextKeepsTheWords goes to the display page in the middle of help and
// back; home forgets it.
func TestBiggerTextKeepsTheWords(t *testing.T) {
	h := live(t, uitest.Plain(), "leo")
	h.Show(working(), nil, family, nil)
	uitest.Press(t, h.content(), "place.help", "help.hide", "place.display", "place.help")
	if !strings.Contains(uitest.Text(h.content()), ui.Text("hide.safer")) {
		t.Error("the display page threw away where one was")
	}
	uitest.Press(t, h.content(), "place.home", "place.help")
	if strings.Contains(uitest.Text(h.content()), ui.Text("hide.safer")) {
		t.Error("home did not forget where one was")
	}
}

// TestLeave forgets where one was in help when the window is closed.
func TestLeave(t *testing.T) {
	for _, c := range []struct {
		name      string
		household filter.Household
		to        []string
		shown     string // afterwards
	}{
		{"help", family, []string{"place.help", "help.hide"}, "seen.title"},
		{"display", family, []string{"place.help", "help.hide", "place.display"}, "learner.home_line"},
		{"wizard", filter.Household{}, []string{"place.help", "help.hide"}, "welcome.title"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := live(t, uitest.Plain(), "leo")
			h.Show(working(), nil, c.household, nil)
			uitest.Press(t, h.content(), c.to[0])
			uitest.Press(t, h.content(), c.to[1:]...)
			h.Leave()
			if all := uitest.Text(h.content()); !strings.Contains(all, ui.Text(c.shown)) {
				t.Errorf("%q is not shown in:\n%s", ui.Text(c.shown), all)
			}
			h.ShowHelp()
			if all := uitest.Text(h.content()); strings.Contains(all, ui.Text("hide.safer")) || !strings.Contains(all, ui.Text("help.title")) {
				t.Errorf("help starts with:\n%s", all)
			}
		})
	}
}

// TestLeavePIN leaves what the PIN is asked for, and the question, when the
// window is closed.
func TestLeavePIN(t *testing.T) {
	h := live(t, uitest.Plain(), "priya")
	h.Show(working(), nil, family, nil)
	uitest.Press(t, h.content(), "place.levels")
	overlays := h.window.Canvas().Overlays()
	if overlays.Top() == nil {
		t.Fatal("no PIN is asked for")
	}
	h.Leave()
	if all := uitest.Text(h.content()); overlays.Top() != nil || !strings.Contains(all, ui.Text("home.line")) {
		t.Errorf("over it %v, and this is shown:\n%s", overlays.Top(), all)
	}
}

// TestFamilySetUpElsewhere leaves the wizard when another account has set the
// family up, but not help that is open over it.
func TestFamilySetUpElsewhere(t *testing.T) {
	for _, help := range []bool{false, true} {
		h := live(t, uitest.Plain(), "leo")
		h.Show(working(), nil, filter.Household{}, nil)
		if help {
			uitest.Press(t, h.content(), "place.help")
			uitest.Press(t, h.content(), "help.hide")
		}
		h.Show(working(), nil, family, nil)
		if help {
			if all := uitest.Text(h.content()); !strings.Contains(all, ui.Text("hide.safer")) {
				t.Errorf("help was torn away:\n%s", all)
			}
			uitest.Press(t, h.content(), "help.exit") // nothing of the wizard is called
			if h.hidden != 1 {
				t.Errorf("the window was hidden %d times", h.hidden)
			}
		}
		if all := uitest.Text(h.content()); !strings.Contains(all, ui.Text("seen.title")) {
			t.Errorf("the home is not shown:\n%s", all)
		}
	}
}

// TestWizardStays goes on with the wizard while it saves the family itself.
func TestWizardStays(t *testing.T) {
	h := live(t, uitest.Plain(), "priya")
	h.Show(filter.Status{State: filter.Filtering}, nil, filter.Household{}, nil)
	h.Show(working(), nil, family, nil)
	if all := uitest.Text(h.content()); !strings.Contains(all, ui.Text("welcome.title")) {
		t.Errorf("the wizard is gone:\n%s", all)
	}
}

// TestHelpBeforeTheFirstStatus keeps help on the screen when the service says
// that there is no family yet.
func TestHelpBeforeTheFirstStatus(t *testing.T) {
	h := live(t, uitest.Plain(), "priya")
	h.ShowHelp()
	uitest.Press(t, h.content(), "help.hide")
	h.Show(filter.Status{State: filter.Filtering}, nil, filter.Household{}, nil)
	if all := uitest.Text(h.content()); !strings.Contains(all, ui.Text("hide.safer")) {
		t.Errorf("help was torn away:\n%s", all)
	}
	uitest.Press(t, h.content(), "place.setup")
	if all := uitest.Text(h.content()); !strings.Contains(all, ui.Text("welcome.title")) {
		t.Errorf("the wizard is not shown:\n%s", all)
	}
}

func TestDisplay(t *testing.T) {
	h := live(t, uitest.Plain(), "leo")
	h.Show(working(), nil, family, nil)
	uitest.Press(t, h.content(), "place.display", "display.high-contrast")
	if len(h.looks) != 1 || h.looks[0].Palette != ui.HighContrast {
		t.Errorf("looks set: %+v, want high contrast", h.looks)
	}
}

// TestRun shows what the service says, until it is told to stop.
func TestRun(t *testing.T) {
	shown := make(chan struct{}, 8)
	h := live(t, uitest.Plain(), "leo", func(c *app.Config) {
		s := c.Control.(*service)
		c.Control = told{s, shown}
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- h.Run(ctx) }()
	<-shown
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !strings.Contains(uitest.Text(h.content()), "Leo") {
		t.Errorf("the household is not shown:\n%s", uitest.Text(h.content()))
	}
}

// told says when a watcher waits for the second status: the first is shown.
type told struct {
	*service
	shown chan struct{}
}

func (s told) Watch(ctx context.Context) iter.Seq2[filter.Status, error] {
	return func(yield func(filter.Status, error) bool) {
		yield(s.status, nil)
		s.shown <- struct{}{}
		<-ctx.Done()
	}
}
