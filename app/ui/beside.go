package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

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
