package onboarding_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/agreements"
	"lessonguard/app/onboarding"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// start opens a wizard in a window.
func start(t *testing.T, change ...func(*onboarding.Config)) (*family, fyne.Window) {
	t.Helper()
	var f *family
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		f = newFamily(change...)
		return f.wizard.Content()
	})
	return f, w
}

func (f *family) text() string { return uitest.Text(f.wizard.Content()) }

func (f *family) press(t *testing.T, keys ...string) {
	t.Helper()
	uitest.Press(t, f.wizard.Content(), keys...)
}

// shows has every one of the words in what can be read.
func (f *family) shows(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(f.text(), w) {
			t.Errorf("%q is not shown in:\n%s", w, f.text())
		}
	}
}

func TestFamily(t *testing.T) {
	f, _ := start(t)
	toPIN(t, f)
	if len(f.service.told) != 0 {
		t.Fatalf("before the last question something was saved: %q", f.service.told)
	}
	f.lock(t, "482915", "482915")
	if want := []string{"pin", "unlock", "household", "policy", "accept", "accept"}; !slices.Equal(f.service.told, want) {
		t.Fatalf("the service was told %q, want %q", f.service.told, want)
	}
	h := f.service.household
	if h.Provider.ID != "kst" || h.Provider.Route != nil || !slices.Equal(h.Guardians, []string{"priya"}) || len(h.Learners) != 1 {
		t.Errorf("household %+v", h)
	}
	if l := h.Learners[0]; l.ID != "a1b2c3d4" || l.Name != "Leo" || l.Audience != "learner-ks2" || !slices.Equal(l.Accounts, []string{"leo"}) || l.Adult {
		t.Errorf("learner %+v", l)
	}
	if p := f.service.policy; p.Level != filter.Under11.Level() || !slices.Equal(p.Bundles, []string{"zoom"}) || len(p.LessonNames) != 1 || p.Check() != nil {
		t.Errorf("policy %+v", p)
	}
	for i, want := range []agreements.Acceptance{
		{Agreement: "kst-guardian", Name: "Priya Shah", Audience: agreements.Guardian, Digest: texts[0].Digest()},
		{Agreement: "kst-learner-ks2", Name: "Leo", Audience: agreements.LearnerKS2, Digest: texts[2].Digest(), Learner: "a1b2c3d4"},
	} {
		got := f.accepted[i]
		if !slices.Equal(got.Clauses, texts[i*2].Clauses()) || !got.At.Equal(uitest.Noon()) || got.App != "0.1.0" || got.Version != 2 || got.Language != "en" {
			t.Errorf("acceptance %d: %+v", i, got)
		}
		got.Clauses, got.At, got.App, got.Version, got.Language = nil, want.At, "", 0, ""
		if got.Agreement != want.Agreement || got.Name != want.Name || got.Audience != want.Audience || got.Digest != want.Digest || got.Learner != want.Learner || got.TalkedBy != "" {
			t.Errorf("acceptance %d: %+v, want %+v", i, got, want)
		}
	}
	if len(f.enrolled) != 0 {
		t.Error("it enrolled with a provider that has no platform")
	}
	f.shows(t, ui.Text("done.title"), "1,482,113")
	f.press(t, "Ask about bet365.com")
	f.shows(t, "bet365.com is closed: gambling.")
	f.press(t, "done.finish")
	if !f.finished {
		t.Error("the wizard does not end")
	}
}

// TestYoungestSignNothing records that the text was talked through, by whom.
func TestYoungestSignNothing(t *testing.T) {
	f, _ := start(t)
	f.choose(t)
	f.agree(t)
	f.name(t, "audience.learner-ks1")
	f.shows(t, "Leo", ui.Text("consent.together_line"))
	f.press(t, "A grown-up is near me.", "consent.talked")
	f.shows(t, ui.Text("consent.untalked", "Count", 1))
	f.press(t, "I am kind.", "consent.talked", "ui.next")
	f.lock(t, "482915", "482915")
	if got := f.accepted[1]; got.Name != "Leo" || got.TalkedBy != "Priya Shah" || got.Audience != agreements.LearnerKS1 {
		t.Errorf("kept %+v", got)
	}
}

