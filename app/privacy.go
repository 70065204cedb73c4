package app

import (
	"bufio"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/assets"
)

// privacy is the notice for whoever sits here; a guardian also finds the one
// that learners are given.
func (a *App) privacy() fyne.CanvasObject {
	switch {
	case a.config.Tutor:
		return ui.Page(a.notice("tutor")...)
	case !a.guards:
		return ui.Page(a.notice("learner")...)
	}
	learners := ui.Flow(0, ui.Link(ui.Text("privacy.learners"), func() {
		back := ui.Flow(0, ui.Link(ui.Text("ui.back"), func() { a.visit(placePrivacy) }).Icon(ui.IconLeft))
		a.shell.Visit(placePrivacy, ui.Page(append([]fyne.CanvasObject{back}, a.notice("learner")...)...))
	}).Icon(ui.IconRight))
	return ui.Page(append(a.notice("guardian"), learners)...)
}

// notice shows a privacy notice: a title, an opening, and a card of points under
// each heading.
func (a *App) notice(role string) []fyne.CanvasObject {
	file := fmt.Sprintf("privacy/%s.%s.md", role, a.config.Language)
	text, err := assets.Privacy.ReadFile(file)
	if err != nil {
		return []fyne.CanvasObject{ui.Body(ui.Sentence(err.Error()))} // the embedded files are tested
	}
	var title, opening string
	var objects []fyne.CanvasObject
	var card *fyne.Container
	for lines := bufio.NewScanner(strings.NewReader(string(text))); lines.Scan(); {
		switch line := strings.TrimSpace(lines.Text()); {
		case strings.HasPrefix(line, "# "):
			title = line[2:]
		case strings.HasPrefix(line, "## "):
			card = ui.Column(10, ui.Heading(line[3:]))
			objects = append(objects, ui.Card(card))
		case strings.HasPrefix(line, "- ") && card != nil:
			card.Add(ui.Point(line[2:]))
		case line != "":
			opening = line
		}
	}
	return append([]fyne.CanvasObject{ui.Header(title, opening)}, objects...)
}
