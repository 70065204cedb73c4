package learner

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// find asks for the code that somebody noted.
func (h *Help) find() {
	var field *ui.Field
	look := func() {
		field.Fail("")
		r, ok := resources.ParseReference(field.Text())
		if !ok {
			field.Fail(ui.Text("find.wrong"))
			h.focus(field.Entry)
			return
		}
		h.look(r)
	}
	field = ui.NewField(ui.FieldConfig{Label: ui.Text("find.label"), Hint: ui.Text("find.hint"), Most: 40, Entered: look})
	h.show(nil, foot(h.front, ui.Primary(ui.Text("find.look"), look)),
		ui.Header(ui.Text("help.find"), ui.Text("find.line")),
		ui.Narrow(420, field.Object()),
	)
}

// look shows how far the message has come that r is of.
func (h *Help) look(r resources.Reference) {
	h.show(h.find, nil, ui.Header(ui.Text("find.looking"), ""))
	page, ask := h.page, h.config.Find
	ctx, cancel := context.WithTimeout(context.Background(), post.Patience)
	h.stop = cancel
	var state resources.ReceiptState
	var err error
	h.config.Do(
		func() { state, err = ask(ctx, string(r)) },
		func() {
			cancel()
			if h.page == page { // else left for another
				h.found(state, err)
			}
		},
	)
}

func (h *Help) found(state resources.ReceiptState, err error) {
	var row fyne.CanvasObject
	switch {
	case errors.Is(err, resources.ErrNoSuchMessage):
		row = ui.Note(ui.Amberish, ui.IconInfo, ui.Strong(ui.Text("find.unknown")), ui.Body(ui.Text("find.unknown_line")))
	case errors.Is(err, resources.ErrElsewhere): // for good: it is no use to try again
		row = ui.Note(ui.Amberish, ui.IconInfo, ui.Strong(ui.Text("find.elsewhere")), ui.Body(ui.Text("find.elsewhere_line")))
	case err != nil:
		row = ui.Note(ui.Amberish, ui.IconAlert, ui.Strong(ui.Text("find.failed")), ui.Body(ui.Text("find.failed_line")))
	default:
		row = h.howFar(post.Progress{State: state})
	}
	wrong := ui.NewComplaint()
	h.show(h.find, nil, ui.Header(ui.Text("sent.title"), ""), row, wrong.Object(), ui.Heading(ui.Text("sent.meanwhile")), h.withoutPost(wrong))
}
