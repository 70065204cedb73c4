package uitest

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

// Text returns all that can be read in o, a line for each thing.
func Text(o fyne.CanvasObject) string {
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

// Find returns what carries the words in o, to press: the last where several
// do, nil where nothing does.
func Find(o fyne.CanvasObject, words string) fyne.Tappable {
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

// Press presses in o what carries the words of each key in turn; a key without
// words stands for itself. What words insert is of the family in every test:
// Leo, whose provider is Key Stage Tutoring and whose service is Childline.
func Press(t *testing.T, o fyne.CanvasObject, keys ...string) {
	t.Helper()
	for _, k := range keys {
		words := ui.Text(k, "Name", "Leo", "Service", "Childline", "Team", "Key Stage Tutoring's safeguarding team", "Provider", "Key Stage Tutoring")
		b := Find(o, words)
		if b == nil {
			t.Fatalf("there is no %q (%s) among:\n%s", words, k, Text(o))
		}
		test.Tap(b)
	}
}

// Write writes the words into the nth field of o, counted from 0.
func Write(t *testing.T, o fyne.CanvasObject, n int, words string) {
	t.Helper()
	walk(o, func(o fyne.CanvasObject) {
		if e, ok := o.(*ui.Entry); ok {
			if n == 0 {
				e.SetText(words)
			}
			n--
		}
	})
	if n >= 0 {
		t.Fatal("there are not so many fields")
	}
}
