package learner

import (
	"lessonguard/app/ui"
)

// front is the first page of help.
func (h *Help) front() {
	report := ui.NewCardButton(ui.Amberish, ui.IconFlag, ui.Text("help.report"), ui.Text("help.report_line", "Team", h.team()), h.startReport)
	if !h.canSend() {
		report = ui.NewCardButton(ui.Amberish, ui.IconFlag, ui.Text("help.contact"), ui.Text("help.contact_line"), h.contacts)
	}
	h.show(nil, nil,
		ui.Header(ui.Text("help.title"), ui.Text("help.line")),
		ui.Grid(3, 220, 14,
			ui.NewCardButton(ui.Greenish, ui.IconPhone, ui.Text("help.childline"), ui.Text("help.childline_line", "Phone", h.service(childline).Phone), h.childline),
			ui.NewCardButton(ui.Reddish, ui.IconPolice, ui.Text("help.ceop"), ui.Text("help.ceop_line"), h.ceop),
			report,
		),
		ui.NewRowButton(ui.Bluish, ui.IconPeople, ui.Text("help.others"), ui.Text("help.others_line"), h.others),
		ui.NewRowButton(ui.Greenish, ui.IconChat, ui.Text("help.find"), ui.Text("help.find_line"), h.find),
		ui.NewRowButton(ui.Violetly, ui.IconEye, ui.Text("help.hide"), ui.Text("help.hide_line"), h.hide),
	)
	h.atFront = true
}
