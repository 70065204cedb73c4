package ui

import "fyne.io/fyne/v2"

// An Option is one thing that can be chosen.
type Option struct {
	ID     string
	Text   string
	Detail string // may be empty
}

// A Choice is a set of options of which one can be chosen.
type Choice struct {
	options []Option
	ticks   []*Tick
	chosen  string
	changed func(id string)
	box     *fyne.Container
}

// NewChoice returns a choice in up to columns columns, of which the option
// with the id chosen is chosen, if there is one.
func NewChoice(columns int, chosen string, options []Option, changed func(id string)) *Choice {
	c := &Choice{options: options, chosen: chosen, changed: changed}
	var objects []fyne.CanvasObject
	for i, o := range options {
		t := NewTick(o.Text, o.ID == chosen, nil)
		t.round, t.boxed = true, true
		t.press = func() { c.choose(i) }
		if o.Detail != "" {
			t.words = Strong(o.Text)
			t.detail = Small(o.Detail)
		}
		c.ticks = append(c.ticks, t)
		objects = append(objects, t)
	}
	c.box = Grid(columns, 250, 10, objects...)
	return c
}

func (c *Choice) choose(i int) {
	c.chosen = c.options[i].ID
	for j, t := range c.ticks {
		t.Set(i == j)
	}
	if c.changed != nil {
		c.changed(c.chosen)
	}
}

// Chosen returns the id of the option chosen; empty if none is.
func (c *Choice) Chosen() string { return c.chosen }

// Object returns c as it is shown.
func (c *Choice) Object() fyne.CanvasObject { return c.box }

// First returns what has the focus first: the option chosen, or the first.
func (c *Choice) First() fyne.Focusable {
	for i, o := range c.options {
		if o.ID == c.chosen {
			return c.ticks[i]
		}
	}
	if len(c.ticks) == 0 {
		return nil
	}
	return c.ticks[0]
}
