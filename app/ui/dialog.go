package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// A Dialog is a question over everything else. Escape closes it.
type Dialog struct {
	canvas  fyne.Canvas
	overlay *fyne.Container
	body    *fyne.Container
	closed  func()
}

// ShowDialog shows objects, one below the other, over c until closed. done,
// which may be nil, is called once when it is closed, however that came.
func ShowDialog(c fyne.Canvas, done func(), objects ...fyne.CanvasObject) *Dialog {
	d := &Dialog{canvas: c, closed: done, body: Pad(26, 24, Column(14, objects...))}
	scroll := container.NewVScroll(d.body)
	card := over(newPanel(Surface, raised), scroll)
	inner := Keys(card, func(k *fyne.KeyEvent) {
		if k.Name == fyne.KeyEscape {
			d.Close()
		}
	})
	d.overlay = container.New(&middle{dialog: d, body: d.body, scroll: scroll}, newPanel(scrim, flat), inner)
	c.Overlays().Add(d.overlay)
	d.overlay.Resize(c.Size())
	return d
}

// Refresh lays d out again, after something in it has changed.
func (d *Dialog) Refresh() { d.overlay.Refresh() }

// Close takes d away.
func (d *Dialog) Close() {
	if d.overlay == nil {
		return
	}
	d.canvas.Overlays().Remove(d.overlay)
	d.overlay = nil
	if d.closed != nil {
		d.closed()
	}
}

// CloseAll closes every dialog over c, and whatever else lies over it: what is to
// be shown now must be seen.
func CloseAll(c fyne.Canvas) {
	for _, o := range c.Overlays().List() {
		if box, ok := o.(*fyne.Container); ok {
			if m, ok := box.Layout.(*middle); ok {
				m.dialog.Close()
				continue
			}
		}
		c.Overlays().Remove(o)
	}
}

// Open reports whether d is still shown.
func (d *Dialog) Open() bool { return d.overlay != nil }

// middle puts a card in the middle, as high as its content where that fits.
type middle struct {
	dialog *Dialog
	body   *fyne.Container
	scroll *container.Scroll
}

func (m *middle) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

func (m *middle) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place(o[0], 0, 0, size.Width, size.Height)
	w := min(Scaled(460), size.Width-48)
	m.body.Resize(fyne.NewSize(w, heightAt(m.body, w)))
	h := min(m.body.MinSize().Height, size.Height-48)
	place(o[1], (size.Width-w)/2, (size.Height-h)/2, w, h)
	m.scroll.Refresh()
}
