package guardian_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// TestForgottenPIN: a family that forgot its PIN, or has none, is told the way.
func TestForgottenPIN(t *testing.T) {
	h, w := sitDown(t, newService())
	on := working()
	on.Lesson = filter.Lesson{On: true}
	h.Show(on, nil)
	test.Type(focus(t, w, isSwitch), " ")
	dialog := uitest.Text(container.NewStack(w.Canvas().Overlays().List()...))
	for _, want := range []string{ui.Text("pin.forgotten"), "pin set"} {
		if !strings.Contains(dialog, want) {
			t.Errorf("the question for the PIN does not say %q:\n%s", want, dialog)
		}
	}
	none := working()
	none.PINSet = false
	h.Show(none, nil)
	if all := uitest.Text(w.Content()); !strings.Contains(all, ui.Text("filter.no_pin_line")+" ") || !strings.Contains(all, "pin set") {
		t.Errorf("without a PIN no way to one is shown:\n%s", all)
	}
}
