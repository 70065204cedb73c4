package app

import (
	"strconv"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
)

// display is where the text is made bigger and the colours are chosen: the
// desktop's own settings do not reach the toolkit.
func (a *App) display() fyne.CanvasObject {
	wrong := ui.NewComplaint()
	set := func(l ui.Look) {
		if err := a.config.SetLook(l); err != nil {
			wrong.Say(ui.Text("display.failed", "Why", ui.Sentence(err.Error())))
		}
		a.config.Look = l
		a.shell.Visit(placeDisplay, a.display())
	}
	var palettes []ui.Option
	for _, p := range ui.Palettes() {
		id := string(p)
		if p == ui.Auto {
			id = "auto"
		}
		palettes = append(palettes, ui.Option{ID: id, Text: ui.Text("display." + id)})
	}
	chosen := string(a.config.Look.Palette)
	if a.config.Look.Palette == ui.Auto {
		chosen = "auto"
	}
	var scales []ui.Option
	for _, percent := range []int{100, 125, 150, 175, 200} {
		scales = append(scales, ui.Option{ID: strconv.Itoa(percent), Text: strconv.Itoa(percent) + " %"})
	}
	scale := max(a.config.Look.Scale, ui.MinScale)
	var head fyne.CanvasObject
	if a.household.Provider.Practice {
		head = ui.Banner(ui.Amberish, ui.IconAlert, ui.Text("practice.banner"))
	}
	return ui.Above(head, ui.Page(
		ui.Header(ui.Text("place.display"), ui.Text("display.line")),
		ui.Card(ui.Column(12, ui.Heading(ui.Text("display.size")), ui.NewSegment(ui.Text("display.size"), strconv.Itoa(int(scale*100+0.5)), scales, func(id string) {
			l := a.config.Look
			percent, _ := strconv.Atoi(id) // one of those above
			l.Scale = float32(percent) / 100
			set(l)
		}))),
		ui.Column(12, ui.Heading(ui.Text("display.colours")), ui.NewChoice(2, chosen, palettes, func(id string) {
			l := a.config.Look
			l.Palette = ui.Palette(id)
			if id == "auto" {
				l.Palette = ui.Auto
			}
			set(l)
		}).Object()),
		wrong.Object(),
	), nil)
}
