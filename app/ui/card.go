package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// A CardButton is a card to press: an icon, a title and a line that says what
// happens.
type CardButton struct {
	pressable
	title, hint *Words
	badge       *fyne.Container
	arrow       *fyne.Container
	row         bool // the icon stands before the title however narrow
	low         bool // there is no icon
}

var (
	_ fyne.Focusable  = (*CardButton)(nil)
	_ fyne.Accessible = (*CardButton)(nil)
)

// NewCardButton returns a card with the icon above the title.
func NewCardButton(h Hue, i Icon, title, hint string, press func()) *CardButton {
	c := &CardButton{title: Strong(title), hint: Small(hint), badge: Badge(h, i, 44), arrow: picture(IconRight, Muted, 20)}
	c.press = press
	c.extend(c)
	return c
}

// NewRowButton returns a card with the icon before the title.
func NewRowButton(h Hue, i Icon, title, hint string, press func()) *CardButton {
	c := NewCardButton(h, i, title, hint, press)
	c.row = true
	return c
}

// NewLineButton returns a low card with a title only.
func NewLineButton(title string, press func()) *CardButton {
	c := NewRowButton(Bluish, IconRight, title, "", press)
	c.badge = Column(0)
	c.low = true
	return c
}

// Title returns the title.
func (c *CardButton) Title() string { return c.title.Text() }

// AccessibilityLabel implements [fyne.Accessible].
func (c *CardButton) AccessibilityLabel() string { return c.title.Text() + ". " + c.hint.Text() }

// CreateRenderer implements [fyne.Widget].
func (c *CardButton) CreateRenderer() fyne.WidgetRenderer {
	spare := float32(18)
	if c.low {
		spare = 13
	}
	r := &cardRenderer{
		c: c, body: over(newPanel(Surface, raised), Pad(18, spare, container.New(&cardLayout{c: c}, c.badge, c.title, c.hint, c.arrow))),
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

// cardLayout puts the icon above the words, or before them where the card is
// wide.
type cardLayout struct {
	c     *CardButton
	width float32
}

func (l *cardLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(l.c.badge.MinSize().Width, l.arrange(0, false))
}

func (l *cardLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.arrange(size.Height, true)
}

func (l *cardLayout) arrange(height float32, move bool) float32 {
	c, gap := l.c, Scaled(16)
	badge := c.badge.MinSize()
	arrow := c.arrow.MinSize()
	row := c.row || l.width > Scaled(430)
	x, y, w := float32(0), badge.Height+Scaled(14), l.width
	if row {
		x, y = badge.Width+gap, 0
		if c.low {
			x = 0
		}
		w = max(0, l.width-x-gap-arrow.Width)
	}
	title := heightAt(c.title, w)
	hint := float32(0)
	if c.hint.Text() != "" {
		hint = heightAt(c.hint, w) + 5
	}
	total := y + title + hint
	if row {
		total = max(total, badge.Height)
	}
	if !move {
		return total
	}
	c.arrow.Hidden = !row
	top := float32(0)
	if row {
		top = max(0, height-total) / 2
		y = top + (total-title-hint)/2
		place(c.arrow, l.width-arrow.Width, top+(total-arrow.Height)/2, arrow.Width, arrow.Height)
		top += (total - badge.Height) / 2
	}
	place(c.badge, 0, top, badge.Width, badge.Height)
	place(c.title, x, y, w, title)
	place(c.hint, x, y+title+5, w, max(0, hint-5))
	return total
}
