package ui_test

import (
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/ui"
)

// window shows o in the window that everything must fit.
func window(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1024, 700))
	return w
}

func start(t *testing.T, scale float32) {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(ui.NewTheme(ui.Look{Palette: ui.Light, Scale: scale}))
	if err := ui.Speak("en"); err != nil {
		t.Fatal(err)
	}
}

func key(name fyne.KeyName) *fyne.KeyEvent { return &fyne.KeyEvent{Name: name} }

func TestButtonKeys(t *testing.T) {
	start(t, 1)
	for _, c := range []struct {
		name  string
		make  func(func()) *ui.Button
		enter int
		space int
	}{
		{"plain", func(f func()) *ui.Button { return ui.Primary("Go", f) }, 1, 1},
		{"no Enter", func(f func()) *ui.Button { return ui.Primary("Send", f).NoEnter() }, 0, 1},
		{"disabled", func(f func()) *ui.Button { b := ui.Primary("Go", f); b.Disable(); return b }, 0, 0},
	} {
		n := 0
		b := c.make(func() { n++ })
		window(t, ui.Column(0, b))
		b.TypedKey(key(fyne.KeyReturn))
		b.TypedKey(key(fyne.KeyEnter))
		if n != 2*c.enter {
			t.Errorf("%s: two Enters press it %d times, want %d", c.name, n, 2*c.enter)
		}
		n = 0
		test.Type(b, " ")
		if n != c.space {
			t.Errorf("%s: Space presses it %d times, want %d", c.name, n, c.space)
		}
	}
}

// TestSwitchWaits turns only when told, and asks once.
func TestSwitchWaits(t *testing.T) {
	start(t, 1)
	var asked []bool
	s := ui.NewSwitch("Lesson mode", false, func(on bool) { asked = append(asked, on) })
	window(t, s)
	test.Tap(s)
	if s.On() || len(asked) != 1 || !asked[0] {
		t.Fatalf("after a tap on=%v, asked %v", s.On(), asked)
	}
	s.Set(false, true)
	test.Tap(s)
	if len(asked) != 1 {
		t.Error("it asks again while a change is made")
	}
	s.Set(true, false)
	if got := s.AccessibilityLabel(); got != "Lesson mode, on" {
		t.Errorf("it is called %q", got)
	}
}

func TestSegmentKeys(t *testing.T) {
	start(t, 1)
	var got []string
	s := ui.NewSegment("Length", "b", []ui.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}, {ID: "c", Text: "C"}}, func(id string) { got = append(got, id) })
	window(t, ui.Flow(0, s))
	s.TypedKey(key(fyne.KeyRight))
	s.TypedKey(key(fyne.KeyRight)) // there is nothing further
	s.TypedKey(key(fyne.KeyLeft))
	test.Type(s, "  ") // on to c, and round to a
	if want := "c b c a"; len(got) != 4 || got[0]+" "+got[1]+" "+got[2]+" "+got[3] != want {
		t.Errorf("chose %q, want %s", got, want)
	}
	test.TapAt(s, fyne.NewPos(s.Size().Width*0.9, 5))
	if s.Chosen() != "c" {
		t.Errorf("a tap on the right chose %q", s.Chosen())
	}
}

func TestChoiceHoldsOne(t *testing.T) {
	start(t, 1)
	c := ui.NewChoice(2, "", []ui.Option{{ID: "a", Text: "A"}, {ID: "b", Text: "B"}}, nil)
	w := window(t, c.Object())
	w.Canvas().FocusNext()
	first := w.Canvas().Focused().(*ui.Tick)
	test.Type(first, " ")
	w.Canvas().FocusNext()
	second := w.Canvas().Focused().(*ui.Tick)
	test.Type(second, " ")
	if first.On() || !second.On() || c.Chosen() != "b" {
		t.Errorf("a %v, b %v, chosen %q", first.On(), second.On(), c.Chosen())
	}
	test.Type(second, " ") // choosing again does not undo it
	if !second.On() {
		t.Error("pressing what is chosen undid it")
	}
}

// TestTabLeavesLongFields does not catch the keyboard in a field of lines.
func TestTabLeavesLongFields(t *testing.T) {
	start(t, 1)
	f := ui.NewField(ui.FieldConfig{Label: "Words", Lines: 5})
	b := ui.Primary("Next", nil)
	w := window(t, ui.Column(0, f.Object(), b))
	w.Canvas().FocusNext()
	if f.Entry.AcceptsTab() {
		t.Error("the field keeps Tab for itself")
	}
	w.Canvas().FocusNext()
	if w.Canvas().Focused() != fyne.Focusable(b) {
		t.Errorf("Tab goes to %T", w.Canvas().Focused())
	}
}

