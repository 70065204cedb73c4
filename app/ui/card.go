package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// A CardButton is a card to press: an icon, a title and a line that says what
// happens.
type CardButton struct {
	pressable
	title, hint *Words
	badge       *fyne.Container
	beside      bool
}

var (
	_ fyne.Focusable  = (*CardButton)(nil)
	_ fyne.Accessible = (*CardButton)(nil)
)

// NewCardButton returns a card with the icon above the title.
func NewCardButton(h Hue, i Icon, title, hint string, press func()) *CardButton {
	c := &CardButton{title: Strong(title), hint: Small(hint), badge: Badge(h, i, 44)}
	c.press = press
	c.extend(c)
	return c
}

// NewRowButton returns a card with the icon before the title.
func NewRowButton(h Hue, i Icon, title, hint string, press func()) *CardButton {
	c := NewCardButton(h, i, title, hint, press)
	c.beside = true
	return c
}

// Title returns the title.
func (c *CardButton) Title() string { return c.title.Text() }

// AccessibilityLabel implements [fyne.Accessible].
func (c *CardButton) AccessibilityLabel() string { return c.title.Text() + ". " + c.hint.Text() }

// CreateRenderer implements [fyne.Widget].
func (c *CardButton) CreateRenderer() fyne.WidgetRenderer {
	text := Column(5, c.title)
	if c.hint.Text() != "" {
		text.Add(c.hint)
	}
	body := Column(14, Flow(0, c.badge), text)
	if c.beside {
		body = Beside(0, 16, c.badge, text, picture(IconRight, Muted, 20))
	}
	r := &cardRenderer{
		c: c, body: over(newPanel(Surface, raised), Pad(18, 18, body)),
		hover: canvas.NewRectangle(color.Transparent), ring: newRing(),
	}
	r.Refresh()
	return r
}

type cardRenderer struct {
	c     *CardButton
	body  *fyne.Container
	hover *canvas.Rectangle
	ring  ring
}

func (r *cardRenderer) MinSize() fyne.Size { return r.body.MinSize() }

func (r *cardRenderer) Layout(size fyne.Size) {
	radius := r.c.Theme().Size(theme.SizeNameCardRadius)
	place(r.body, 0, 0, size.Width, size.Height)
	place(r.hover, 0, 0, size.Width, size.Height)
	r.hover.CornerRadius = radius
	r.ring.layout(size, radius)
}

func (r *cardRenderer) Refresh() {
	r.hover.FillColor = hoverOver(r.c.hovered)
	r.ring.show(r.c.focused, Ring)
	r.body.Refresh()
	canvas.Refresh(r.c)
}

func (r *cardRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.body, r.hover, r.ring.rect}
}

func (r *cardRenderer) Destroy() {}
