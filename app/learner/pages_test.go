package learner_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
)

// TestEveryPage has on each page, whatever has the focus: the numbers to ring, a
// button that leaves and Shift three times that leaves, to a blank page; and
// nothing that Escape or the right mouse button do.
func TestEveryPage(t *testing.T) {
	for _, p := range pages() {
		t.Run(p.name, func(t *testing.T) {
			exits, atExit := 0, ""
			var help *learner.Help
			begin := func() fyne.Window {
				return uitest.Open(t, uitest.Plain(), func(t *testing.T) fyne.CanvasObject {
					help = p.open(t, func(c *learner.Config) {
						c.Exit = func() { exits++; atExit = uitest.Text(help.Content()) }
					})
					return help.Content()
				})
			}
			w := begin()
			page := uitest.Text(help.Content())
			shows(t, page, ui.Text("numbers.danger")+" 999", ui.Text("numbers.childline")+" 0800 1111", ui.Text("help.exit"), ui.Text("help.exit_keys"))

			// One after the other gets the focus, until it is the first again.
			var stops []fyne.Focusable
			for range 200 {
				w.Canvas().FocusNext()
				f := w.Canvas().Focused()
				if len(stops) > 0 && f == stops[0] {
					break
				}
				stops = append(stops, f)
			}
			if len(stops) < 1 {
				t.Fatal("nothing can have the focus")
			}
			for _, f := range stops {
				w.Canvas().Focus(f)
				f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
				f.(desktop.Keyable).KeyDown(&fyne.KeyEvent{Name: fyne.KeyEscape})
				if o, ok := f.(fyne.SecondaryTappable); ok {
					o.TappedSecondary(&fyne.PointEvent{})
				}
				if len(w.Canvas().Overlays().List()) > 0 {
					t.Errorf("something lies over the page, by %T", f)
				}
				if got := uitest.Text(help.Content()); got != page || exits > 0 {
					t.Fatalf("Escape or the right mouse button changed the page to\n%s", got)
				}
			}

			leave := []struct {
				by string
				do func()
			}{{"the button", func() { test.Tap(uitest.Find(help.Content(), ui.Text("help.exit"))) }}}
			tried := map[string]bool{}
			for i := range append(stops, nil) {
				if i < len(stops) { // of each kind one
					kind := fmt.Sprintf("%T", stops[i])
					if tried[kind] {
						continue
					}
					tried[kind] = true
				}
				leave = append(leave, struct {
					by string
					do func()
				}{fmt.Sprintf("Shift with the focus on thing %d", i), func() {
					down := help.KeyDown
					if i < len(stops) {
						for range i + 1 {
							w.Canvas().FocusNext()
						}
						down = w.Canvas().Focused().(desktop.Keyable).KeyDown
					}
					for range 3 {
						down(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
					}
				}})
			}
			for _, l := range leave {
				w = begin()
				exits, atExit = 0, ""
				l.do()
				if exits != 1 || atExit != "" {
					t.Errorf("by %s it left %d times, with this on the page: %q", l.by, exits, atExit)
				}
			}
			help.Home()
			shows(t, uitest.Text(help.Content()), ui.Text("help.title"))
			help.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
			if exits != 1 {
				t.Error("it goes on counting where it left")
			}
		})
	}
}
