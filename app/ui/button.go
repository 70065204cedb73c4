package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A Button is a big button whose words wrap. Space, Enter and the mouse press
// it.
type Button struct {
	pressable
	kind  buttonKind
	icon  Icon
	words *Words
}

type buttonKind uint8

const (
	primary buttonKind = iota
	secondary
	danger
	link
	railItem
	railHere
)

var (
	_ fyne.Focusable   = (*Button)(nil)
	_ fyne.Disableable = (*Button)(nil)
	_ fyne.Accessible  = (*Button)(nil)
)

// Primary is the button for what most people do next; one a page.
func Primary(text string, press func()) *Button { return newButton(primary, text, press) }

// Secondary is a button for anything else.
func Secondary(text string, press func()) *Button { return newButton(secondary, text, press) }

// Danger is a button that must be seen.
func Danger(text string, press func()) *Button { return newButton(danger, text, press) }

// Link is a button that reads as part of the text.
func Link(text string, press func()) *Button { return newButton(link, text, press) }

func newButton(k buttonKind, text string, press func()) *Button {
	b := &Button{kind: k, words: Strong(text)}
	b.press = press
	b.extend(b)
	return b
}

// Icon puts an icon before the words and returns b.
func (b *Button) Icon(i Icon) *Button {
	b.icon = i
	return b
}

// NoEnter makes Enter do nothing and returns b: what is sent by it must not be
// sent by a key that was meant for something else.
func (b *Button) NoEnter() *Button {
	b.noEnter = true
	return b
}

// Text returns the words on b.
func (b *Button) Text() string { return b.words.Text() }

// SetText changes the words on b.
func (b *Button) SetText(text string) { b.words.SetText(text) }

// AccessibilityLabel implements [fyne.Accessible].
func (b *Button) AccessibilityLabel() string { return b.words.Text() }

func (b *Button) ink() (fill, ink Colour) {
	switch {
	case b.disabled && b.kind != railItem:
		return theme.ColorNameDisabledButton, theme.ColorNameDisabled
	case b.kind == primary:
		return theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	case b.kind == danger:
		return Red, OnRed
	case b.kind == link:
		return "", Blue
	case b.kind == railItem:
		return "", Ink
	}
	return theme.ColorNameButton, Ink
}

func (b *Button) spare() (h, v float32) {
	switch b.kind {
	case link:
		return 0, 6
	case railItem, railHere:
		return 12, 10
	}
	return 18, 12
}

func (b *Button) iconWide() float32 {
	if b.icon == "" {
		return 0
	}
	return Scaled(20) + 9
}

// likes implements wide.
func (b *Button) likes() float32 {
	h, _ := b.spare()
	return b.words.likes() + b.iconWide() + 2*h + 1
}

// CreateRenderer implements [fyne.Widget].
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{b: b, rect: canvas.NewRectangle(color.Transparent), hover: canvas.NewRectangle(color.Transparent), ring: newRing()}
	if b.icon != "" {
		r.icon = widget.NewIcon(b.icon.In(Ink))
	}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b           *Button
	rect, hover *canvas.Rectangle
	icon        *widget.Icon
	ring        ring
}

func (r *buttonRenderer) MinSize() fyne.Size {
	h, v := r.b.spare()
	var widest float32
	for word := range strings.FieldsSeq(r.b.Text()) {
		widest = max(widest, fyne.MeasureText(word, r.b.Theme().Size(theme.SizeNameText), fyne.TextStyle{Bold: true}).Width)
	}
	return fyne.NewSize(widest+r.b.iconWide()+2*h+2, max(r.b.words.MinSize().Height, Scaled(20))+2*v)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	h, _ := r.b.spare()
	radius := r.b.Theme().Size(theme.SizeNameButtonRadius)
	for _, o := range []*canvas.Rectangle{r.rect, r.hover} {
		o.CornerRadius = radius
		place(o, 0, 0, size.Width, size.Height)
	}
	r.ring.layout(size, radius)
	room := max(0, size.Width-2*h-r.b.iconWide())
	text := min(room, r.b.words.likes()+1)
	high := heightAt(r.b.words, text)
	x := h
	if r.b.kind < link {
		x += (room - text) / 2
	}
	if r.icon != nil {
		place(r.icon, x, (size.Height-Scaled(20))/2, Scaled(20), Scaled(20))
		x += r.b.iconWide()
	}
	place(r.b.words, x, (size.Height-high)/2, text, high)
}

func (r *buttonRenderer) Refresh() {
	fill, ink := r.b.ink()
	r.rect.FillColor, r.rect.StrokeWidth = color.Transparent, 0
	if fill != "" {
		r.rect.FillColor = colour(fill)
	}
	if highlit() && r.b.kind != link && r.b.kind != railItem {
		r.rect.StrokeColor, r.rect.StrokeWidth = colour(Edge), 1.5
	}
	r.hover.FillColor = hoverOver(r.b.hovered && !r.b.disabled)
	r.ring.show(r.b.focused, Ring)
	if r.b.words.style.ColorName != ink {
		r.b.words.In(ink)
	}
	if r.icon != nil {
		r.icon.SetResource(r.b.icon.In(ink))
	}
	canvas.Refresh(r.b)
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	list := []fyne.CanvasObject{r.rect, r.hover}
	if r.icon != nil {
		list = append(list, r.icon)
	}
	return append(list, r.b.words, r.ring.rect)
}

func (r *buttonRenderer) Destroy() {}
