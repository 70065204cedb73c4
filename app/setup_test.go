package app_test

import (
	"context"
	"strings"
	"testing"

	"lessonguard/app"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// TestFreshPC offers to set the filter up where nothing is known of a family, has
// help one press away meanwhile, and goes on to the wizard when the filter is there.
func TestFreshPC(t *testing.T) {
	h := live(t, uitest.Plain(), "priya", func(c *app.Config) {
		c.SetUp = func(context.Context, func(string)) (string, error) { return "claim", nil }
	})
	h.Show(filter.Status{}, filter.ErrNotRunning, filter.Household{}, filter.ErrNotRunning)
	if !strings.Contains(uitest.Text(h.content()), ui.Text("setup.title")) {
		t.Fatalf("a fresh PC shows:\n%s", uitest.Text(h.content()))
	}
	uitest.Press(t, h.content(), "setup.learner")
	if !strings.Contains(uitest.Text(h.content()), "0800 1111") && !strings.Contains(uitest.Text(h.content()), ui.Text("place.help")) {
		t.Errorf("help shows:\n%s", uitest.Text(h.content()))
	}
	h.ShowHome()
	uitest.Press(t, h.content(), "setup.button")
	h.Show(working(), nil, filter.Household{}, nil)
	if all := uitest.Text(h.content()); strings.Contains(all, ui.Text("setup.title")) || !strings.Contains(all, ui.Text("welcome.title")) {
		t.Errorf("once the filter runs:\n%s", all)
	}
}

// TestSetUpIsForFreshPCs offers it neither to a learner of a family that is set
// up, nor where nothing can set it up.
func TestSetUpIsForFreshPCs(t *testing.T) {
	can := func(c *app.Config) {
		c.SetUp = func(context.Context, func(string)) (string, error) { return "", nil }
	}
	known := live(t, uitest.Plain(), "leo", can)
	known.Show(filter.Status{PINSet: true}, filter.ErrNotRunning, family, nil) // as remembered
	trial := live(t, uitest.Plain(), "priya")
	trial.Show(filter.Status{}, filter.ErrNotRunning, filter.Household{}, filter.ErrNotRunning)
	for name, h := range map[string]*house{"a family that is known": known, "a trial": trial} {
		if strings.Contains(uitest.Text(h.content()), ui.Text("setup.title")) {
			t.Errorf("%s is offered to set the filter up", name)
		}
	}
}
