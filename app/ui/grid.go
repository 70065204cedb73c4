package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Grid puts objects in columns of equal width, or below each other where a
// column would be narrower than narrow (a width at text scale 1).
func Grid(columns int, narrow, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&grid{columns: columns, narrow: narrow, gap: gap}, objects...)
}

type grid struct {
	columns     int
	narrow, gap float32
	width       float32
}

func (g *grid) fit(width float32) int {
	if int((width+g.gap)/(Scaled(g.narrow)+g.gap)) < g.columns {
		return 1
	}
	return g.columns
}

func (g *grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	g.width = size.Width
	g.cells(objects, true)
}

func (g *grid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range shown(objects) {
		size.Width = max(size.Width, o.MinSize().Width)
	}
	size.Height = g.cells(objects, false)
	return size
}

func (g *grid) cells(objects []fyne.CanvasObject, move bool) float32 {
	list := shown(objects)
	n := g.fit(g.width)
	w := max(0, (g.width-g.gap*float32(n-1))/float32(n))
	var y float32
	for start := 0; start < len(list); start += n {
		row := list[start:min(start+n, len(list))]
		var high float32
		for _, o := range row {
			high = max(high, heightAt(o, w))
		}
		for i, o := range row {
			if move {
				place(o, float32(i)*(w+g.gap), y, w, high)
			}
		}
		y += high + g.gap
	}
	return max(0, y-g.gap)
}