// TestLearnerMaySayNo goes on without an acceptance, and says so at the end.
func TestLearnerMaySayNo(t *testing.T) {
	f, _ := start(t)
	f.choose(t)
	f.agree(t)
	f.name(t, "audience.learner-ks2")
	f.press(t, "consent.without", "ui.next")
	f.lock(t, "482915", "482915")
	if len(f.accepted) != 1 || f.accepted[0].Audience != agreements.Guardian {
		t.Errorf("kept %+v, want the guardian's alone", f.accepted)
	}
	f.shows(t, ui.Text("done.not_agreed"))
}

// TestFailuresAreTriedAgain lets each part of saving fail once: the failure is
// said in place, and trying again does nothing twice.
func TestFailuresAreTriedAgain(t *testing.T) {
	for part, said := range map[string]string{
		"pin": "save.pin", "household": "save.household", "policy": "save.policy", "accept": "save.agreement",
	} {
		t.Run(part, func(t *testing.T) {
			f, _ := start(t)
			toPIN(t, f)
			f.service.fail = part
			f.lock(t, "482915", "482915")
			f.shows(t, ui.Text(said), "The disk is full.")
			f.press(t, "pin.save")
			f.shows(t, ui.Text("done.title"))
			for _, what := range []string{"pin", "household", "policy"} {
				if n := count(f.service.told, what); n != 1 {
					t.Errorf("%s was saved %d times", what, n)
				}
			}
			if n := count(f.service.told, "accept"); n != 2 {
				t.Errorf("%d acceptances were kept, want 2", n)
			}
		})
	}
}

// TestChangedAfterAFailure goes back after a part was saved and names another
// learner: that one is saved, and what the guardian agreed to is not kept twice.
func TestChangedAfterAFailure(t *testing.T) {
	f, _ := start(t)
	toPIN(t, f)
	f.service.fail = "policy"
	f.lock(t, "482915", "482915")
	f.service.locked = true // the session has ended
	for range 3 {
		f.press(t, "ui.back")
	}
	uitest.Write(t, f.wizard.Content(), 0, "Mia")
	f.press(t, "ui.next", "agreement.agree", "ui.next")
	uitest.Write(t, f.wizard.Content(), 0, "482915")
	f.press(t, "pin.save")
	f.shows(t, ui.Text("done.title"))
	if l := f.service.household.Learners; len(l) != 1 || l[0].Name != "Mia" {
		t.Errorf("learners %+v, want Mia", l)
	}
	accepts := 0
	for _, a := range f.accepted {
		if a.Audience == agreements.Guardian {
			accepts++
		}
	}
	if accepts != 1 {
		t.Errorf("the guardian's acceptance was kept %d times", accepts)
	}
}

// TestBusy has Back and Save do nothing while the answers are being saved.
func TestBusy(t *testing.T) {
	var finish []func()
	hold := false
	f, _ := start(t, func(c *onboarding.Config) {
		c.Do = func(work, done func()) {
			if hold {
				finish = append(finish, func() { uitest.AtOnce(work, done) })
				return
			}
			uitest.AtOnce(work, done)
		}
	})
	toPIN(t, f)
	hold = true
	f.lock(t, "482915", "482915")
	f.press(t, "ui.back", "pin.save")
	f.shows(t, ui.Text("pin.saving"))
	if len(finish) != 1 {
		t.Fatalf("saving was begun %d times", len(finish))
	}
	hold = false
	finish[0]()
	f.shows(t, ui.Text("done.title"))
}

func count(list []string, x string) (n int) {
	for _, y := range list {
		if x == y {
			n++
		}
	}
	return n
}

