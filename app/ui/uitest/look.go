// Package uitest draws screens in memory, presses keys on them and compares
// pictures, for tests.
package uitest

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/ui"
)

// Noon is the time in every test.
func Noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// AtOnce runs work, then done.
func AtOnce(work, done func()) {
	work()
	done()
}

// A Look is how a screen is drawn for a golden picture.
type Look struct {
	ui.Look

	Name     string // ends the name of the picture
	Language string // "en" or "cy"
}

// Looks returns each way to look, in English. The first is the plain one.
func Looks() []Look {
	return []Look{
		{ui.Look{Palette: ui.Light}, "light", "en"},
		{ui.Look{Palette: ui.Dark}, "dark", "en"},
		{ui.Look{Palette: ui.HighContrast}, "contrast", "en"},
		{ui.Look{Palette: ui.Light, Scale: 2}, "double", "en"},
	}
}

// AllLooks returns [Looks], and the plain one in Welsh.
func AllLooks() []Look {
	return append(Looks(), Look{ui.Look{Palette: ui.Light}, "welsh", "cy"})
}

// Plain returns the look of tests that are not about pictures.
func Plain() Look { return Looks()[0] }

// Open shows what build returns in a window of the size that everything must
// fit, 1024 by 700, in the look l. It sets the program's theme, its language
// and its time zone, UTC, so tests that use it cannot run in parallel.
func Open(t *testing.T, l Look, build func(*testing.T) fyne.CanvasObject) fyne.Window {
	t.Helper()
	time.Local = time.UTC
	test.NewTempApp(t).Settings().SetTheme(ui.NewTheme(l.Look))
	// The toolkit throws away what was not drawn for a minute, by a clock that it
	// looks at only when it draws: after a minute of tests that draw nothing, what
	// is made now would be as good as old.
	test.NewCanvas().Capture()
	if err := ui.Speak(l.Language); err != nil {
		t.Fatal(err)
	}
	w := test.NewTempWindow(t, build(t))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1024, 700))
	return w
}

// Spoken returns the language that [Open] set, "en" or "cy".
func Spoken() string {
	if ui.Text("ui.back") == "Back" {
		return "en"
	}
	return "cy"
}
