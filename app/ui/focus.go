package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Keys calls f with each key that goes down while something inside o has the
// focus, unless there are nearer Keys round that. The toolkit gives key-downs to
// the focused widget alone, so ours pass them on; where nothing has the focus
// the canvas has them.
func Keys(o fyne.CanvasObject, f func(*fyne.KeyEvent)) *fyne.Container {
	return container.New(&keyScope{down: f}, o)
}

type keyScope struct {
	pad
	down func(*fyne.KeyEvent)
}

// keyDown passes ev to the nearest [Keys] round o.
func keyDown(o fyne.CanvasObject, ev *fyne.KeyEvent) {
	for _, c := range slices.Backward(path(o)) {
		if k, ok := c.Layout.(*keyScope); ok {
			k.down(ev)
			return
		}
	}
}

// Reveal scrolls the [Page] round o until o can be seen.
func Reveal(o fyne.CanvasObject) {
	for _, c := range path(o) {
		if p, ok := c.Layout.(*page); ok {
			p.reveal(o)
		}
	}
}

// path returns the containers from the outermost to the one that holds o.
func path(o fyne.CanvasObject) []*fyne.Container {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	for _, root := range append(c.Overlays().List(), c.Content()) {
		if found := descend(root, o); found != nil {
			return found
		}
	}
	return nil
}

func descend(from, to fyne.CanvasObject) []*fyne.Container {
	switch from := from.(type) {
	case *container.Scroll:
		return descend(from.Content, to)
	case *fyne.Container:
		for _, o := range from.Objects {
			if o == to {
				return []*fyne.Container{from}
			}
			if found := descend(o, to); found != nil {
				return append([]*fyne.Container{from}, found...)
			}
		}
	}
	return nil
}
