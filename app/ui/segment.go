package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// A Segment is a row of short options of which one is chosen. It has the focus
// as a whole: Left and Right change it, Space goes on to the next.
type Segment struct {
	pressable
	label   string
	options []Option
	at      int
	changed func(id string)
	words   []*Words
}

var (
	_ fyne.Focusable  = (*Segment)(nil)
	_ fyne.Accessible = (*Segment)(nil)
)

// NewSegment returns a segment of which the option with the id chosen is
// chosen, or the first.
func NewSegment(label, chosen string, options []Option, changed func(id string)) *Segment {
	s := &Segment{label: label, options: options, changed: changed}
	for i, o := range options {
		if o.ID == chosen {
			s.at = i
		}
		s.words = append(s.words, words(o.Text, theme.SizeNameCaptionText, true, Ink).Centred())
	}
	s.press = func() { s.choose((s.at + 1) % len(s.options)) }
	s.extend(s)
	return s
}

// Chosen returns the id of the option chosen.
func (s *Segment) Chosen() string { return s.options[s.at].ID }

func (s *Segment) choose(i int) {
	if i < 0 || i >= len(s.options) || i == s.at || s.disabled {
		return
	}
	s.at = i
	s.Refresh()
	if s.changed != nil {
		s.changed(s.options[i].ID)
	}
}

// Tapped implements [fyne.Tappable].
func (s *Segment) Tapped(ev *fyne.PointEvent) {
	if ev == nil { // by keyboard
		s.press()
		return
	}
	s.choose(int(ev.Position.X / s.Size().Width * float32(len(s.options))))
}

// TypedRune implements [fyne.Focusable].
func (s *Segment) TypedRune(r rune) {
	if r == ' ' {
		s.press()
	}
}

// TypedKey implements [fyne.Focusable].
func (s *Segment) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft:
		s.choose(s.at - 1)
	case fyne.KeyRight:
		s.choose(s.at + 1)
	default:
		s.pressable.TypedKey(k)
	}
}

// AccessibilityLabel implements [fyne.Accessible].
func (s *Segment) AccessibilityLabel() string { return s.label + ", " + s.options[s.at].Text }

// likes implements wide.
func (s *Segment) likes() float32 { return s.MinSize().Width }

// CreateRenderer implements [fyne.Widget].
func (s *Segment) CreateRenderer() fyne.WidgetRenderer {
	r := &segmentRenderer{s: s, back: canvas.NewRectangle(color.Transparent), front: canvas.NewRectangle(color.Transparent), ring: newRing()}
	r.Refresh()
	return r
}

type segmentRenderer struct {
	s           *Segment
	back, front *canvas.Rectangle
	ring        ring
}

func (r *segmentRenderer) MinSize() fyne.Size {
	var part fyne.Size
	for _, w := range r.s.words {
		part = part.Max(fyne.NewSize(w.likes(), fyne.MeasureText("X", r.s.Theme().Size(theme.SizeNameCaptionText), fyne.TextStyle{Bold: true}).Height))
	}
	return fyne.NewSize((part.Width+30)*float32(len(r.s.words)), part.Height+20)
}

func (r *segmentRenderer) Layout(size fyne.Size) {
	const radius = 9
	place(r.back, 0, 0, size.Width, size.Height)
	r.back.CornerRadius = radius
	w := size.Width / float32(len(r.s.words))
	place(r.front, w*float32(r.s.at)+3, 3, w-6, size.Height-6)
	r.front.CornerRadius = radius - 2
	for i, o := range r.s.words {
		h := heightAt(o, w-8)
		place(o, w*float32(i)+4, (size.Height-h)/2, w-8, h)
	}
	r.ring.layout(size, radius)
}

func (r *segmentRenderer) Refresh() {
	r.back.FillColor, r.back.StrokeColor, r.back.StrokeWidth = colour(theme.ColorNameButton), colour(theme.ColorNameInputBorder), 1
	r.front.FillColor = colour(theme.ColorNamePrimary)
	for i, o := range r.s.words {
		ink := Ink
		if i == r.s.at {
			ink = theme.ColorNameForegroundOnPrimary
		}
		o.In(ink)
	}
	r.ring.show(r.s.focused, Ring)
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

func (r *segmentRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.back, r.front}
	for _, w := range r.s.words {
		list = append(list, w)
	}
	return append(list, r.ring.rect)
}

func (r *segmentRenderer) Destroy() {}
