package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Tick is a box to tick, or one of a [Choice], with words that wrap. Space
// and Enter turn it, as does pressing the words.
type Tick struct {
	pressable
	on      bool
	round   bool // one of a choice
	boxed   bool // on a surface of its own
	words   *Words
	detail  *Words
	changed func(bool)
}

var (
	_ fyne.Focusable  = (*Tick)(nil)
	_ fyne.Accessible = (*Tick)(nil)
)

// NewTick returns a box that tells changed when it was turned.
func NewTick(text string, on bool, changed func(bool)) *Tick {
	t := &Tick{on: on, words: Body(text), changed: changed}
	t.press = func() { t.turn(!t.on) }
	t.extend(t)
	return t
}

func (t *Tick) turn(on bool) {
	t.on = on
	t.Refresh()
	if t.changed != nil {
		t.changed(on)
	}
}

// On reports whether t is ticked.
func (t *Tick) On() bool { return t.on }

// Set ticks t or not, and tells nobody.
func (t *Tick) Set(on bool) {
	t.on = on
	t.Refresh()
}

// Text returns the words beside the box.
func (t *Tick) Text() string { return t.words.Text() }

// AccessibilityLabel implements [fyne.Accessible].
func (t *Tick) AccessibilityLabel() string {
	state := Text("ui.not_ticked")
	if t.on {
		state = Text("ui.ticked")
	}
	return t.words.Text() + ", " + state
}

// CreateRenderer implements [fyne.Widget].
func (t *Tick) CreateRenderer() fyne.WidgetRenderer {
	text := Column(2, t.words)
	if t.detail != nil {
		text.Add(t.detail)
	}
	r := &tickRenderer{
		t: t, text: text, box: canvas.NewRectangle(color.Transparent), back: canvas.NewRectangle(color.Transparent),
		mark: widget.NewIcon(IconCheck.In(theme.ColorNameForegroundOnPrimary)), dot: canvas.NewCircle(color.Transparent), ring: newRing(),
	}
	r.Refresh()
	return r
}

type tickRenderer struct {
	t         *Tick
	text      *fyne.Container
	back, box *canvas.Rectangle
	mark      *widget.Icon
	dot       *canvas.Circle
	ring      ring
}

const tickBox = 24

func (r *tickRenderer) spare() (h, v float32) {
	if r.t.boxed {
		return 16, 13
	}
	return 8, 7
}

func (r *tickRenderer) MinSize() fyne.Size {
	h, v := r.spare()
	m := r.text.MinSize()
	return fyne.NewSize(Scaled(tickBox+60)+2*h, max(m.Height, Scaled(tickBox))+2*v)
}

func (r *tickRenderer) Layout(size fyne.Size) {
	h, v := r.spare()
	box := Scaled(tickBox)
	x := h + box + Scaled(12)
	high := heightAt(r.text, size.Width-x-h)
	top := max(v, (size.Height-high)/2)
	place(r.text, x, top, size.Width-x-h, high)
	line := fyne.MeasureText("X", r.t.Theme().Size(theme.SizeNameText), fyne.TextStyle{}).Height
	y := top + (line-box)/2 // beside the first line
	place(r.box, h, y, box, box)
	place(r.mark, h+box*0.12, y+box*0.12, box*0.76, box*0.76)
	place(r.dot, h+box*0.27, y+box*0.27, box*0.46, box*0.46)
	r.box.CornerRadius = box * 0.26
	if r.t.round {
		r.box.CornerRadius = box / 2
	}
	r.back.CornerRadius = 11
	place(r.back, 0, 0, size.Width, size.Height)
	r.ring.layout(size, 11)
	if !r.t.boxed { // stay clear of the lines above and below
		place(r.ring.rect, 0, 0, size.Width, size.Height)
		r.ring.rect.CornerRadius = 9
	}
}

func (r *tickRenderer) Refresh() {
	t := r.t
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = colour(theme.ColorNameInputBackground), colour(theme.ColorNameInputBorder), 2
	r.mark.Hide()
	r.dot.Hide()
	if t.on {
		r.box.FillColor, r.box.StrokeColor = colour(theme.ColorNamePrimary), colour(theme.ColorNamePrimary)
		if t.round {
			r.dot.FillColor = colour(theme.ColorNameForegroundOnPrimary)
			r.dot.Show()
		} else {
			r.mark.SetResource(IconCheck.In(theme.ColorNameForegroundOnPrimary))
			r.mark.Show()
		}
	}
	r.back.FillColor, r.back.StrokeWidth = hoverOver(t.hovered), 0
	if t.boxed {
		r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = colour(Surface), colour(Edge), 1
		if t.on {
			r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = colour(SoftBlue), colour(theme.ColorNamePrimary), 2
		}
	}
	r.ring.show(t.focused, Ring)
	r.text.Refresh()
	canvas.Refresh(t)
}

func (r *tickRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.box, r.mark, r.dot, r.text, r.ring.rect}
}

func (r *tickRenderer) Destroy() {}
