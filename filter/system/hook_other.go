//go:build !linux

package system

import (
	"errors"
	"net/netip"
	"syscall"
)

// What is here belongs to the nft hook, which is Linux's alone.

var errOnlyNft = errors.New("only Linux has that")

// Hold fails: there is nothing to hold on this system.
func Hold() error { return errOnlyNft }

// Unanswered keeps nothing: nobody would answer in the service's place.
type Unanswered struct{}

// NewUnanswered fails: nobody would read it.
func NewUnanswered() (*Unanswered, error) { return nil, errOnlyNft }

// Add does nothing.
func (*Unanswered) Add(client, local netip.AddrPort, query []byte) int { return -1 }

// Done does nothing.
func (*Unanswered) Done(int) {}

// Origins tells where redirected questions were going. It exists on Linux only.
type Origins struct{}

// OpenOrigins fails: nothing is redirected on this system.
func OpenOrigins() (*Origins, error) { return nil, errOnlyNft }

// UDP reports false.
func (*Origins) UDP(client, local netip.AddrPort) (netip.AddrPort, bool) {
	return netip.AddrPort{}, false
}

// TCP reports false.
func (*Origins) TCP(syscall.Conn) (netip.AddrPort, bool) { return netip.AddrPort{}, false }

// Close does nothing.
func (*Origins) Close() error { return nil }
