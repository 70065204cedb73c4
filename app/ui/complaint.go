package ui

import "fyne.io/fyne/v2"

// A Complaint is the place on a page where what is wrong is said. Empty it
// takes no room.
type Complaint struct {
	box  *fyne.Container
	text string
}

// NewComplaint returns an empty complaint.
func NewComplaint() *Complaint {
	c := &Complaint{box: Column(0)}
	c.Clear()
	return c
}

// Object returns c as it is shown.
func (c *Complaint) Object() fyne.CanvasObject { return c.box }

// Say shows what is wrong. Refresh what holds c afterwards.
func (c *Complaint) Say(sentence string) {
	c.Put(Note(Reddish, IconAlert, Strong(sentence).In(Red)))
	c.text = sentence
}

// Put shows o in place of a complaint.
func (c *Complaint) Put(o fyne.CanvasObject) {
	c.text = ""
	Fill(c.box, o)
	c.box.Show()
}

// Clear takes away what is shown.
func (c *Complaint) Clear() {
	c.text, c.box.Objects = "", nil
	c.box.Hide()
}

// Text returns what is said to be wrong.
func (c *Complaint) Text() string { return c.text }
