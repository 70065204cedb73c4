package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Steps frames one step of several: where one is stands in the rail, with help
// at its foot, or above the page where there is no room for a rail.
func Steps(names []string, at int, help, barHelp *Button, content fyne.CanvasObject) *fyne.Container {
	list := Column(4, brand())
	for i, name := range names {
		list.Objects = append(list.Objects, stepRow(i, at, name))
	}
	for _, b := range []*Button{help, barHelp} {
		b.kind = railItem
	}
	rail := Pad(12, 12, Column(0, list, Spacer(), help))
	line := Column(6, Strong(Text("ui.step", "At", at+1, "Of", len(names), "Name", names[at])), progress(at+1, len(names)))
	bar := container.New(&centred{width: pageWidth}, Pad(28, 10, Beside(0, 16, nil, line, barHelp)))
	return newFrame(rail, bar, over(content))
}

func stepRow(i, at int, name string) fyne.CanvasObject {
	mark := &stepMark{number: strconv.Itoa(i + 1), done: i < at, here: i == at}
	mark.ExtendBaseWidget(mark)
	text := Body(name).In(Muted)
	if i == at {
		text = Strong(name)
	}
	row := Pad(10, 8, Beside(0, 12, fixed(28, 28, mark), text, nil))
	if i != at {
		return row
	}
	p := newPanel(SoftBlue, tinted)
	p.edge = Blue
	return over(p, row)
}

// stepMark is the number of a step, or a check once it is done.
type stepMark struct {
	widget.BaseWidget
	number     string
	done, here bool
}

// CreateRenderer implements [fyne.Widget].
func (m *stepMark) CreateRenderer() fyne.WidgetRenderer {
	r := &stepRenderer{m: m, disc: canvas.NewCircle(colour(Edge)), text: canvas.NewText(m.number, colour(Ink)), check: widget.NewIcon(IconCheck.In(Green))}
	r.Refresh()
	return r
}

type stepRenderer struct {
	m     *stepMark
	disc  *canvas.Circle
	text  *canvas.Text
	check *widget.Icon
}

func (r *stepRenderer) Layout(size fyne.Size) {
	place(r.disc, 0, 0, size.Width, size.Height)
	place(r.check, size.Width*0.2, size.Height*0.2, size.Width*0.6, size.Height*0.6)
	high := r.text.MinSize().Height
	place(r.text, 0, (size.Height-high)/2, size.Width, high)
}

func (r *stepRenderer) Refresh() {
	r.text.Alignment = fyne.TextAlignCenter
	r.text.TextStyle.Bold = true
	r.text.TextSize = r.m.Theme().Size(theme.SizeNameCaptionText)
	fill, ink := colour(theme.ColorNameButton), colour(Muted)
	switch {
	case r.m.done:
		fill = colour(SoftGreen)
	case r.m.here:
		fill, ink = colour(theme.ColorNamePrimary), colour(theme.ColorNameForegroundOnPrimary)
	}
	r.disc.FillColor, r.text.Color = fill, ink
	r.disc.StrokeWidth = 0
	if highlit() {
		r.disc.StrokeColor, r.disc.StrokeWidth = colour(Edge), 1.5
	}
	r.text.Hidden, r.check.Hidden = r.m.done, !r.m.done
	r.check.SetResource(IconCheck.In(Green))
	canvas.Refresh(r.m)
}

func (r *stepRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }
func (r *stepRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.disc, r.text, r.check}
}
func (r *stepRenderer) Destroy() {}

// progress is a bar of which at parts of parts are filled.
func progress(at, parts int) fyne.CanvasObject {
	back, front := newPanel(theme.ColorNameButton, tile), newPanel(theme.ColorNamePrimary, tile)
	back.edge, front.edge = Edge, Edge
	return container.New(part{float32(at) / float32(parts)}, back, front)
}

type part struct{ of float32 }

func (part) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 8) }

func (s part) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place(o[0], 0, 0, size.Width, 8)
	place(o[1], 0, 0, size.Width*s.of, 8)
}
