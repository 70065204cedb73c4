package guardian

import (
	"context"
	"errors"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// ask asks for the PIN and calls on once the service has taken it, else
// cancelled. Enter in the field is as good as the button.
func (g *gate) ask(on, cancelled func()) {
	if g.dialog != nil && g.dialog.Open() {
		return
	}
	var field *ui.Field
	var busy, done bool
	submit := func() {
		if busy {
			return
		}
		busy = true
		var err error
		pin := field.Text()
		g.config.Do(
			func() { _, err = g.config.Control.Unlock(context.Background(), pin) },
			func() {
				busy = false
				if err == nil {
					done = true
					g.dialog.Close()
					on()
					return
				}
				field.Entry.SetText("")
				field.Fail(pinSentence(err))
				g.dialog.Refresh()
			},
		)
	}
	field = ui.NewField(ui.FieldConfig{Label: ui.Text("pin.field"), Secret: true, Most: 12, Entered: submit})
	g.dialog = ui.ShowDialog(g.config.Canvas(),
		func() {
			if !done {
				cancelled()
			}
		},
		ui.Title(ui.Text("pin.ask")),
		ui.Soft(ui.Text("pin.ask_line")),
		field.Object(),
		ui.Flow(10, ui.Primary(ui.Text("pin.unlock"), submit), ui.Secondary(ui.Text("ui.cancel"), func() { g.dialog.Close() })),
	)
	g.config.Canvas().Focus(field.Entry)
}

func pinSentence(err error) string {
	switch {
	case errors.Is(err, filter.ErrWrongPIN):
		return ui.Text("pin.wrong")
	case errors.Is(err, filter.ErrLockedOut):
		return ui.Text("pin.locked")
	case errors.Is(err, filter.ErrNoPIN):
		return ui.Text("pin.none")
	}
	return sentence(err)
}
