package app_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/ui"
)

// walk calls f with every object that is shown in o.
func walk(o fyne.CanvasObject, f func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	f(o)
	switch o := o.(type) {
	case *container.Scroll:
		walk(o.Content, f)
	case *fyne.Container:
		for _, c := range o.Objects {
			walk(c, f)
		}
	}
}

// text returns all that can be read in o.
func text(o fyne.CanvasObject) string {
	var all string
	walk(o, func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *ui.Words:
			all += o.Text() + "\n"
		case *ui.Button:
			all += o.Text() + "\n"
		case *ui.Tick:
			all += o.Text() + "\n"
		case *ui.CardButton:
			all += o.AccessibilityLabel() + "\n"
		case *ui.Entry:
			all += o.Text + "\n"
		}
	})
	return all
}

// find returns what carries the words, to press.
func find(o fyne.CanvasObject, words string) fyne.Tappable {
	var found fyne.Tappable
	walk(o, func(o fyne.CanvasObject) {
		switch x := o.(type) {
		case *ui.Button:
			if x.Text() == words {
				found = x
			}
		case *ui.CardButton:
			if x.Title() == words {
				found = x
			}
		case *ui.Tick:
			if x.Text() == words {
				found = x
			}
		}
	})
	return found
}

// press presses what carries the words of each key in turn.
func press(t *testing.T, o fyne.CanvasObject, keys ...string) {
	t.Helper()
	for _, k := range keys {
		words := ui.Text(k, "Name", "Leo")
		b := find(o, words)
		if b == nil {
			t.Fatalf("there is no %q (%s) among:\n%s", words, k, text(o))
		}
		test.Tap(b)
	}
}
