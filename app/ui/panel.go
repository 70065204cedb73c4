package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Card is a raised surface with o on it.
func Card(o fyne.CanvasObject) *fyne.Container {
	return over(newPanel(Surface, raised), Pad(20, 18, o))
}

// Hue is a pair of colours that belong together, with what may be drawn on the
// soft one.
type Hue struct{ Strong, Soft Colour }

// The hues.
var (
	Greenish = Hue{Green, SoftGreen}
	Bluish   = Hue{Blue, SoftBlue}
	Amberish = Hue{Amber, SoftAmber}
	Reddish  = Hue{Red, SoftRed}
	Violetly = Hue{Violet, SoftViolet}
)

// Note is a tinted card with an icon: something to read before going on.
func Note(h Hue, i Icon, objects ...fyne.CanvasObject) *fyne.Container {
	p := newPanel(h.Soft, tinted)
	p.edge = h.Strong
	return over(p, Pad(18, 14, Beside(0, 14, picture(i, h.Strong, 24), Column(6, objects...), nil)))
}

// Banner is a strip across the window.
func Banner(h Hue, i Icon, text string) *fyne.Container {
	p := newPanel(h.Soft, flat)
	p.edge = h.Strong
	return over(p, lined(Pad(28, 8, Beside(0, 12, picture(i, h.Strong, 20), Strong(text).In(h.Strong), nil))))
}

// Badge is an icon on a soft square, size by size at text scale 1.
func Badge(h Hue, i Icon, size float32) *fyne.Container {
	p := newPanel(h.Soft, tile)
	p.edge = h.Strong
	return fixed(size, size, over(p, padShare(widget.NewIcon(i.In(h.Strong)))))
}

// Line separates what is above from what is below.
func Line() fyne.CanvasObject { return widget.NewSeparator() }

// panel is a surface that follows the theme.
type panel struct {
	widget.BaseWidget
	fill, edge Colour
	kind       panelKind
}

type panelKind uint8

const (
	raised panelKind = iota // a card, with edge and shadow
	tinted                  // a card without
	tile                    // behind an icon
	flat                    // up to the edges
	hero
)

func newPanel(fill Colour, kind panelKind) *panel {
	p := &panel{fill: fill, edge: Edge, kind: kind}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements [fyne.Widget].
func (p *panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{p, canvas.NewRectangle(color.Transparent)}
	r.Refresh()
	return r
}

type panelRenderer struct {
	p    *panel
	rect *canvas.Rectangle
}

func (r *panelRenderer) Layout(s fyne.Size) {
	r.rect.Resize(s)
	r.Refresh()
}

func (r *panelRenderer) Refresh() {
	r.rect.FillColor = colour(r.p.fill)
	r.rect.StrokeWidth = 0
	if r.p.kind != flat {
		r.rect.CornerRadius = r.p.Theme().Size(theme.SizeNameCardRadius)
	}
	switch r.p.kind {
	case tile:
		r.rect.CornerRadius = r.p.Size().Height * 0.3
	case raised:
		r.rect.StrokeColor, r.rect.StrokeWidth = colour(r.p.edge), 1
		fallthrough
	case hero:
		if !highlit() {
			r.rect.Shadow = canvas.Shadow{Color: colour(theme.ColorNameShadow), BlurRadius: 10, Offset: fyne.NewPos(0, 3)}
		}
	}
	if highlit() { // fills are all black there
		r.rect.StrokeColor, r.rect.StrokeWidth = colour(r.p.edge), 1.5
		r.rect.Shadow = canvas.Shadow{}
	}
	r.rect.Refresh()
}

func (r *panelRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *panelRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *panelRenderer) Destroy()                     {}

// padShare keeps a share of the size free round o.
func padShare(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: share{}, Objects: []fyne.CanvasObject{o}}
}

type share struct{}

func (share) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (share) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	m := size.Height * 0.22
	for _, o := range objects {
		place(o, m, m, size.Width-2*m, size.Height-2*m)
	}
}
