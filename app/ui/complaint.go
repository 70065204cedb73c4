package ui

import "fyne.io/fyne/v2"

// A Complaint is the place on a page where what is wrong is said. Empty it
// takes no room.
type Complaint struct {
	*fyne.Container
	text string
}

// NewComplaint returns an empty complaint.
func NewComplaint() *Complaint {
	c := &Complaint{Container: Column(0)}
	c.Clear()
	return c
}

// Say shows what is wrong. Refresh what holds c afterwards.
func (c *Complaint) Say(sentence string) {
	c.Put(Note(Reddish, IconAlert, Strong(sentence).In(Red)))
	c.text = sentence
}

// Put shows o in place of a complaint.
func (c *Complaint) Put(o fyne.CanvasObject) {
	c.text = ""
	c.Objects = []fyne.CanvasObject{o}
	c.Container.Show()
}

// Clear takes away what is shown.
func (c *Complaint) Clear() {
	c.text, c.Objects = "", nil
	c.Container.Hide()
}

// Text returns what is said to be wrong.
func (c *Complaint) Text() string { return c.text }
