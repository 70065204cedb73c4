package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// A Switch turns something on and off. It shows what is true: pressing it asks
// for a change and turns nothing by itself; [Switch.Set] does, once it is so.
type Switch struct {
	pressable
	label         string
	on, pending   bool
	onHero, small bool
}

var (
	_ fyne.Focusable  = (*Switch)(nil)
	_ fyne.Accessible = (*Switch)(nil)
)

// NewSwitch returns a switch that calls ask with the state asked for.
func NewSwitch(label string, on bool, ask func(on bool)) *Switch {
	s := &Switch{label: label, on: on}
	s.press = func() {
		if !s.pending {
			ask(!s.on)
		}
	}
	s.extend(s)
	return s
}

// Set shows the state there is, and whether a change is being made.
func (s *Switch) Set(on, pending bool) {
	s.on, s.pending = on, pending
	s.Refresh()
}

// On reports which state is shown.
func (s *Switch) On() bool { return s.on }

// Pending reports whether a change is shown as being made.
func (s *Switch) Pending() bool { return s.pending }

// AccessibilityLabel implements [fyne.Accessible].
func (s *Switch) AccessibilityLabel() string {
	switch {
	case s.pending:
		return s.label + ", " + Text("ui.changing")
	case s.on:
		return s.label + ", " + Text("ui.on")
	}
	return s.label + ", " + Text("ui.off")
}

// CreateRenderer implements [fyne.Widget].
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	r := &switchRenderer{s: s, track: canvas.NewRectangle(color.Transparent), knob: canvas.NewCircle(color.White), ring: newRing()}
	r.Refresh()
	return r
}

type switchRenderer struct {
	s     *Switch
	track *canvas.Rectangle
	knob  *canvas.Circle
	ring  ring
}

func (r *switchRenderer) size() (w, h float32) {
	if r.s.small {
		return Scaled(52), Scaled(30)
	}
	return Scaled(76), Scaled(40)
}

func (r *switchRenderer) MinSize() fyne.Size {
	w, h := r.size()
	return fyne.NewSize(w+8, h+8)
}

func (r *switchRenderer) Layout(size fyne.Size) {
	w, h := r.size()
	x, y := (size.Width-w)/2, (size.Height-h)/2
	place(r.track, x, y, w, h)
	r.track.CornerRadius = h / 2
	place(r.ring.rect, x-5, y-5, w+10, h+10)
	r.ring.rect.CornerRadius = h/2 + 5
	k := h * 0.8
	switch gap := (h - k) / 2; {
	case r.s.pending:
		x += (w - k) / 2
	case r.s.on:
		x += w - k - gap
	default:
		x += gap
	}
	place(r.knob, x, y+(h-k)/2, k, k)
}

func (r *switchRenderer) Refresh() {
	s := r.s
	r.track.FillColor, r.track.StrokeWidth = colour(SwitchOff), 0
	if s.on {
		r.track.FillColor = colour(SwitchOn)
	}
	if highlit() {
		r.track.StrokeColor, r.track.StrokeWidth = colour(Edge), 2
	}
	r.knob.FillColor = colour(Knob)
	r.knob.Shadow = canvas.Shadow{Color: color.NRGBA{A: 0x50}, BlurRadius: 4, Offset: fyne.NewPos(0, 1)}
	if s.pending || s.disabled {
		r.knob.FillColor = faint(0xFFFFFF, 0x90)
		r.knob.Shadow = canvas.Shadow{}
	}
	ring := Ring
	if s.onHero {
		ring = HeroRing
	}
	r.ring.show(s.focused, ring)
	r.Layout(s.Size())
	canvas.Refresh(s)
}

func (r *switchRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring.rect, r.track, r.knob}
}

func (r *switchRenderer) Destroy() {}

// HeroCard is the card of the one thing a page is for: a title and a line that
// explains it, with a switch.
type HeroCard struct {
	Switch        *Switch
	box           *fyne.Container
	title, detail *Words
}

// NewHeroCard returns a card whose switch asks by ask.
func NewHeroCard(label string, ask func(on bool)) *HeroCard {
	h := &HeroCard{Switch: NewSwitch(label, false, ask), title: Title("").In(HeroInk), detail: Body("").In(HeroMuted)}
	h.Switch.onHero = true
	h.box = over(newPanel(Hero, hero), Pad(26, 24, Beside(220, 20, nil, Column(6, h.title, h.detail), h.Switch)))
	return h
}

// Object returns h as it is shown.
func (h *HeroCard) Object() fyne.CanvasObject { return h.box }

// Tell shows what there is. Refresh what holds the card afterwards.
func (h *HeroCard) Tell(title, detail string) {
	h.title.SetText(title)
	h.detail.SetText(detail)
}

// Title returns the title shown.
func (h *HeroCard) Title() string { return h.title.Text() }

// SwitchRow is a small switch with its words.
func SwitchRow(title, detail string, on bool, ask func(on bool)) (*fyne.Container, *Switch) {
	s := NewSwitch(title, on, ask)
	s.small = true
	text := Column(2, Strong(title))
	if detail != "" {
		text.Add(Small(detail))
	}
	return Beside(160, 16, nil, text, s), s
}