func TestEnrolmentFails(t *testing.T) {
	broken := true
	f, _ := start(t, func(c *onboarding.Config) {
		enrol := c.Enrol
		c.Enrol = func(ctx context.Context, p agreements.Profile) (filter.Provider, error) {
			if broken {
				return filter.Provider{}, errors.New("the platform does not answer")
			}
			return enrol(ctx, p)
		}
	})
	f.press(t, "Practice provider", "ui.next")
	f.agree(t)
	f.name(t, "audience.learner-ks2")
	f.sign(t)
	f.press(t, "ui.next")
	f.lock(t, "482915", "482915")
	f.shows(t, "the platform does not answer")
	broken = false
	f.press(t, "pin.save")
	if r := f.service.household.Provider.Route; r == nil || r.URL != "http://127.0.0.1:8710" || !f.service.household.Provider.Practice {
		t.Errorf("household %+v", f.service.household)
	}
}

// TestBackKeepsEverything goes back to the start and on again by Next alone.
func TestBackKeepsEverything(t *testing.T) {
	f, _ := start(t)
	toPIN(t, f)
	uitest.Write(t, f.wizard.Content(), 0, "482915")
	for range 5 {
		f.press(t, "ui.back")
	}
	f.shows(t, ui.Text("welcome.title"))
	f.press(t, "ui.next", "agreement.agree", "ui.next", "agreement.agree", "ui.next")
	uitest.Write(t, f.wizard.Content(), 1, "482915")
	f.press(t, "pin.save")
	f.shows(t, ui.Text("done.title"))
	if f.accepted[0].Name != "Priya Shah" || f.service.household.Learners[0].Accounts[0] != "leo" {
		t.Errorf("%+v %+v", f.accepted[0], f.service.household)
	}
}

// TestTicksAreOfOneText forgets ticks when the provider, and so the text, is
// another; the name stays.
func TestTicksAreOfOneText(t *testing.T) {
	f, _ := start(t)
	f.choose(t)
	f.agree(t)
	f.press(t, "ui.back", "ui.back", "Practice provider", "ui.next", "agreement.agree")
	f.shows(t, "Practice: your agreement", ui.Text("agreement.unticked", "Count", 4), "Priya Shah")
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*testing.T, *family)
		want string
	}{
		{"no provider", func(t *testing.T, f *family) { f.press(t, "ui.next") }, "provider.missing"},
		{"no name", func(t *testing.T, f *family) {
			f.choose(t)
			tickAll(t, f.wizard.Content(), texts[0].Clauses())
			uitest.Write(t, f.wizard.Content(), 0, "   ")
			f.press(t, "agreement.agree")
		}, "agreement.no_name"},
		{"no learner", func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			f.press(t, "audience.learner-ks2", "ui.next")
		}, "learner.no_name"},
		{"no stage", func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			uitest.Write(t, f.wizard.Content(), 0, "Leo")
			f.press(t, "ui.next")
		}, "learner.no_age"},
		{"PIN empty", func(t *testing.T, f *family) { toPIN(t, f); f.lock(t, "", "") }, "pin.empty"},
		{"PIN letters", func(t *testing.T, f *family) { toPIN(t, f); f.lock(t, "48291a", "48291a") }, "pin.digits"},
		{"PIN in a row", func(t *testing.T, f *family) { toPIN(t, f); f.lock(t, "456789", "456789") }, "pin.easy"},
		{"PIN down a row", func(t *testing.T, f *family) { toPIN(t, f); f.lock(t, "987654", "987654") }, "pin.easy"},
		{"PIN one digit", func(t *testing.T, f *family) { toPIN(t, f); f.lock(t, "7777777", "7777777") }, "pin.easy"},
		{"PINs differ", func(t *testing.T, f *family) { toPIN(t, f); f.lock(t, "482915", "482951") }, "pin.differ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _ := start(t)
			c.do(t, f)
			f.shows(t, ui.Text(c.want))
			if len(f.service.told) != 0 {
				t.Errorf("the service was told %q", f.service.told)
			}
		})
	}
}

