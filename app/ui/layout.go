package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// The layouts here settle in one pass: each gives a child its width first and
// asks for its height then, because the height of wrapped text follows from its
// width. The toolkit's own ask first, and need a second frame or clip.

// heightAt returns how high o is at a width.
func heightAt(o fyne.CanvasObject, width float32) float32 {
	if o.Size().Width != width {
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	return o.MinSize().Height
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func shown(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var list []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			list = append(list, o)
		}
	}
	return list
}

// Pad keeps h beside and v above and below o.
func Pad(h, v float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(pad{v, h, v, h}, o)
}

// PadEdges keeps the given widths round o.
func PadEdges(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(pad{top, right, bottom, left}, o)
}

type pad struct{ top, right, bottom, left float32 }

func (p pad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, p.left, p.top, size.Width-p.left-p.right, size.Height-p.top-p.bottom)
	}
}

func (p pad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size = size.Max(o.MinSize())
	}
	return size.AddWidthHeight(p.left+p.right, p.top+p.bottom)
}

// fixed keeps o at a size at text scale 1.
func fixed(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(fixedSize{w, h}, o)
}

type fixedSize struct{ w, h float32 }

func (f fixedSize) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(Scaled(f.w), Scaled(f.h))
}

func (f fixedSize) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	m := f.MinSize(nil)
	for _, o := range objects {
		place(o, (size.Width-m.Width)/2, (size.Height-m.Height)/2, m.Width, m.Height)
	}
}

// Slot is a place for one thing at a time, as big as itself.
func Slot() *fyne.Container { return over() }

// Fill shows objects in c in place of what was there. It lays them out at c's
// width at once, so that whoever holds c is told their true height.
func Fill(c *fyne.Container, objects ...fyne.CanvasObject) {
	c.Objects = objects
	c.Refresh()
}

// over lays objects over each other, all at one size.
func over(objects ...fyne.CanvasObject) *fyne.Container { return container.New(pad{}, objects...) }
