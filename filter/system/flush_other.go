//go:build !linux && !windows && !darwin

package system

import "context"

// flushCache does nothing: this system has no cache that we know of.
func flushCache(context.Context) error { return nil }
