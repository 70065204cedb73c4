package post

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
)

// Who asks who writes, at an account that a guardian and a learner share: were a
// child's message taken for a guardian's, the guardian would get the answer, of
// what may be about them. Nothing is chosen beforehand.
func Who(learner, guardian func()) []fyne.CanvasObject {
	return []fyne.CanvasObject{
		ui.Header(ui.Text("who.title"), ui.Text("who.line")),
		ui.NewRowButton(ui.Greenish, ui.IconPerson, ui.Text("who.learner"), ui.Text("who.learner_line"), learner),
		ui.NewRowButton(ui.Bluish, ui.IconPeople, ui.Text("who.guardian"), ui.Text("who.guardian_line"), guardian),
	}
}
