package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Column puts objects below each other, all as wide as itself, with a gap
// between. A [Spacer] takes what height is left.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(column{gap}, objects...)
}

// Spacer takes what is left of a [Column].
func Spacer() fyne.CanvasObject { return layout.NewSpacer() }

type column struct{ gap float32 }

func (c column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var used float32
	heights := map[fyne.CanvasObject]float32{}
	list := shown(objects)
	for i, o := range list {
		if i > 0 {
			used += c.gap
		}
		heights[o] = heightAt(o, size.Width)
		used += heights[o]
	}
	var y float32
	for _, o := range list {
		h := heights[o]
		if _, ok := o.(layout.SpacerObject); ok {
			h = max(0, size.Height-used)
		}
		place(o, 0, y, size.Width, h)
		y += h + c.gap
	}
}

func (c column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for i, o := range shown(objects) {
		if i > 0 {
			size.Height += c.gap
		}
		m := o.MinSize()
		size.Width, size.Height = max(size.Width, m.Width), size.Height+m.Height
	}
	return size
}
