package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Flow puts objects beside each other, each as wide as it likes to be, and goes
// on below when the line is full. An object wider than the line is narrowed.
func Flow(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap}, objects...)
}

type flow struct {
	gap   float32
	width float32 // of the last layout, which MinSize answers for
}

// wide is what knows how wide it likes to be when there is room.
type wide interface{ likes() float32 }

func likes(o fyne.CanvasObject) float32 {
	if w, ok := o.(wide); ok {
		return w.likes()
	}
	return o.MinSize().Width
}

func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.rows(objects, true)
}

func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range shown(objects) {
		size.Width = max(size.Width, o.MinSize().Width)
	}
	size.Height = f.rows(objects, false)
	return size
}

func (f *flow) rows(objects []fyne.CanvasObject, move bool) float32 {
	var x, y, high float32
	var row []fyne.CanvasObject
	end := func() {
		for _, o := range row {
			if move { // in the middle of the line
				o.Move(fyne.NewPos(o.Position().X, y+(high-o.Size().Height)/2))
			}
		}
		row = nil
	}
	for _, o := range shown(objects) {
		w := likes(o)
		if f.width > 0 {
			w = min(w, f.width)
		}
		if x > 0 && f.width > 0 && x+w > f.width+0.5 {
			end()
			x, y, high = 0, y+high+f.gap, 0
		}
		h := heightAt(o, w)
		if move {
			place(o, x, y, w, h)
		}
		row = append(row, o)
		x, high = x+w+f.gap, max(high, h)
	}
	end()
	return y + high
}
