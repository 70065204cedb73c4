package learner

import (
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
)

// contacts shows how to reach a provider that takes no messages from here.
func (h *Help) contacts() {
	wrong := ui.NewComplaint()
	p := h.config.Provider
	title, line := ui.Text("contacts.title", "Provider", p.Name), ui.Text("contacts.line")
	var rows fyne.CanvasObject = ui.Column(0)
	switch {
	case p.ID == "":
		title, line = ui.Text("help.contact"), ui.Text("contacts.no_provider")
	case len(h.config.Contacts) == 0:
		line = ui.Text("contacts.none", "Provider", p.Name)
	default:
		rows = ui.Card(h.contactRows(wrong))
	}
	h.show(h.front, nil,
		ui.Header(title, line),
		rows,
		wrong.Object(),
		ui.Heading(ui.Text("contacts.anyone")),
		h.withoutPost(wrong),
		h.traces(),
	)
}

func (h *Help) contactRows(wrong *ui.Complaint) *fyne.Container {
	var rows []fyne.CanvasObject
	for _, c := range h.config.Contacts {
		row := ui.Column(4, ui.Strong(c.Label))
		if c.Note != "" {
			row.Add(ui.Small(c.Note))
		}
		if url := c.Address(); url != "" {
			row.Add(ui.Body(c.Value))
			row.Add(ui.PadEdges(6, 0, 0, 0, ui.Flow(10, ui.Secondary(ui.Text("contacts.open_"+c.Kind), func() { h.browse(url, wrong, ui.Text("service.not_opened", "URL", c.Value)) }).Icon(ui.IconOpen))))
		} else {
			row.Add(ui.Body(ui.Text("others.phone", "Phone", c.Value)))
		}
		rows = append(rows, row)
	}
	return ui.Rows(rows...)
}

// withoutPost lists who takes a concern when the provider cannot be told from
// here.
func (h *Help) withoutPost(wrong *ui.Complaint) fyne.CanvasObject {
	child, police := h.service(childline), h.service(ceop)
	return ui.Card(ui.Rows(
		ui.Column(4, ui.Strong(ui.Text("without.emergency", "Phone", h.service(emergency).Phone)), ui.Small(ui.Text("without.emergency_line"))),
		ui.Beside(200, 14, nil, ui.Column(4, ui.Strong(ui.Text("without.childline", "Phone", child.Phone)), ui.Small(ui.Text("without.childline_line"))),
			ui.Secondary(ui.Text("service.open", "Service", child.Name), func() { h.open(child, wrong) }).Icon(ui.IconOpen)),
		ui.Beside(200, 14, nil, ui.Column(4, ui.Strong(ui.Text("without.ceop")), ui.Small(ui.Text("without.ceop_line"))),
			ui.Secondary(ui.Text("service.open", "Service", police.Name), func() { h.open(police, wrong) }).Icon(ui.IconOpen)),
		ui.Column(4, ui.Strong(ui.Text("without.nspcc", "Phone", h.nspcc())), ui.Small(ui.Text("without.nspcc_line"))),
		ui.Column(4, ui.Strong(ui.Text("without.council")), ui.Small(ui.Text("without.council_line"))),
	))
}

// nspcc returns the number of the helpline for adults, which takes a concern
// about anyone.
func (h *Help) nspcc() string {
	for _, s := range h.config.Services {
		if strings.HasPrefix(s.ID, "nspcc") && s.Phone != "" {
			return s.Phone
		}
	}
	return "0808 800 5000"
}
