//go:build !linux

package system

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
)

var errNotOnThisSystem = fmt.Errorf("%w: there is no hook for %s yet", ErrNoHook, runtime.GOOS)

func choose(context.Context, HookConfig, []string) (Hook, error) { return nil, errNotOnThisSystem }

// restore fails although nothing was ever set: whoever asks for it should not
// be told that something was put back.
func restore(context.Context, HookConfig) error { return errNotOnThisSystem }

// Sweep fails: there is nothing to sweep on this system.
func Sweep() error { return errNotOnThisSystem }

// Origins tells where redirected questions were going. It exists on Linux only.
type Origins struct{}

// OpenOrigins returns [ErrNoHook]: nothing is redirected on this system.
func OpenOrigins() (*Origins, error) { return nil, errNotOnThisSystem }

// UDP reports false.
func (*Origins) UDP(client, local netip.AddrPort) (netip.AddrPort, bool) {
	return netip.AddrPort{}, false
}

// TCP reports false.
func (*Origins) TCP(syscall.Conn) (netip.AddrPort, bool) { return netip.AddrPort{}, false }

// Close does nothing.
func (*Origins) Close() error { return nil }
