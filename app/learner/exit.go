package learner

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lessonguard/app/ui"
)

// Shift pressed exitPresses times within exitTime leaves, as on "Exit this
// page" of GOV.UK. Any other key in between starts the count again, so that
// nobody who writes in capitals loses their words.
const (
	exitPresses = 3
	exitTime    = 5 * time.Second
)

// KeyDown counts the presses of Shift. Give it the keys that go down while
// nothing has the focus; those of the widgets on the page come by themselves.
func (h *Help) KeyDown(k *fyne.KeyEvent) {
	if k.Name != desktop.KeyShiftLeft && k.Name != desktop.KeyShiftRight {
		h.shifts = nil
		return
	}
	now := h.config.Now()
	h.shifts = append(h.shifts, now)
	if len(h.shifts) > exitPresses {
		h.shifts = h.shifts[1:]
	}
	if len(h.shifts) == exitPresses && now.Sub(h.shifts[0]) <= exitTime {
		h.Exit()
	}
}

// Exit blanks the page, empties the forms, and then takes the window away.
func (h *Help) Exit() {
	ui.Fill(h.box)
	h.forget()
	h.config.Exit()
}

// bar holds the way back and the way out.
func (h *Help) bar(back func()) fyne.CanvasObject {
	var left fyne.CanvasObject
	if back != nil {
		left = ui.Link(ui.Text("ui.back"), back).Icon(ui.IconLeft)
	}
	out := ui.Danger(ui.Text("help.exit"), h.Exit).Icon(ui.IconExit)
	return ui.Strip(left, ui.Small(ui.Text("help.exit_keys")).Trailing(), out)
}
