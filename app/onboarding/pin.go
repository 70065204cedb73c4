package onboarding

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

const minPIN, maxPIN = 6, 12

// pin asks for the guardian's PIN and saves everything under it.
func (w *Wizard) pin() step {
	d := &w.draft
	wrong := ui.NewComplaint()
	first := ui.NewField(ui.FieldConfig{
		Label: ui.Text("pin.first"), Hint: ui.Text("pin.hint"), Value: d.pin[0], Secret: true, Most: maxPIN,
		Changed: func(s string) { d.pin[0] = s },
	})
	second := ui.NewField(ui.FieldConfig{
		Label: ui.Text("pin.second"), Value: d.pin[1], Secret: true, Most: maxPIN,
		Changed: func(s string) { d.pin[1] = s },
	})
	fields := ui.Column(16, first.Object(), second.Object())
	title, line := ui.Text("pin.title"), ui.Text("pin.line")
	if w.config.HasPIN {
		title, line = ui.Text("pin.have_title"), ui.Text("pin.have_line")
		fields = ui.Column(16, first.Object())
	}
	keep := []fyne.CanvasObject{ui.Body(ui.Text("pin.keep")), ui.Body(ui.Text("pin.forget"))}
	if w.needsClaim() {
		keep = append(keep, ui.Body(ui.Text("pin.password")))
	}
	page := ui.Page(
		ui.Header(title, line),
		ui.Narrow(360, fields),
		wrong.Object(),
		ui.Note(ui.Bluish, ui.IconLock, keep...),
	)
	return step{page: page, label: ui.Text("pin.save"), next: func(on func()) {
		wrong.Clear()
		first.Fail(badPIN(d.pin[0]))
		second.Fail("")
		switch {
		case first.Failure() != "":
			w.failed(first.Entry)
			return
		case !w.config.HasPIN && d.pin[0] != d.pin[1]:
			second.Fail(ui.Text("pin.differ"))
			w.failed(second.Entry)
			return
		}
		w.saving(first, wrong, on)
	}}
}

// badPIN says what is wrong with a PIN, in a sentence; empty: nothing that can
// be seen from here.
func badPIN(pin string) string {
	switch {
	case pin == "":
		return ui.Text("pin.empty")
	case strings.Trim(pin, "0123456789") != "":
		return ui.Text("pin.digits")
	case len(pin) < minPIN:
		return ui.Text("pin.short", "Have", len(pin))
	case easy(pin):
		return ui.Text("pin.easy")
	}
	return ""
}

// easy reports whether pin is one digit over and over, or digits in a row.
func easy(pin string) bool {
	for _, step := range []int{0, 1, -1} {
		all := true
		for i := 1; i < len(pin); i++ {
			all = all && int(pin[i])-int(pin[i-1]) == step
		}
		if all {
			return true
		}
	}
	return false
}

// needsClaim reports whether the system will ask for an administrator's password
// when the PIN is saved.
func (w *Wizard) needsClaim() bool {
	return w.config.SetUp != nil && !w.config.HasPIN && w.firstClaim() == ""
}

// saving saves everything, and says where it stopped.
func (w *Wizard) saving(first *ui.Field, wrong *ui.Complaint, on func()) {
	busy := ui.Note(ui.Bluish, ui.IconClock, ui.Body(ui.Text("pin.saving")))
	if w.saved.busy {
		return
	}
	w.saved.busy = true
	w.elevating = func(word string) {
		wrong.Put(ui.Elevating(word))
		w.box.Refresh()
	}
	wrong.Put(busy)
	w.box.Refresh()
	var err error
	w.config.Do(
		func() { err = w.save(context.Background()) },
		func() {
			w.saved.busy = false
			wrong.Clear()
			var at fyne.Focusable = first.Entry
			switch {
			case err == nil:
				w.draft.pin = [2]string{}
				on()
				return
			case errors.Is(err, filter.ErrWrongPIN):
				first.Fail(ui.Text("pin.wrong"))
			case errors.Is(err, filter.ErrLockedOut):
				first.Fail(ui.Text("pin.locked"))
			case errors.Is(err, filter.ErrBadPIN):
				first.Fail(ui.Text("pin.easy"))
			default:
				wrong.Say(explain(err))
			}
			w.failed(at)
		},
	)
}
