package uitest

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/ui"
)

// Pictures draws the screen that build returns in several looks, and compares
// each as [Compare] does.
func Pictures(t *testing.T, name string, in []Look, build func(*testing.T) fyne.CanvasObject) {
	t.Helper()
	for _, l := range in {
		t.Run(name+"/"+l.Name, func(t *testing.T) {
			Compare(t, name, l, Open(t, l, build))
		})
	}
}

// Compare compares w, opened in the look l, with the picture NAME_LOOK.png in
// the folder testdata of the package under test. Its words must fit, and lack
// nothing of what they insert.
func Compare(t *testing.T, name string, l Look, w fyne.Window) {
	t.Helper()
	if all := Text(w.Content()); strings.Contains(all, "<no value>") {
		t.Errorf("words lack what they insert:\n%s", all)
	}
	fits(t, w)
	test.AssertRendersToImage(t, name+"_"+l.Name+".png", w.Canvas())
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
