package learner

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
)

// front is the first page of help.
func (h *Help) front() {
	report := ui.NewCardButton(ui.Amberish, ui.IconFlag, ui.Text("help.report"), ui.Text("help.report_line", "Provider", h.config.Provider.Name), h.startReport)
	if !h.canSend() {
		report = ui.NewCardButton(ui.Amberish, ui.IconFlag, ui.Text("help.contact"), ui.Text("help.contact_line"), h.contacts)
	}
	objects := []fyne.CanvasObject{ui.Header(ui.Text("help.title"), ui.Text("help.line"))}
	if h.config.Damaged != nil && h.config.Damaged() {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Strong(ui.Text("help.damaged")), ui.Body(ui.Text("help.damaged_line"))))
	}
	objects = append(objects,
		ui.Grid(3, 220, 14,
			ui.NewCardButton(ui.Greenish, ui.IconPhone, ui.Text("help.childline"), ui.Text("help.childline_line", "Phone", h.service(childline).Phone), h.childline),
			ui.NewCardButton(ui.Reddish, ui.IconPolice, ui.Text("help.ceop"), ui.Text("help.ceop_line"), h.ceop),
			report,
		),
		ui.NewRowButton(ui.Bluish, ui.IconPeople, ui.Text("help.others"), ui.Text("help.others_line"), h.others),
	)
	if h.config.Provider.ID != "" { // without one nothing can have been sent
		objects = append(objects, ui.NewRowButton(ui.Greenish, ui.IconChat, ui.Text("help.find"), ui.Text("help.find_line"), h.find))
	}
	objects = append(objects, ui.NewRowButton(ui.Violetly, ui.IconLock, ui.Text("help.hide"), ui.Text("help.hide_line"), h.hide))
	if h.config.Role != RoleTutor { // who has no guardian
		objects = append(objects, ui.NewRowButton(ui.Bluish, ui.IconEye, h.sight().say("title"), ui.Text("help.seen_line"), h.seen))
	}
	h.show(nil, nil, objects...)
	h.atFront = true
}
