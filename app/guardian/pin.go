package guardian

import (
	"context"
	"errors"
	"runtime"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// ask asks for the PIN and calls on once the service has taken it, else
// cancelled. Enter in the field is as good as the button. Whoever closes the
// question while the service looks at the PIN has unlocked nothing.
func (g *gate) ask(on, cancelled func()) {
	if g.dialog != nil && g.dialog.Open() {
		return
	}
	var field *ui.Field
	var dialog *ui.Dialog
	var busy, done bool
	ctx, stop := context.WithCancel(context.Background())
	submit := func() {
		if busy {
			return
		}
		busy = true
		var err error
		pin := field.Text()
		g.config.Do(
			func() { _, err = g.config.Control.Unlock(ctx, pin) },
			func() {
				busy = false
				if !dialog.Open() {
					return
				}
				if err == nil {
					done = true
					dialog.Close()
					on()
					return
				}
				field.Entry.SetText("")
				field.Fail(pinSentence(err))
				dialog.Refresh()
			},
		)
	}
	field = ui.NewField(ui.FieldConfig{Label: ui.Text("pin.field"), Secret: true, Most: 12, Entered: submit})
	dialog = ui.ShowDialog(g.config.Canvas(),
		func() {
			stop()
			if !done {
				cancelled()
			}
		},
		ui.Title(ui.Text("pin.ask")),
		ui.Soft(ui.Text("pin.ask_line")),
		field.Object(),
		ui.Small(ui.Text("pin.forgotten")+" "+pinCommand()),
		ui.Flow(10, ui.Primary(ui.Text("pin.unlock"), submit), ui.Secondary(ui.Text("ui.cancel"), func() { dialog.Close() })),
	)
	g.dialog = dialog
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

// pinCommand says how an administrator sets a PIN, the first one or in the place of
// one that is forgotten: see lessonguardd pin set.
func pinCommand() string {
	if runtime.GOOS == "windows" {
		return ui.Text("pin.command_windows", "Command", `"C:\Program Files\Lessonguard\lessonguardd.exe" pin set`)
	}
	return ui.Text("pin.command", "Command", "sudo lessonguardd pin set")
}
