//go:build !linux

package desktop

import "context"

// Run returns [ErrNoShortcuts]: Windows and macOS would need a hook that sees
// every key that is pressed, which a program for children has no business with.
func (Shortcut) Run(context.Context, func()) error { return ErrNoShortcuts }
