package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// A Hook makes the service the resolver of this PC, and undoes it. Its methods
// may be called from several goroutines.
//
// A hook is only set while somebody answers: a PC whose questions go to nobody
// is a family without internet.
type Hook interface {
	// Name is what the hook is called in logs and on screens: "nft".
	Name() string
	// Set points the PC's questions at the service, by these rules. Set again,
	// it changes to new rules without a gap. When it returns an error the rules
	// from before still hold, or, where there were none, the PC is as it was.
	Set(context.Context, HookRules) error
	// Check returns nil while the hook holds, [ErrNotHeld] when it was never set
	// or was restored, and else an error, which wraps [ErrLost], that says who
	// or what undid it. It costs little enough to be called every second.
	Check(context.Context) error
	// Restore puts everything back, whatever state a crash left, also that of
	// another process. Restoring what is as it was does nothing.
	Restore(context.Context) error
}

// HookRules are the part of a hook that changes while it is held.
type HookRules struct {
	// CloseBypass refuses DNS over TLS and over QUIC (port 853) and the
	// addresses of DoH to everybody but the service.
	CloseBypass bool
	// DoH are the addresses of public DNS-over-HTTPS servers.
	DoH []netip.Prefix
	// LinkLocal leaves questions alone that go to an IPv6 link-local resolver
	// (fe80::). They cannot be redirected to loopback, because their sockets are
	// bound to a link; unless LinkLocal says otherwise they are refused, and
	// programs ask their next resolver. It is for a network that gave the PC no
	// other resolver: there, refusing would leave the family without internet.
	LinkLocal bool
}

// A HookConfig says for whom a hook is set.
type HookConfig struct {
	// Listen are the addresses that the service answers on: 127.0.0.1 and, where
	// the PC has IPv6, ::1.
	Listen []netip.AddrPort
	Own    Own
	// Holder is the command of a process that calls [Hold] and does nothing else.
	// It holds the nft hook, and lets go of it when the service dies.
	Holder []string
	// Sockets are all that the service listens on, and Unanswered is what it has
	// read there and waits with. The holder answers what the service left.
	Sockets    []syscall.Conn
	Unanswered *Unanswered
	// Dir is the service's state directory. What a hook changes on the disk is
	// written down there first.
	Dir string
	// Root is where the system's files lie; "" is "/".
	Root string
	Log  *slog.Logger
}

// logged returns c with a log, which nobody reads where none is given.
func (c HookConfig) logged() HookConfig {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Own says whose questions are the service's own and go out as they are. With
// none of the two set it is nobody, and the service's questions come back to it.
type Own struct {
	// User is the number of the account that only the service runs as; 0, root,
	// stands for no account.
	User uint32
	// Cgroup is the control group of the service under the root of the version 2
	// hierarchy: "system.slice/lessonguard.service". A trial that runs as an
	// account of somebody uses it.
	Cgroup string
}

var (
	// ErrNoHook is returned where this PC has nothing that the service can hook.
	ErrNoHook = errors.New("Lessonguard cannot become this PC's resolver") //nolint:staticcheck // it is a name
	// ErrNotHeld is returned by Check before Set and after Restore.
	ErrNotHeld = errors.New("the hook is not set")
	// ErrLost is returned by Check when somebody or something undid the hook.
	ErrLost = errors.New("the hook is lost")
)

// Choose returns the best hook that this PC has, or the best of those named. It
// tries what each needs and changes nothing. The error wraps [ErrNoHook] and
// says of each hook why not.
func Choose(ctx context.Context, c HookConfig, names ...string) (Hook, error) {
	return choose(ctx, c, names)
}

// Restore undoes whatever hook a crash left, of whichever kind. It logs, as
// information and in a sentence, each thing that it put back.
func Restore(ctx context.Context, c HookConfig) error { return restore(ctx, c) }

// A candidate is a hook that a PC may have.
type candidate interface {
	Hook
	// possible returns why the hook cannot be set on this PC.
	possible(ctx context.Context) error
}

// first returns the first candidate that is possible, of those named, if any are.
func first(ctx context.Context, candidates []candidate, names []string) (Hook, error) {
	wanted := make(map[string]bool)
	for _, name := range names {
		wanted[name] = true
	}
	why := ErrNoHook
	for _, h := range candidates {
		if len(names) > 0 && !wanted[h.Name()] {
			continue
		}
		delete(wanted, h.Name())
		err := h.possible(ctx)
		if err == nil {
			return h, nil
		}
		why = fmt.Errorf("%w; not by %s: %w", why, h.Name(), err)
	}
	for name := range wanted {
		why = fmt.Errorf("%w; there is no hook named %q", why, name)
	}
	return nil, why
}

// listening returns an error unless somebody listens at each of the addresses.
// The PC is never pointed at an address where nobody is. A program that floods
// the service with connections does not make it nobody.
func listening(ctx context.Context, addrs []netip.AddrPort) error {
	for _, at := range addrs {
		dialer := net.Dialer{Timeout: time.Second}
		conn, err := dialer.DialContext(ctx, "tcp", at.String())
		if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() && ctx.Err() == nil {
			continue // there are so many at the door that nobody is let in: who has no door refuses
		}
		if err != nil {
			return fmt.Errorf("pointing this PC at %s, where nobody answers: %w", at, err)
		}
		conn.Close()
	}
	return nil
}

// OnlyLinkLocal reports whether every resolver of a network is an IPv6
// link-local one; see [HookRules.LinkLocal].
func OnlyLinkLocal(n Network) bool {
	for _, r := range n.Resolvers {
		if !r.Addr().IsLinkLocalUnicast() || r.Addr().Is4() {
			return false
		}
	}
	return len(n.Resolvers) > 0
}

// loopback returns the addresses to point IPv4 and IPv6 questions at; one that
// is not served is not valid.
func loopback(addrs []netip.AddrPort) (v4, v6 netip.AddrPort, err error) {
	for _, at := range addrs {
		switch at.Addr() {
		case netip.AddrFrom4([4]byte{127, 0, 0, 1}):
			v4 = at
		case netip.IPv6Loopback():
			v6 = at
		default:
			return v4, v6, fmt.Errorf("hooking to %s: it is neither 127.0.0.1 nor ::1", at)
		}
	}
	if !v4.IsValid() && !v6.IsValid() {
		return v4, v6, errors.New("hooking to no address: give 127.0.0.1 or ::1")
	}
	return v4, v6, nil
}

// Same reports whether two rules are the same.
func (r HookRules) Same(o HookRules) bool {
	return r.CloseBypass == o.CloseBypass && r.LinkLocal == o.LinkLocal && slices.Equal(r.DoH, o.DoH)
}
