package learner

import "lessonguard/app/ui"

// hide says honestly what this program can keep to itself and what it cannot.
func (h *Help) hide() {
	h.show(h.front, nil,
		ui.Header(ui.Text("help.hide"), ui.Text("hide.line")),
		ui.Card(ui.Column(10, ui.Heading(ui.Text("hide.keeps")),
			ui.Point(ui.Text("hide.keeps_1")), ui.Point(ui.Text("hide.keeps_2")), ui.Point(ui.Text("hide.keeps_3")), ui.Point(ui.Text("hide.keeps_4")))),
		ui.Card(ui.Column(10, ui.Heading(ui.Text("hide.cannot")),
			ui.Point(ui.Text("hide.cannot_1")), ui.Point(ui.Text("hide.cannot_2")), ui.Point(ui.Text("hide.cannot_3")), ui.Point(ui.Text("hide.cannot_4")),
			ui.Point(ui.Text("hide.cannot_5")), ui.Point(ui.Text("hide.cannot_6")), ui.Point(ui.Text("hide.cannot_7")))),
		ui.Card(ui.Column(10, ui.Heading(ui.Text("hide.safer")),
			ui.Point(ui.Text("hide.safer_1")), ui.Point(ui.Text("hide.safer_2")), ui.Point(ui.Text("hide.safer_3")))),
		ui.Card(ui.Column(10, ui.Heading(ui.Text("hide.leave")),
			ui.Point(ui.Text("hide.leave_1")), ui.Point(ui.Text("hide.leave_2")))),
	)
}
