package guardian_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/agreements"
	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// sitDown opens a home on s that shows a working filter.
func sitDown(t *testing.T, s *service, change ...func(*guardian.Config)) (*guardian.Home, fyne.Window) {
	t.Helper()
	var h *guardian.Home
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		c := config(s)
		for _, f := range change {
			f(&c)
		}
		h = guardian.NewHome(c, household)
		h.Show(working(), nil)
		return h.Content()
	})
	return h, w
}

// focus goes on by Tab until pick takes what has the focus.
func focus(t *testing.T, w fyne.Window, pick func(fyne.Focusable) bool) fyne.Focusable {
	t.Helper()
	for range 200 {
		w.Canvas().FocusNext()
		if f := w.Canvas().Focused(); f != nil && pick(f) {
			return f
		}
	}
	t.Fatal("Tab never gets there")
	return nil
}

func isSwitch(f fyne.Focusable) bool { _, ok := f.(*ui.Switch); return ok }

func TestLessonStartsByKeyboard(t *testing.T) {
	s := newService()
	_, w := sitDown(t, s)
	sw := focus(t, w, isSwitch).(*ui.Switch)
	test.Type(sw, " ")
	if len(s.changes) != 1 || !s.changes[0].On || s.changes[0].For != filter.DefaultLesson {
		t.Fatalf("the service was asked for %+v, want a lesson of an hour", s.changes)
	}
	if !sw.On() || sw.Pending() {
		t.Errorf("switch shows on=%v pending=%v, want what is so", sw.On(), sw.Pending())
	}
	if !strings.Contains(uitest.Text(w.Content()), "Until 13:00.") {
		t.Errorf("the end of the lesson is not shown:\n%s", uitest.Text(w.Content()))
	}
}

func TestLessonLength(t *testing.T) {
	s := newService()
	_, w := sitDown(t, s)
	seg := focus(t, w, func(f fyne.Focusable) bool { _, ok := f.(*ui.Segment); return ok })
	seg.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	test.Type(focus(t, w, isSwitch), " ")
	if len(s.changes) != 1 || s.changes[0].For.Minutes() != 90 {
		t.Errorf("asked for %+v, want 90 minutes", s.changes)
	}
}

// TestSwitchShowsTruth holds the answer back: meanwhile the switch must not
// claim that the lesson is on.
func TestSwitchShowsTruth(t *testing.T) {
	s := newService()
	var answer func()
	h, w := sitDown(t, s, func(c *guardian.Config) {
		c.Accepted = func(context.Context) ([]agreements.Acceptance, error) { return nil, nil }
		c.Do = func(work, done func()) { answer = func() { uitest.AtOnce(work, done) } }
	})
	sw := focus(t, w, isSwitch).(*ui.Switch)
	test.Type(sw, " ")
	if sw.On() || !sw.Pending() {
		t.Errorf("before the answer: on=%v pending=%v, want off and pending", sw.On(), sw.Pending())
	}
	test.AssertRendersToImage(t, "home-pending_light.png", w.Canvas())
	test.Type(sw, " ") // presses meanwhile ask for nothing
	answer()
	if len(s.changes) != 1 || !sw.On() || sw.Pending() {
		t.Errorf("after it: asked %d times, on=%v pending=%v", len(s.changes), sw.On(), sw.Pending())
	}
	off := working()
	h.Show(off, nil) // the service says that it ended
	if sw.On() {
		t.Error("the switch still shows a lesson that ended")
	}
}

func TestLessonThatFails(t *testing.T) {
	s := newService()
	s.err = filter.ErrTooLong
	_, w := sitDown(t, s)
	sw := focus(t, w, isSwitch).(*ui.Switch)
	test.Type(sw, " ")
	if sw.On() || sw.Pending() {
		t.Errorf("on=%v pending=%v after a refusal", sw.On(), sw.Pending())
	}
	if !strings.Contains(uitest.Text(w.Content()), ui.Text("error.too_long")) {
		t.Error("the refusal is not said")
	}
	test.AssertRendersToImage(t, "home-refused_light.png", w.Canvas())
}

