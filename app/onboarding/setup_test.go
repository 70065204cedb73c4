package onboarding_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/onboarding"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
)

// without is a wizard that has no claim, and elevates to get one.
func without(e ui.Elevation) func(*onboarding.Config) {
	return func(c *onboarding.Config) {
		c.Claim = func() string { return "" }
		c.SetUp = e
	}
}

// TestClaimIsAskedFor has an administrator asked once, for the first PIN.
func TestClaimIsAskedFor(t *testing.T) {
	asked := 0
	f, _ := start(t, without(func(context.Context, func(string)) (string, error) {
		asked++
		return "claim", nil
	}))
	toPIN(t, f)
	f.shows(t, ui.Text("pin.password"))
	f.lock(t, "482915", "482915")
	f.shows(t, ui.Text("done.title"))
	if asked != 1 || f.service.pin != "482915" {
		t.Errorf("asked %d times, PIN %q", asked, f.service.pin)
	}
}

// TestElevationFails says in place why, and the next try is a new one.
func TestElevationFails(t *testing.T) {
	refused := errors.New(ui.Text("setup.cancelled"))
	f, _ := start(t, without(func(context.Context, func(string)) (string, error) {
		if refused != nil {
			return "", refused
		}
		return "claim", nil
	}))
	toPIN(t, f)
	f.lock(t, "482915", "482915")
	f.shows(t, ui.Text("save.pin"), ui.Text("setup.cancelled"))
	refused = nil
	f.press(t, "pin.save")
	f.shows(t, ui.Text("done.title"))
}

// TestPINSetElsewhere has an administrator set the PIN in a terminal, which the
// screen told them to, while the wizard waits.
func TestPINSetElsewhere(t *testing.T) {
	f, _ := start(t, without(func(context.Context, func(string)) (string, error) {
		return "", errors.New(ui.Text("setup.no_way", "Command", "sudo lessonguardd pin set"))
	}))
	toPIN(t, f)
	f.lock(t, "482915", "482915")
	f.shows(t, "sudo lessonguardd pin set")
	f.service.pin, f.service.locked = "482915", true
	f.press(t, "pin.save")
	f.shows(t, ui.Text("done.title"))
	if slices.Contains(f.service.told, "pin") {
		t.Error("the PIN was set again")
	}
}

// servicePage opens the page that sets the filter up.
func servicePage(t *testing.T, l uitest.Look, e ui.Elevation, done func(string)) (*onboarding.Service, fyne.Window) {
	t.Helper()
	var s *onboarding.Service
	w := uitest.Open(t, l, func(*testing.T) fyne.CanvasObject {
		s = onboarding.NewService(e, uitest.AtOnce, done, func() {})
		return s.Content()
	})
	return s, w
}

func TestServicePage(t *testing.T) {
	var steps []string
	claim, refused := "", errors.New("the disk is full")
	elevate := func(_ context.Context, step func(string)) (string, error) {
		for _, word := range []string{"prepare", "start", "wait"} {
			step(word)
			steps = append(steps, word)
		}
		return "claim", refused
	}
	s, w := servicePage(t, uitest.Plain(), elevate, func(c string) { claim = c })
	uitest.Press(t, w.Content(), "setup.button")
	if got := uitest.Text(s.Content()); claim != "" || s.Busy() || !strings.Contains(got, "The disk is full.") {
		t.Errorf("after a failure: claim %q, busy %v:\n%s", claim, s.Busy(), got)
	}
	test.AssertRendersToImage(t, "service-failed_light.png", w.Canvas())
	refused = nil
	uitest.Press(t, w.Content(), "setup.button")
	if claim != "claim" || len(steps) != 6 {
		t.Errorf("claim %q after steps %q", claim, steps)
	}
}

func TestServicePictures(t *testing.T) {
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			_, w := servicePage(t, l, nil, nil)
			uitest.Compare(t, "service", l, w)
		})
	}
	t.Run("asked", func(t *testing.T) {
		var s *onboarding.Service
		w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
			s = onboarding.NewService(nil, func(_, _ func()) {}, nil, func() {}) // the answer never comes
			return s.Content()
		})
		uitest.Press(t, w.Content(), "setup.button")
		uitest.Press(t, w.Content(), "setup.button") // asks no second time
		if !s.Busy() {
			t.Error("it is not busy while the system asks")
		}
		test.AssertRendersToImage(t, "service-asked_light.png", w.Canvas())
	})
}
