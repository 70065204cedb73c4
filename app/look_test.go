package app_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/ui"
)

// noon is the time in every test.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// now runs work and done at once.
func now(work, done func()) {
	work()
	done()
}

// A look is how a screen is drawn for a golden picture.
type look struct {
	name     string
	look     ui.Look
	language string
}

var looks = []look{
	{"light", ui.Look{Palette: ui.Light}, "en"},
	{"dark", ui.Look{Palette: ui.Dark}, "en"},
	{"contrast", ui.Look{Palette: ui.HighContrast}, "en"},
	{"double", ui.Look{Palette: ui.Light, Scale: 2}, "en"},
}

var welsh = look{"welsh", ui.Look{Palette: ui.Light}, "cy"}

// open shows what build returns in a window of the size that everything must
// fit, in the look l.
func open(t *testing.T, l look, build func(*testing.T) fyne.CanvasObject) fyne.Window {
	t.Helper()
	time.Local = time.UTC
	test.NewTempApp(t).Settings().SetTheme(ui.NewTheme(l.look))
	if err := ui.Speak(l.language); err != nil {
		t.Fatal(err)
	}
	w := test.NewTempWindow(t, build(t))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1024, 700))
	return w
}

// fits has every word inside the window from side to side, and none cut off.
func fits(t *testing.T, w fyne.Window) {
	t.Helper()
	d := fyne.CurrentApp().Driver()
	walk(w.Content(), func(o fyne.CanvasObject) {
		words, ok := o.(*ui.Words)
		if !ok {
			return
		}
		left := d.AbsolutePositionForObject(o).X
		if left < 0 || left+o.Size().Width > w.Canvas().Size().Width+0.5 {
			t.Errorf("%q goes from %v to %v of %v", words.Text(), left, left+o.Size().Width, w.Canvas().Size().Width)
		}
		if o.Size().Height+0.5 < o.MinSize().Height {
			t.Errorf("%q is %v high and needs %v", words.Text(), o.Size().Height, o.MinSize().Height)
		}
	})
}