func TestFieldTakesNoMore(t *testing.T) {
	start(t, 1)
	last := ""
	f := ui.NewField(ui.FieldConfig{Label: "Name", Most: 5, Changed: func(s string) { last = s }})
	window(t, f.Object())
	test.Type(f.Entry, "ŵŷôîêâ")
	if f.Text() != "ŵŷôîê" || last != "ŵŷôîê" {
		t.Errorf("the field has %q and said %q", f.Text(), last)
	}
}

// TestFocusScrolls has what Tab goes to in view, all the way down and back up.
func TestFocusScrolls(t *testing.T) {
	for _, scale := range []float32{1, 2} {
		start(t, scale)
		var objects []fyne.CanvasObject
		for i := range 40 {
			objects = append(objects, ui.NewTick("Line "+strconv.Itoa(i), false, nil))
		}
		w := window(t, ui.Page(objects...))
		inView := func() bool {
			o := w.Canvas().Focused().(fyne.CanvasObject)
			y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
			return y >= 0 && y+o.Size().Height <= 700
		}
		for i := range 40 {
			w.Canvas().FocusNext()
			if !inView() {
				t.Fatalf("at scale %v line %d has the focus out of view", scale, i)
			}
		}
		for range 39 {
			w.Canvas().FocusPrevious()
			if !inView() {
				t.Fatalf("at scale %v a line has the focus out of view on the way up", scale)
			}
		}
	}
}

// TestKeysScroll scrolls a page of text alone.
func TestKeysScroll(t *testing.T) {
	start(t, 2)
	var objects []fyne.CanvasObject
	for range 40 {
		objects = append(objects, ui.Body("Some words"))
	}
	w := window(t, ui.Page(objects...))
	top := func() float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(objects[0]).Y }
	before := top()
	ui.ScrollByKey(w.Canvas(), fyne.KeyPageDown)
	down := top()
	if down >= before {
		t.Errorf("Page Down moves the first line from %v to %v", before, down)
	}
	ui.ScrollByKey(w.Canvas(), fyne.KeyEnd)
	ui.ScrollByKey(w.Canvas(), fyne.KeyHome)
	if top() != before {
		t.Errorf("Home leaves the first line at %v, want %v", top(), before)
	}
}

func TestDialogClosesOnce(t *testing.T) {
	start(t, 1)
	w := window(t, ui.Column(0))
	closed := 0
	b := ui.Primary("OK", nil)
	d := ui.ShowDialog(w.Canvas(), func() { closed++ }, ui.Title("Sure?"), b)
	w.Canvas().Focus(b)
	b.KeyDown(key(fyne.KeyEscape))
	d.Close()
	if closed != 1 || d.Open() || len(w.Canvas().Overlays().List()) != 0 {
		t.Errorf("closed %d times, open %v", closed, d.Open())
	}
}

// TestNothingIsWiderThanTheWindow has long words and labels wrap at twice the
// size in a narrow window.
func TestNothingIsWiderThanTheWindow(t *testing.T) {
	start(t, 2)
	long := "Open it, and tell the safeguarding team of Llanfairpwllgwyngyll Tutoring that I asked for help"
	page := ui.Page(
		ui.Header(long, long),
		ui.Flow(10, ui.Primary(long, nil), ui.Secondary(long, nil)),
		ui.NewTick(long, true, nil),
		ui.NewRowButton(ui.Bluish, ui.IconHelp, long, long, nil),
		ui.Grid(3, 220, 14, ui.NewCardButton(ui.Bluish, ui.IconHelp, long, long, nil), ui.NewCardButton(ui.Bluish, ui.IconHelp, long, long, nil), ui.NewCardButton(ui.Bluish, ui.IconHelp, long, long, nil)),
		ui.Card(ui.Rows(ui.Status(ui.Good, long, long, ui.Secondary(long, nil)))),
		ui.Note(ui.Reddish, ui.IconAlert, ui.Body(long)),
	)
	w := window(t, page)
	w.Resize(fyne.NewSize(640, 700))
	if got := page.MinSize().Width; got > 640 {
		t.Errorf("the page needs %v of 640", got)
	}
	test.AssertRendersToImage(t, "narrow_double.png", w.Canvas())
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 12: "12", 999: "999", 1000: "1,000", 1482113: "1,482,113", -1000: "-1,000"} {
		if got := ui.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	for given, want := range map[string]string{"": "", "the disk is full": "The disk is full.", "It broke.": "It broke.", "ŵy": "Ŵy."} {
		if got := ui.Sentence(given); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", given, got, want)
		}
	}
}
