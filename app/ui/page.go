package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// pageWidth is how wide the lines of a page get, at text scale 1: about ninety
// letters.
const pageWidth = 840

// Page scrolls objects, one below the other, up and down and never sideways.
func Page(objects ...fyne.CanvasObject) *fyne.Container {
	body := container.New(&centred{width: pageWidth}, Pad(28, 24, Column(16, objects...)))
	scroll := container.NewVScroll(body)
	return container.New(&page{scroll: scroll, body: body}, scroll)
}

type page struct {
	scroll *container.Scroll
	body   *fyne.Container
}

func (p *page) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 100) }

func (p *page) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	p.body.Resize(fyne.NewSize(size.Width, max(size.Height, heightAt(p.body, size.Width))))
	place(p.scroll, 0, 0, size.Width, size.Height)
	p.scroll.Refresh()
}

// reveal scrolls by as little as shows o, or the top of it where it is higher
// than the page.
func (p *page) reveal(o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(p.scroll).Y
	bottom := top + o.Size().Height
	const margin = 24
	switch {
	case top < margin:
		p.to(p.scroll.Offset.Y + top - margin)
	case bottom > p.scroll.Size().Height-margin:
		p.to(p.scroll.Offset.Y + min(top-margin, bottom-p.scroll.Size().Height+margin))
	}
}

func (p *page) to(y float32) {
	most := max(0, p.body.Size().Height-p.scroll.Size().Height)
	p.scroll.Offset.Y = max(0, min(y, most))
	p.scroll.Refresh()
}

// scrollKey scrolls if the key is for that.
func (p *page) scrollKey(k fyne.KeyName) bool {
	y, high := p.scroll.Offset.Y, p.scroll.Size().Height
	switch k {
	case fyne.KeyUp:
		p.to(y - Scaled(40))
	case fyne.KeyDown:
		p.to(y + Scaled(40))
	case fyne.KeyPageUp:
		p.to(y - high*0.9)
	case fyne.KeyPageDown:
		p.to(y + high*0.9)
	case fyne.KeyHome:
		p.to(0)
	case fyne.KeyEnd:
		p.to(p.body.Size().Height)
	default:
		return false
	}
	return true
}

// ScrollByKey scrolls the first page on c if k is a key for that. It is for
// keys that no widget has the focus to take.
func ScrollByKey(c fyne.Canvas, k fyne.KeyName) {
	if p := firstPage(c.Content()); p != nil {
		p.scrollKey(k)
	}
}

func firstPage(o fyne.CanvasObject) *page {
	c, ok := o.(*fyne.Container)
	if !ok || !c.Visible() {
		return nil
	}
	if p, ok := c.Layout.(*page); ok {
		return p
	}
	for _, o := range c.Objects {
		if p := firstPage(o); p != nil {
			return p
		}
	}
	return nil
}

// centred keeps its content at most width wide, in the middle.
type centred struct{ width float32 }

func (c *centred) MinSize(objects []fyne.CanvasObject) fyne.Size { return pad{}.MinSize(objects) }

func (c *centred) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, Scaled(c.width))
	for _, o := range objects {
		h := heightAt(o, w)
		place(o, (size.Width-w)/2, 0, w, max(h, size.Height))
	}
}
