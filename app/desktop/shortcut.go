package desktop

import "errors"

// A Shortcut is keys that do something whichever window has the focus. Who sits
// at the PC is asked by the desktop, chooses other keys there, or none.
type Shortcut struct {
	ID   string // ours, never shown
	Text string // what it does, as the desktop's settings show it
	Keys string // what we would like, as "CTRL+ALT+h"
}

// ErrNoShortcuts says that this desktop has no shortcuts to give to programs.
var ErrNoShortcuts = errors.New("this desktop gives programs no shortcuts")
