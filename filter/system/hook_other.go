//go:build !linux

package system

import (
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
)

// What is here belongs to the nft hook, which is Linux's alone.

var errNotOnThisSystem = fmt.Errorf("%w: there is no such thing on %s", ErrNoHook, runtime.GOOS)

// Hold fails: there is nothing to hold on this system.
func Hold() error { return errNotOnThisSystem }

// Unanswered keeps nothing: nobody would answer in the service's place.
type Unanswered struct{}

// NewUnanswered returns [ErrNoHook].
func NewUnanswered() (*Unanswered, error) { return nil, errNotOnThisSystem }

// Add does nothing.
func (*Unanswered) Add(client, local netip.AddrPort, query []byte) int { return -1 }

// Done does nothing.
func (*Unanswered) Done(int) {}

// Origins tells where redirected questions were going. It exists on Linux only.
type Origins struct{}

// OpenOrigins returns [ErrNoHook]: nothing is redirected on this system.
func OpenOrigins() (*Origins, error) { return nil, errNotOnThisSystem }

// Of reports false.
func (*Origins) Of(network string, client, local netip.AddrPort) (netip.AddrPort, bool) {
	return netip.AddrPort{}, false
}

// UDP reports false.
func (*Origins) UDP(client, local netip.AddrPort) (netip.AddrPort, bool) {
	return netip.AddrPort{}, false
}

// TCP reports false.
func (*Origins) TCP(syscall.Conn) (netip.AddrPort, bool) { return netip.AddrPort{}, false }

// Close does nothing.
func (*Origins) Close() error { return nil }
