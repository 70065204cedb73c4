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
	objects := append([]fyne.CanvasObject{ui.Header(ui.Text("words.title"), ui.Text("words.line"))}, h.warnings()...)
	wrong := ui.NewComplaint()
	if services := h.beside(); len(services) > 0 {
		objects = append(objects, ui.Grid(2, 300, 18, field.Object(), h.sideCard(services, wrong)), wrong.Object())
	} else {
		objects = append(objects, field.Object())
	}
	h.show(nil, foot(h.topics, next), append(objects, ui.Small(ui.Text("words.no_pictures")))...)
}

// warnings returns what must be said before anything about some topics.
func (h *Help) warnings() []fyne.CanvasObject {
	var notes []fyne.CanvasObject
	topics := h.draft.report.Topics
	if slices.Contains(topics, resources.TopicSelfHarm) {
		notes = append(notes, ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("beside.self-harm", "Phone", h.service(emergency).Phone))))
	}
	if slices.Contains(topics, resources.TopicSexualImage) {
		notes = append(notes, ui.Note(ui.Amberish, ui.IconInfo, ui.Body(ui.Text("beside.sexual-image"))))
	}
	return notes
}

// sideCard shows services in few words.
func (h *Help) sideCard(services []resources.Service, wrong *ui.Complaint) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, s := range services {
		row := ui.Column(4, ui.Strong(s.Name), ui.Small(s.Summary))
		h.addWays(row, s)
		if s.URL != "" {
			row.Add(ui.Flow(0, ui.Link(ui.Text("service.open", "Service", s.Name), func() { h.open(s, wrong) }).Icon(ui.IconOpen)))
		}
		rows = append(rows, row)
	}
	return ui.Card(ui.Column(12, ui.Heading(ui.Text("beside.services")), ui.Rows(rows...)))
}

// details asks where, when and what for; all may be left empty.
func (h *Help) details() {
	r := &h.draft.report
	notSure := ui.Text("details.not_sure")
	var unsure *ui.Tick
	field := func(key string, value *string) *ui.Field {
		return ui.NewField(ui.FieldConfig{
			Label: ui.Text("details." + key), Hint: ui.Text("details." + key + "_hint"), Value: *value, Most: maxShort,
			Changed: func(s string) {
				*value = s
				if value == &r.When {
					unsure.Set(s == notSure)
				}
			},
		})
	}
	when := field("when", &r.When)
	unsure = ui.NewTick(notSure, r.When == notSure, func(on bool) {
		switch {
		case on:
			when.Entry.SetText(notSure)
		case r.When == notSure:
			when.Entry.SetText("")
		}
	})
	next := ui.Primary(ui.Text("ui.next"), func() {
		for _, s := range []*string{&r.Where, &r.When, &r.Wants} {
			*s = strings.TrimSpace(*s)
		}
		h.reportReach()
	})
	h.show(nil, foot(h.words, next),
		ui.Header(ui.Text("details.title"), ui.Text("details.line")),
		field("where", &r.Where).Object(), ui.Column(4, when.Object(), unsure), field("wants", &r.Wants).Object(),
	)
}
