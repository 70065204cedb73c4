//go:build !linux && !windows && !darwin

package system

import "context"

func choose(context.Context, HookConfig, []string) (Hook, error) { return nil, errNotOnThisSystem }

// restore fails although nothing was ever set: whoever asks for it should not
// be told that something was put back.
func restore(context.Context, HookConfig) error { return errNotOnThisSystem }