// TestPINThatIsThere asks for the PIN of a PC that has one.
func TestPINThatIsThere(t *testing.T) {
	f, _ := start(t, func(c *onboarding.Config) { c.HasPIN = true })
	f.service.pin = "482915"
	toPIN(t, f)
	o := f.wizard.Content()
	uitest.Write(t, o, 0, "482916")
	f.press(t, "pin.save")
	f.shows(t, ui.Text("pin.wrong"))
	uitest.Write(t, o, 0, "482915")
	f.press(t, "pin.save")
	f.shows(t, ui.Text("done.title"))
	if count(f.service.told, "pin") != 0 {
		t.Error("the PIN was set again")
	}
}

// TestNotTheOwner says what to do where this account may not set the first PIN.
func TestNotTheOwner(t *testing.T) {
	f, _ := start(t, func(c *onboarding.Config) { c.Claim = func() string { return "" } })
	toPIN(t, f)
	f.lock(t, "482915", "482915")
	f.shows(t, ui.Text("save.forbidden"))
}

// TestByKeyboard goes through the whole wizard with Tab, Space and letters.
func TestByKeyboard(t *testing.T) {
	f, w := start(t)
	tab := func(words string) fyne.Focusable {
		t.Helper()
		for range 100 {
			w.Canvas().FocusNext()
			if o, ok := w.Canvas().Focused().(fyne.CanvasObject); ok && uitest.Find(o, words) != nil {
				return w.Canvas().Focused()
			}
		}
		t.Fatalf("Tab never gets to %q on:\n%s", words, f.text())
		return nil
	}
	field := func() fyne.Focusable {
		t.Helper()
		for range 100 {
			w.Canvas().FocusNext()
			if e, ok := w.Canvas().Focused().(*ui.Entry); ok {
				return e
			}
		}
		t.Fatal("Tab never gets to a field")
		return nil
	}
	push := func(words ...string) {
		t.Helper()
		for _, x := range words {
			test.Type(tab(x), " ")
		}
	}
	push("Key Stage Tutoring", "Next")
	push(texts[0].Clauses()...)
	test.Type(field(), "Priya Shah")
	push("I agree")
	test.Type(field(), "Leo")
	push("Key Stage 2", "leo", "Next")
	push(texts[2].Clauses()...)
	push("I agree", "11 to 15", "Next")
	test.Type(field(), "482915")
	test.Type(field(), "482915")
	push("Save and finish", "Finish")
	if !f.finished || f.service.policy.Level != filter.DefaultLevel() {
		t.Errorf("finished %v with %+v", f.finished, f.service.policy.Level)
	}
	push("Help") // from wherever one is
	if f.helped != 1 {
		t.Errorf("help was opened %d times", f.helped)
	}
}

// TestOwnLevels changes a kind of site by keyboard.
func TestOwnLevels(t *testing.T) {
	f, w := start(t)
	f.choose(t)
	f.agree(t)
	f.name(t, "audience.learner-ks3-4")
	f.press(t, "ui.next") // there is no text for this stage
	f.press(t, "level.own")
	for {
		w.Canvas().FocusNext()
		if s, ok := w.Canvas().Focused().(*ui.Segment); ok && strings.HasPrefix(s.AccessibilityLabel(), ui.Text("category.games")) {
			s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight}) // from "In lessons" to "Open"
			break
		}
	}
	f.press(t, "ui.next")
	f.lock(t, "482915", "482915")
	want := filter.DefaultLevel()
	want.ClosedInLessons &^= filter.CategoriesOf(filter.Games)
	if f.service.policy.Level != want {
		t.Errorf("saved %+v, want games open", f.service.policy.Level)
	}
}