// TestEndingAsksForPIN ends a lesson with the keyboard alone: a wrong PIN is
// said in place, the right one ends it.
func TestEndingAsksForPIN(t *testing.T) {
	s := newService()
	h, w := sitDown(t, s)
	on := working()
	on.Lesson = filter.Lesson{On: true}
	h.Show(on, nil)
	sw := focus(t, w, isSwitch).(*ui.Switch)
	test.Type(sw, " ")
	entry, ok := w.Canvas().Focused().(*ui.Entry)
	if !ok {
		t.Fatalf("the focus is on %T, want the PIN", w.Canvas().Focused())
	}
	test.Type(entry, "111222")
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	test.AssertRendersToImage(t, "pin-wrong_light.png", w.Canvas())
	if !sw.On() || len(s.changes) != 0 {
		t.Fatal("a wrong PIN ended the lesson")
	}
	test.Type(entry, s.pin)
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if sw.On() || len(s.changes) != 1 || s.changes[0].On {
		t.Errorf("on=%v changes=%+v, want the lesson ended", sw.On(), s.changes)
	}
	if n := len(w.Canvas().Overlays().List()); n != 0 {
		t.Errorf("%d dialogs are left", n)
	}
}

func TestPINCanBeLeft(t *testing.T) {
	s := newService()
	h, w := sitDown(t, s)
	on := working()
	on.Lesson = filter.Lesson{On: true}
	h.Show(on, nil)
	sw := focus(t, w, isSwitch).(*ui.Switch)
	test.Type(sw, " ")
	w.Canvas().Focused().(*ui.Entry).KeyDown(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(w.Canvas().Overlays().List()) != 0 || !sw.On() || sw.Pending() {
		t.Errorf("Escape left on=%v pending=%v and %d dialogs", sw.On(), sw.Pending(), len(w.Canvas().Overlays().List()))
	}
}

// TestPINLeftMeanwhile closes the question while the service looks at the PIN, as
// closing the window does: nothing is opened by it, and nothing written into it.
func TestPINLeftMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name, pin string
		asked     bool // the service had answered, and the screen had not heard
	}{
		{"right", "482915", false},
		{"right, answered", "482915", true},
		{"wrong, answered", "111222", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService()
			var hold bool
			var work, done func()
			h, w := sitDown(t, s, func(g *guardian.Config) {
				g.Do = func(first, then func()) {
					if work, done = first, then; !hold {
						uitest.AtOnce(first, then)
					}
				}
			})
			on := working()
			on.Lesson = filter.Lesson{On: true}
			h.Show(on, nil)
			sw := focus(t, w, isSwitch).(*ui.Switch)
			test.Type(sw, " ")
			entry := w.Canvas().Focused().(*ui.Entry)
			test.Type(entry, c.pin)
			hold = true
			entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			if c.asked {
				work()
			}
			entry.KeyDown(&fyne.KeyEvent{Name: fyne.KeyEscape})
			if !c.asked {
				work()
			}
			hold = false
			done()
			if !sw.On() || sw.Pending() || len(s.changes) != 0 {
				t.Errorf("on=%v pending=%v changes=%+v, want all as it was", sw.On(), sw.Pending(), s.changes)
			}
			if !c.asked && len(s.unlocks) != 0 {
				t.Error("the PIN was looked at after all")
			}
		})
	}
}

// TestHomeTellsNothingOfHelp has the words for help use in no state of the
// home.
func TestHomeTellsNothingOfHelp(t *testing.T) {
	s := newService()
	_, w := sitDown(t, s)
	for _, word := range []string{"report was", "reported", "asked for help", "Childline", "CEOP", "messages sent"} {
		if strings.Contains(uitest.Text(w.Content()), word) {
			t.Errorf("the guardian's home says %q", word)
		}
	}
}

func TestPINPictures(t *testing.T) {
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			s := newService()
			var h *guardian.Home
			w := uitest.Open(t, l, func(*testing.T) fyne.CanvasObject {
				h = guardian.NewHome(config(s), household)
				on := working()
				on.Lesson = filter.Lesson{On: true}
				h.Show(on, nil)
				return h.Content()
			})
			test.Type(focus(t, w, isSwitch), " ")
			test.AssertRendersToImage(t, "pin_"+l.Name+".png", w.Canvas())
		})
	}
}

