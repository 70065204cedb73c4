//go:build !linux

package desktop

import "context"

// HasTray reports whether the desktop shows icons of programs in the
// background; Windows and macOS always do.
func HasTray(context.Context) bool { return true }
