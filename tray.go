package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	fynedesktop "fyne.io/fyne/v2/driver/desktop"

	"lessonguard/app/desktop"
	"lessonguard/app/ui"
)

// A tray is the icon that the program goes on under when its window is closed.
// Where the desktop has none, closing the window ends the program: one that
// cannot be reached helps nobody.
type tray struct {
	app    fyne.App
	window fyne.Window
	lock   func() // called when the window goes: whoever opens it next gives the PIN
	there  bool
}

func newTray(ctx context.Context, a fyne.App, w fyne.Window, lock func()) *tray {
	return &tray{a, w, lock, desktop.HasTray(ctx)}
}

// trayPatience is how long a session may take until it shows icons: it starts us
// and its panel at once.
const trayPatience = 20 * time.Second

// waitForTray waits until there is a tray, where one may be coming.
func waitForTray(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, trayPatience)
	defer cancel()
	for !desktop.HasTray(ctx) {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// show puts the icon in the tray, where there is one. leave is called when the
// window has been closed.
func (t *tray) show(home, help, leave func()) {
	d, ok := t.app.(fynedesktop.App)
	if !t.there || !ok {
		return
	}
	item := func(key string, visit func()) *fyne.MenuItem {
		return fyne.NewMenuItem(ui.Text(key), func() { visit(); t.raise() })
	}
	d.SetSystemTrayMenu(fyne.NewMenu("Lessonguard", item("place.home", home), item("place.help", help)))
	t.window.SetCloseIntercept(func() { t.hide(); leave() })
}

// raise brings the window to the front.
func (t *tray) raise() {
	t.window.Show()
	t.window.RequestFocus()
}

// hide takes the window off the screen at once.
func (t *tray) hide() {
	if !t.there {
		t.app.Quit()
		return
	}
	t.window.Hide()
	t.lock()
}
