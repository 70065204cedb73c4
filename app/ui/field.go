package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// A Field is a place to write, with its label above, a hint, and the place for
// what is wrong with what was written.
type Field struct {
	Entry *Entry
	box   *fyne.Container
	wrong *fyne.Container
	error *Words
}

// FieldConfig is what a [Field] is made from.
type FieldConfig struct {
	Label   string
	Hint    string // may be empty
	Value   string
	Lines   int  // 0 and 1: one line
	Secret  bool // shown as dots
	Most    int  // letters at most; 0: any number
	Changed func(string)
	Entered func() // by Enter; nil: Enter does nothing
}

// NewField returns a field. Text that is too long is not taken.
func NewField(c FieldConfig) *Field {
	f := &Field{Entry: newEntry(c), error: Strong("").In(Red)}
	f.wrong = Beside(0, 8, picture(IconAlert, Red, 18), f.error, nil)
	f.box = Column(6, Strong(c.Label))
	if c.Hint != "" {
		f.box.Add(Small(c.Hint))
	}
	f.box.Add(f.Entry)
	f.box.Add(f.wrong)
	f.Fail("")
	return f
}

// Fail shows what is wrong; an empty sentence: nothing is. Refresh what holds f
// afterwards.
func (f *Field) Fail(sentence string) {
	f.error.SetText(sentence)
	if sentence == "" {
		f.wrong.Hide()
		return
	}
	f.wrong.Show()
}

// Failure returns what is shown to be wrong.
func (f *Field) Failure() string { return f.error.Text() }

// Object returns f as it is shown.
func (f *Field) Object() fyne.CanvasObject { return f.box }

// Text returns what was written.
func (f *Field) Text() string { return f.Entry.Text }

// An Entry is the toolkit's, with a ring when it has the focus and keys that
// leave it: Tab always goes on to the next thing.
type Entry struct {
	widget.Entry
	ring ring
}

func newEntry(c FieldConfig) *Entry {
	e := &Entry{ring: newRing()}
	e.ExtendBaseWidget(e)
	e.Text, e.Password = c.Value, c.Secret
	e.CursorColumn = len([]rune(c.Value))
	if c.Lines > 1 {
		e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
		e.SetMinRowsVisible(c.Lines)
		e.CursorColumn = 0
	}
	e.OnChanged = func(text string) {
		if r := []rune(text); c.Most > 0 && len(r) > c.Most {
			e.SetText(string(r[:c.Most]))
			return
		}
		if c.Changed != nil {
			c.Changed(text)
		}
	}
	if c.Entered != nil {
		e.OnSubmitted = func(string) { c.Entered() }
	}
	return e
}

var (
	_ fyne.Tabbable   = (*Entry)(nil)
	_ desktop.Keyable = (*Entry)(nil)
)

// AcceptsTab implements [fyne.Tabbable].
func (e *Entry) AcceptsTab() bool { return false }

// TappedSecondary implements [fyne.SecondaryTappable] by opening no menu: it would
// lie over the way out of a page. Keys copy and paste.
func (e *Entry) TappedSecondary(*fyne.PointEvent) {}

// KeyDown implements [desktop.Keyable].
func (e *Entry) KeyDown(k *fyne.KeyEvent) {
	e.Entry.KeyDown(k)
	keyDown(e, k)
}

// FocusGained implements [fyne.Focusable].
func (e *Entry) FocusGained() {
	Reveal(e)
	e.Entry.FocusGained()
	e.ring.show(true, Ring)
}

// FocusLost implements [fyne.Focusable].
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	e.ring.show(false, Ring)
}

// CreateRenderer implements [fyne.Widget].
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	return &entryRenderer{WidgetRenderer: e.Entry.CreateRenderer(), e: e}
}

type entryRenderer struct {
	fyne.WidgetRenderer
	e *Entry
}

func (r *entryRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.e.ring.layout(size, 9)
}

func (r *entryRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.e.ring.rect}, r.WidgetRenderer.Objects()...)
}

// Narrow keeps o at most width wide, at text scale 1, at the left.
func Narrow(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(narrow{width}, o)
}

type narrow struct{ width float32 }

func (n narrow) MinSize(objects []fyne.CanvasObject) fyne.Size { return pad{}.MinSize(objects) }

func (n narrow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, Scaled(n.width))
	for _, o := range objects {
		place(o, 0, 0, w, max(heightAt(o, w), size.Height))
	}
}
