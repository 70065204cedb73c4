package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// railWidth is how wide the rail is, at text scale 1.
const railWidth = 216

// frame shows a rail beside the content where there is room, else a bar above.
type frame struct {
	rail, bar, content *fyne.Container
}

func newFrame(rail, bar, content *fyne.Container) *fyne.Container {
	rail = over(newPanel(Rail, flat), rail)
	bar = over(newPanel(Rail, flat), bar)
	return container.New(&frame{rail, bar, content}, rail, bar, content)
}

func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 360) }

func (f *frame) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	w := Scaled(railWidth)
	if size.Width-w < Scaled(520) {
		f.rail.Hide()
		f.bar.Show()
		h := heightAt(f.bar, size.Width)
		place(f.bar, 0, 0, size.Width, h)
		place(f.content, 0, h, size.Width, size.Height-h)
		return
	}
	f.bar.Hide()
	f.rail.Show()
	place(f.rail, 0, 0, w, size.Height)
	place(f.content, w, 0, size.Width-w, size.Height)
}

// brand is the program's mark and name. The name is a proper name.
func brand() fyne.CanvasObject {
	return PadEdges(4, 0, 14, 6, Beside(0, 12, Badge(Bluish, IconShield, 36),
		words(Text("app.name"), theme.SizeNameSubHeadingText, true, Ink), nil))
}

// A Place is somewhere the rail leads to.
type Place struct {
	ID   string
	Text string
	Icon Icon
	Last bool // at the foot of the rail
}

// A Shell is the window's frame: a rail of places, and the place one is at.
type Shell struct {
	box     *fyne.Container
	content *fyne.Container
	signs   [2]*fyne.Container
	items   map[string][]*Button
}

// NewShell returns a shell whose rail calls visit with the id of a place.
func NewShell(places []Place, visit func(id string)) *Shell {
	s := &Shell{content: over(), items: map[string][]*Button{}}
	item := func(p Place) *Button {
		b := newButton(railItem, p.Text, func() { visit(p.ID) }).Icon(p.Icon)
		s.items[p.ID] = append(s.items[p.ID], b)
		return b
	}
	top, foot, bar := Column(5, brand()), Column(5), Flow(8)
	for _, p := range places {
		if p.Last {
			foot.Objects = append(foot.Objects, item(p))
		} else {
			top.Objects = append(top.Objects, item(p))
		}
		bar.Objects = append(bar.Objects, item(p))
	}
	s.signs = [2]*fyne.Container{Column(0), Column(0)}
	bar.Objects = append(bar.Objects, s.signs[1])
	rail := Column(0, top, Spacer(), s.signs[0], PadEdges(8, 0, 0, 0, foot))
	s.box = newFrame(Pad(12, 12, rail), Pad(14, 8, bar), s.content)
	return s
}

// Object returns s as it is shown.
func (s *Shell) Object() fyne.CanvasObject { return s.box }

// Visit puts content on the place with the given id.
func (s *Shell) Visit(id string, content fyne.CanvasObject) {
	for other, items := range s.items {
		for _, b := range items {
			b.kind = railItem
			if other == id {
				b.kind = railHere
			}
			b.Refresh()
		}
	}
	Fill(s.content, content)
}

// Sign shows a lasting sign of a state in every place.
func (s *Shell) Sign(h Hue, i Icon, text string) {
	words := Strong(text).In(h.Strong)
	Fill(s.signs[0], sign(h, Beside(0, 10, picture(i, h.Strong, 20), words, nil)))
	Fill(s.signs[1], sign(h, Beside(0, 10, picture(i, h.Strong, 20), likely(Strong(text).In(h.Strong)), nil)))
	s.box.Refresh()
}

// Unsign takes the sign away.
func (s *Shell) Unsign() {
	for _, slot := range s.signs {
		Fill(slot)
	}
	s.box.Refresh()
}

func sign(h Hue, o fyne.CanvasObject) fyne.CanvasObject {
	p := newPanel(h.Soft, tinted)
	p.edge = h.Strong
	return over(p, Pad(12, 10, o))
}

// lined puts a bar in line with the pages above and below it.
func lined(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&centred{width: pageWidth}, o)
}

// Foot is a bar of buttons under a page: going back left, going on right.
func Foot(left, right fyne.CanvasObject) *fyne.Container {
	if left == nil {
		left = Column(0)
	}
	return over(newPanel(Rail, flat), Column(0, Line(), lined(Pad(28, 12, Beside(0, 12, likely(left), Column(0), right)))))
}

// likely gives o the width it likes where a layout would give the least.
func likely(o fyne.CanvasObject) *fyne.Container { return container.New(likelyWide{}, o) }

type likelyWide struct{ pad }

func (likelyWide) MinSize(objects []fyne.CanvasObject) fyne.Size {
	m := objects[0].MinSize()
	return fyne.NewSize(max(m.Width, likes(objects[0])), m.Height)
}

// Above puts head above and foot below what takes the rest of the height; both
// may be nil.
func Above(head, rest, foot fyne.CanvasObject) *fyne.Container {
	a := &above{head, rest, foot}
	var objects []fyne.CanvasObject
	for _, o := range []fyne.CanvasObject{head, rest, foot} {
		if o != nil {
			objects = append(objects, o)
		}
	}
	return container.New(a, objects...)
}

type above struct{ head, rest, foot fyne.CanvasObject }

func (a *above) MinSize(objects []fyne.CanvasObject) fyne.Size { return column{}.MinSize(objects) }

func (a *above) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	var top, bottom float32
	if a.head != nil && a.head.Visible() {
		top = heightAt(a.head, size.Width)
		place(a.head, 0, 0, size.Width, top)
	}
	if a.foot != nil && a.foot.Visible() {
		bottom = heightAt(a.foot, size.Width)
		place(a.foot, 0, size.Height-bottom, size.Width, bottom)
	}
	place(a.rest, 0, top, size.Width, max(0, size.Height-top-bottom))
}

// Strip is a low bar across the top of a page: left, what is said, and right.
func Strip(left, middle, right fyne.CanvasObject) *fyne.Container {
	if left == nil {
		left = Column(0)
	}
	return over(newPanel(Rail, flat), Column(0, lined(Pad(28, 9, Beside(0, 16, likely(left), middle, right))), Line()))
}

// Numbers is a bar of phone numbers across the foot of a page, always in view.
func Numbers(pairs ...string) *fyne.Container {
	row := Flow(26)
	for i := 0; i+1 < len(pairs); i += 2 {
		row.Add(Body(pairs[i] + " **" + pairs[i+1] + "**"))
	}
	return over(newPanel(Rail, flat), Column(0, Line(), lined(Pad(28, 11, Beside(0, 12, picture(IconPhone, Green, 22), row, nil)))))
}
