package main

import (
	"context"
	"errors"
	"log/slog"

	"fyne.io/fyne/v2"

	"lessonguard/app/desktop"
	"lessonguard/app/ui"
)

// helpKey opens help by a key, from whatever else is on the screen, until ctx is
// done. A desktop without such keys takes nothing away: help is in the tray, the
// window and the menu.
func helpKey(ctx context.Context, log *slog.Logger, show func()) error {
	key := desktop.Shortcut{ID: "help", Text: ui.Text("help.shortcut"), Keys: "CTRL+ALT+h"}
	err := key.Run(ctx, func() { fyne.Do(show) })
	if err != nil && !errors.Is(err, desktop.ErrNoShortcuts) {
		log.Warn("help has no key any more", "err", err)
	}
	return nil
}
