package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
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

// Beside puts lead left, trail right and body between them, in the middle of
// the height. Where body would be narrower than narrow (at text scale 1), trail
// goes below it. lead and trail may be nil.
func Beside(narrow, gap float32, lead, body, trail fyne.CanvasObject) *fyne.Container {
	b := &beside{narrow: narrow, gap: gap, lead: lead, body: body, trail: trail}
	var objects []fyne.CanvasObject
	for _, o := range []fyne.CanvasObject{lead, body, trail} {
		if o != nil {
			objects = append(objects, o)
		}
	}
	return container.New(b, objects...)
}

type beside struct {
	narrow, gap       float32
	lead, body, trail fyne.CanvasObject
	width             float32
}

func (b *beside) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b.width = size.Width
	b.arrange(size.Height, true)
}

func (b *beside) MinSize([]fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(b.body.MinSize().Width, b.arrange(0, false))
	if b.lead != nil {
		size.Width += b.lead.MinSize().Width + b.gap
	}
	if b.trail != nil { // it can go below
		size.Width = max(size.Width, b.trail.MinSize().Width)
	}
	return size
}

func (b *beside) arrange(height float32, move bool) float32 {
	var x, right, leadHigh, trailHigh, trailWide float32
	if b.lead != nil {
		m := b.lead.MinSize()
		x, leadHigh = m.Width+b.gap, m.Height
	}
	below := false
	if b.trail != nil && b.trail.Visible() {
		trailWide = min(likes(b.trail), b.width)
		below = b.width-x-trailWide-b.gap < Scaled(b.narrow)
		if below {
			trailWide = min(trailWide, max(0, b.width-x))
		} else {
			right = trailWide + b.gap
		}
		trailHigh = heightAt(b.trail, trailWide)
	}
	bodyWide := max(0, b.width-x-right)
	bodyHigh := heightAt(b.body, bodyWide)
	high := max(leadHigh, bodyHigh)
	total := max(high, trailHigh)
	if below {
		total = high + b.gap + trailHigh
	}
	if !move {
		return total
	}
	top := max(0, height-total) / 2
	if !below {
		high = total
	}
	if b.lead != nil {
		leadTop := top + (high-leadHigh)/2
		if bodyHigh > 2*leadHigh { // beside long text the start is where one looks
			leadTop = top
		}
		place(b.lead, 0, leadTop, x-b.gap, leadHigh)
	}
	place(b.body, x, top+(high-bodyHigh)/2, bodyWide, bodyHigh)
	switch {
	case b.trail == nil:
	case below:
		place(b.trail, x, top+high+b.gap, trailWide, trailHigh)
	default:
		place(b.trail, b.width-trailWide, top+(high-trailHigh)/2, trailWide, trailHigh)
	}
	return total
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
