package guardian_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// TestFilterCanBeSetUp offers it while the filter does not run, and says why it
// failed.
func TestFilterCanBeSetUp(t *testing.T) {
	asked := 0
	s := newService()
	h, w := sitDown(t, s, func(c *guardian.Config) {
		c.SetUp = func(context.Context, func(string)) (string, error) {
			asked++
			return "", errors.New(ui.Text("setup.cancelled"))
		}
	})
	if uitest.Find(w.Content(), ui.Text("setup.button")) != nil {
		t.Error("a filter that runs is offered to be set up")
	}
	h.Show(filter.Status{}, filter.ErrNotRunning)
	uitest.Press(t, w.Content(), "setup.button")
	if !strings.Contains(uitest.Text(w.Content()), ui.Text("setup.cancelled")) || asked != 1 {
		t.Errorf("asked %d times, and shown:\n%s", asked, uitest.Text(w.Content()))
	}
	h.Show(working(), nil)
	if uitest.Find(w.Content(), ui.Text("setup.button")) != nil {
		t.Error("a filter that runs is offered to be set up")
	}
}

func TestSetUpPictures(t *testing.T) {
	uitest.Pictures(t, "home-set-up", uitest.Looks(), func(*testing.T) fyne.CanvasObject {
		c := config(nil)
		c.SetUp = func(context.Context, func(string)) (string, error) { return "", nil }
		h := guardian.NewHome(c, household)
		h.Show(filter.Status{}, filter.ErrNotRunning)
		return h.Content()
	})
}
