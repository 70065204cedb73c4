package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"lessonguard/filter/resolve"
)

// usualListen is where an installed service answers.
var usualListen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("[::1]:53")}

const (
	// A service that was killed leaves its sockets to the holder of the hook for
	// about half a second.
	freePatience = 1500 * time.Millisecond
	freeAgain    = 20 * time.Millisecond
)

// bind binds the server where c says. What an installed service cannot have it
// does without, as long as anything is left: it takes another port of ours where
// another DNS server of this PC has port 53, since most hooks lead to any port;
// and it leaves out IPv6 on a PC that has none.
func bind(ctx context.Context, c resolve.Config, trial bool) (*resolve.Server, error) {
	if !trial {
		var addrs []netip.AddrPort
		for _, at := range c.Addrs {
			at, err := free(ctx, at, c.Log)
			if err != nil {
				c.Log.Warn("not answering at an address", "err", err)
				continue
			}
			addrs = append(addrs, at)
		}
		if len(addrs) == 0 {
			return nil, errors.New("answering at no address: this PC has no loopback network")
		}
		c.Addrs = addrs
	}
	return resolve.Listen(ctx, c)
}

// free returns at, if it can be bound, or the same with port 0.
func free(ctx context.Context, at netip.AddrPort, log *slog.Logger) (netip.AddrPort, error) {
	err := bindable(ctx, at)
	for began := time.Now(); err != nil && ctx.Err() == nil && time.Since(began) < freePatience; err = bindable(ctx, at) {
		if bindable(ctx, netip.AddrPortFrom(at.Addr(), 0)) != nil {
			return at, fmt.Errorf("answering at %s: %w", at, err) // it is not the port
		}
		time.Sleep(freeAgain)
	}
	if err == nil {
		return at, nil
	}
	log.Warn("another program answers there: another port is taken", "address", at, "err", err)
	return netip.AddrPortFrom(at.Addr(), 0), nil
}

// bindable returns nil if both of an address's sockets can be had.
func bindable(ctx context.Context, at netip.AddrPort) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", at.String())
	if err != nil {
		return err
	}
	defer l.Close()
	p, err := lc.ListenPacket(ctx, "udp", at.String())
	if err != nil {
		return err
	}
	return p.Close()
}
