package guardian

import "fyne.io/fyne/v2"

// NoticesOf returns the card of notices on a home, which lies below the fold.
func NoticesOf(h *Home) fyne.CanvasObject { return h.notices.card }
