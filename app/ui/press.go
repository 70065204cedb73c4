package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// pressable is what all that can be pressed share: mouse, Space, Enter, focus,
// and the passing on of keys that are for the page.
type pressable struct {
	widget.BaseWidget
	self     fyne.Widget
	press    func()
	noEnter  bool // only Space and the mouse press it
	focused  bool
	hovered  bool
	disabled bool
}

func (p *pressable) extend(self fyne.Widget) {
	p.self = self
	p.ExtendBaseWidget(self)
}

// Tapped implements [fyne.Tappable].
func (p *pressable) Tapped(*fyne.PointEvent) {
	if !p.disabled && p.press != nil {
		p.press()
	}
}

// TypedRune implements [fyne.Focusable].
func (p *pressable) TypedRune(r rune) {
	if r == ' ' {
		p.Tapped(nil)
	}
}

// TypedKey implements [fyne.Focusable].
func (p *pressable) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !p.noEnter {
			p.Tapped(nil)
		}
	default:
		for _, c := range path(p.self) {
			if page, ok := c.Layout.(*page); ok && page.scrollKey(k.Name) {
				return
			}
		}
	}
}

// KeyDown implements [desktop.Keyable].
func (p *pressable) KeyDown(k *fyne.KeyEvent) { keyDown(p.self, k) }

// KeyUp implements [desktop.Keyable].
func (p *pressable) KeyUp(*fyne.KeyEvent) {}

// FocusGained implements [fyne.Focusable].
func (p *pressable) FocusGained() {
	p.focused = true
	Reveal(p.self)
	p.self.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (p *pressable) FocusLost() {
	p.focused = false
	p.self.Refresh()
}

// MouseIn implements [desktop.Hoverable].
func (p *pressable) MouseIn(*desktop.MouseEvent) {
	p.hovered = true
	p.self.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (p *pressable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (p *pressable) MouseOut() {
	p.hovered = false
	p.self.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (p *pressable) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Enable implements [fyne.Disableable].
func (p *pressable) Enable() { p.able(true) }

// Disable implements [fyne.Disableable].
func (p *pressable) Disable() { p.able(false) }

func (p *pressable) able(yes bool) {
	if p.disabled == yes {
		p.disabled = !yes
		p.self.Refresh()
	}
}

// Disabled implements [fyne.Disableable].
func (p *pressable) Disabled() bool { return p.disabled }

// AccessibilityRole implements [fyne.Accessible].
func (p *pressable) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// ring is what is drawn round the focused widget, outside of it.
type ring struct{ rect *canvas.Rectangle }

func newRing() ring { return ring{canvas.NewRectangle(color.Transparent)} }

func (r ring) layout(size fyne.Size, radius float32) {
	const out = 4
	place(r.rect, -out, -out, size.Width+2*out, size.Height+2*out)
	r.rect.CornerRadius = radius + out
}

func (r ring) show(on bool, c Colour) {
	r.rect.StrokeWidth, r.rect.StrokeColor = 0, color.Transparent
	if on {
		r.rect.StrokeWidth, r.rect.StrokeColor = 3, colour(c)
	}
	r.rect.Refresh()
}

// hoverOver returns the tint of what the mouse is on.
func hoverOver(on bool) color.Color {
	if on {
		return colour(theme.ColorNameHover)
	}
	return color.Transparent
}
