package learner

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// words asks for the learner's own words.
func (h *Help) words() {
	r := &h.draft.report
	field := ui.NewField(ui.FieldConfig{
		Label: ui.Text("words.label"), Hint: ui.Text("words.hint"), Value: r.Words, Lines: 7,
		Changed: func(s string) { r.Words = s },
	})
	objects := []fyne.CanvasObject{ui.Header(ui.Text("words.title"), ui.Text("words.line")), field.Object()}
	next := ui.Primary(ui.Text("ui.next"), func() {
		field.Fail("")
		r.Words = strings.TrimSpace(r.Words)
		switch err := r.Check(); {
		case errors.Is(err, resources.ErrNoWords):
			field.Fail(ui.Text("words.missing"))
		case errors.Is(err, resources.ErrTooLong):
			field.Fail(ui.Text("words.long"))
		default:
			h.details()
			return
		}
		h.focus(field.Entry)
	})
	h.show(nil, foot(h.topics, next), append(objects, h.beside()...)...)
}

// beside returns what must be said beside some topics.
func (h *Help) beside() []fyne.CanvasObject {
	var notes []fyne.CanvasObject
	topics := h.draft.report.Topics
	if slices.Contains(topics, resources.TopicSelfHarm) {
		notes = append(notes, ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("beside.self-harm", "Phone", h.service(emergency).Phone))))
	}
	if slices.Contains(topics, resources.TopicSexualImage) {
		notes = append(notes, ui.Note(ui.Amberish, ui.IconInfo, ui.Body(ui.Text("beside.sexual-image"))))
	}
	return append(notes, ui.Small(ui.Text("words.no_pictures")))
}

// details asks where, when and what for; all may be left empty.
func (h *Help) details() {
	r := &h.draft.report
	field := func(key string, value *string) fyne.CanvasObject {
		return ui.NewField(ui.FieldConfig{
			Label: ui.Text("details." + key), Hint: ui.Text("details." + key + "_hint"), Value: *value, Most: maxShort,
			Changed: func(s string) { *value = s },
		}).Object()
	}
	next := ui.Primary(ui.Text("ui.next"), func() {
		for _, s := range []*string{&r.Where, &r.When, &r.Wants} {
			*s = strings.TrimSpace(*s)
		}
		h.reportReach()
	})
	h.show(nil, foot(h.words, next),
		ui.Header(ui.Text("details.title"), ui.Text("details.line")),
		field("where", &r.Where), field("when", &r.When), field("wants", &r.Wants),
	)
}
