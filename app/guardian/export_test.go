package guardian

import "fyne.io/fyne/v2"

// NoticesOf returns the card of notices on a home, which lies below the fold.
func NoticesOf(h *Home) fyne.CanvasObject { return h.notices.card }

// ChangesOf returns the card of what was changed, which lies below the fold too.
func ChangesOf(h *Home) fyne.CanvasObject { return h.changes.card }
