package onboarding

import (
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
)

// paper is an agreement as it is shown, with its clauses to tick.
type paper struct {
	objects []fyne.CanvasObject
	ticks   []*ui.Tick
}

// newPaper shows a with the ticks of c, and keeps in c what is ticked.
func (w *Wizard) newPaper(a agreements.Agreement, c *consent) paper {
	var p paper
	var card []fyne.CanvasObject
	for _, part := range a.Parts() {
		switch part.Kind {
		case agreements.Heading:
			card = append(card, ui.PadEdges(10, 0, 0, 0, ui.Heading(part.Text)))
		case agreements.Point:
			card = append(card, ui.Point(part.Text))
		case agreements.Clause:
			t := ui.NewTick(part.Text, c.ticked[part.Text], func(on bool) { c.ticked[part.Text] = on })
			p.ticks = append(p.ticks, t)
			card = append(card, t)
		default:
			card = append(card, ui.Body(part.Text))
		}
	}
	p.objects = []fyne.CanvasObject{
		ui.Header(a.Title, ui.Text("agreement.version", "Version", a.Version, "Day", ui.Day(a.Effective))),
	}
	if !strings.HasPrefix(a.Language, w.config.Language) {
		p.objects = append(p.objects, ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("agreement.other_language"))))
	}
	p.objects = append(p.objects, ui.Card(ui.Column(8, card...)))
	return p
}

// unticked returns the first clause without a tick, and how many there are.
func (p paper) unticked() (first *ui.Tick, n int) {
	for _, t := range p.ticks {
		if !t.On() {
			if first == nil {
				first = t
			}
			n++
		}
	}
	return first, n
}

// acceptance returns what is kept of c.
func (w *Wizard) acceptance(a agreements.Agreement, c consent) agreements.Acceptance {
	return agreements.Acceptance{
		Agreement: a.ID, Version: a.Version, Language: a.Language, Digest: a.Digest(), Audience: a.Audience,
		Name: c.name, Clauses: a.Clauses(), At: c.at, App: w.config.App,
	}
}
