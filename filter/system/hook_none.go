//go:build !linux && !windows && !darwin

package system

import (
	"context"
	"fmt"
	"runtime"
)

var errNotOnThisSystem = fmt.Errorf("%w: there is no hook for %s yet", ErrNoHook, runtime.GOOS)

func choose(context.Context, HookConfig, []string) (Hook, error) { return nil, errNotOnThisSystem }

// restore fails although nothing was ever set: whoever asks for it should not
// be told that something was put back.
func restore(context.Context, HookConfig) error { return errNotOnThisSystem }