func TestLevels(t *testing.T) {
	s := newService()
	var l *guardian.Levels
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		l = guardian.NewLevels(config(s), func() {})
		return l.Content()
	})
	uitest.Press(t, w.Content(), "level.under-11", "levels.save")
	entry, ok := w.Canvas().Focused().(*ui.Entry)
	if !ok {
		t.Fatal("saving did not ask for the PIN")
	}
	test.Type(entry, s.pin)
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if s.policy.Level != filter.Under11.Level() {
		t.Errorf("saved %+v, want the level for under 11", s.policy.Level)
	}
	if !strings.Contains(uitest.Text(w.Content()), ui.Text("levels.saved")) {
		t.Error("that it is saved is not said")
	}
}

func TestLevelsPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
	}{{"levels", nil}, {"levels-own", []string{"level.own"}}} {
		uitest.Pictures(t, c.name, uitest.Looks(), func(t *testing.T) fyne.CanvasObject {
			s := newService()
			l := guardian.NewLevels(config(s), func() {})
			uitest.Press(t, l.Content(), c.keys...)
			return l.Content()
		})
	}
	for _, look := range uitest.Looks() { // below the fold
		t.Run("levels-in-lessons/"+look.Name, func(t *testing.T) {
			s := newService()
			s.policy.Hook = filter.HookInLessons
			w := openLevels(t, look, s)
			focus(t, w, segment("weekly.day")) // further down than the warning
			uitest.Compare(t, "levels-in-lessons", look, w)
		})
	}
}

// TestOnlyInLessons chooses by keyboard when the filter is on, reads what that
// means, and saves it.
func TestOnlyInLessons(t *testing.T) {
	s := newService()
	s.locked = false
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		return guardian.NewLevels(config(s), func() {}).Content()
	})
	warned := func() bool { return strings.Contains(uitest.Text(w.Content()), ui.Text("levels.when_warning")) }
	if warned() {
		t.Error("warned of what is not chosen")
	}
	seg := focus(t, w, segment("levels.when"))
	seg.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if !warned() {
		t.Errorf("what it means is not said:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "levels.save")
	if s.policy.Hook != filter.HookInLessons {
		t.Errorf("saved %q, want %q", s.policy.Hook, filter.HookInLessons)
	}
}

// TestNoticesFollow: the notices are read again when the service says that there
// is something new, and not else.
func TestNoticesFollow(t *testing.T) {
	s := newService()
	h, w := sitDown(t, s)
	title := ui.Text("notice.title")
	if strings.Contains(uitest.Text(w.Content()), title) {
		t.Error("a list of nothing is shown")
	}
	s.notices = happened()[1:2]
	h.Show(working(), nil)
	if strings.Contains(uitest.Text(w.Content()), title) {
		t.Error("the notices were read though nothing was said to be new")
	}
	noted := working()
	noted.Noticed = uitest.Noon()
	h.Show(noted, nil)
	if got := uitest.Text(w.Content()); !strings.Contains(got, title) || !strings.Contains(got, ui.Text("notice.kind.tunnel")) {
		t.Errorf("the notice is not shown:\n%s", got)
	}
	h.Show(filter.Status{}, filter.ErrNotRunning)
	if strings.Contains(uitest.Text(w.Content()), title) {
		t.Error("notices of a service that does not run are shown as if it did")
	}
}

// TestAgreementsUnreadable has the reason on the page, not an empty list.
func TestAgreementsUnreadable(t *testing.T) {
	_, w := sitDown(t, newService(), func(c *guardian.Config) {
		c.Accepted = func(context.Context) ([]agreements.Acceptance, error) { return nil, errors.New("ledger is damaged") }
	})
	if !strings.Contains(uitest.Text(w.Content()), "Ledger is damaged.") {
		t.Error("the guardian is not told that the agreements cannot be read")
	}
}
