package ui

import "fyne.io/fyne/v2"

// Header is the top of a page: its title and a line under it.
func Header(title, line string) *fyne.Container {
	c := Column(6, Title(title))
	if line != "" {
		c.Add(Soft(line))
	}
	return PadEdges(0, 0, 6, 0, c)
}

// A Level is how a status row stands.
type Level uint8

// The levels.
const (
	Good Level = iota
	Notice
	Bad
	Plain
)

// Status is a row of a status card; action may be nil.
func Status(l Level, title, detail string, action fyne.CanvasObject) *fyne.Container {
	badge := map[Level]*fyne.Container{
		Good:   Badge(Greenish, IconCheck, 34),
		Notice: Badge(Amberish, IconAlert, 34),
		Bad:    Badge(Reddish, IconCross, 34),
		Plain:  Badge(Bluish, IconInfo, 34),
	}[l]
	text := Column(3, Strong(title))
	if detail != "" {
		text.Add(Small(detail))
	}
	return Beside(180, 16, badge, text, action)
}

// Rows puts rows below each other with lines between.
func Rows(rows ...fyne.CanvasObject) *fyne.Container {
	c := Column(14)
	for i, r := range rows {
		if i > 0 {
			c.Objects = append(c.Objects, Line())
		}
		c.Objects = append(c.Objects, r)
	}
	return c
}

// Pair is a label with what it stands for, as on a form that is read: value is
// shown as it was written.
func Pair(label, value string) *fyne.Container { return Column(2, Small(label), Written(value)) }
