package main

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/resolve"
	"lessonguard/filter/system"
)

// TestNothingToAsk: a trial needs a resolver, an installed filter does not.
func TestNothingToAsk(t *testing.T) {
	some := system.Network{Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:53")}}
	for _, tt := range []struct {
		why     string
		args    []string
		network system.Network
		policy  filter.Policy
		want    string
	}{
		{"the PC has one", nil, some, filter.Policy{}, ""},
		{"one is given", []string{"--upstream", "192.0.2.1"}, system.Network{}, filter.Policy{}, ""},
		{"installed", []string{"--hook", "auto"}, system.Network{}, filter.Policy{}, ""},
		{"the guardian chose one", nil, system.Network{}, filter.Policy{Upstreams: []string{"192.0.2.1"}}, ""},
		{"none", nil, system.Network{}, filter.Policy{}, "give one with --upstream ADDRESS"},
	} {
		c, err := parseRun(stdio{}, append([]string{"--state", "x"}, tt.args...))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.reaches(tt.network, tt.policy); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.why, err, tt.want)
		}
	}
}

// TestLastNetwork: while the network cannot be read its last resolvers are
// asked, beside those of the guardian.
func TestLastNetwork(t *testing.T) {
	at := netip.MustParseAddrPort("192.0.2.1:53")
	network, fails := system.Network{Resolvers: []netip.AddrPort{at}}, error(nil)
	d := &discovery{
		discover: func(context.Context) (system.Network, error) { return network, fails },
		chosen:   func() []string { return []string{"192.0.2.9"} },
		log:      slog.New(slog.DiscardHandler),
	}
	for _, tt := range []struct {
		why     string
		network system.Network
		fails   error
		want    []resolve.Address
	}{
		{"read", network, nil, []resolve.Address{resolve.PlainAddress(at)}},
		{"not read", system.Network{}, errors.New("busy"), []resolve.Address{resolve.PlainAddress(at)}},
		{"still not read", system.Network{}, errors.New("busy"), []resolve.Address{resolve.PlainAddress(at)}},
		{"offline", system.Network{}, nil, nil},
	} {
		network, fails = tt.network, tt.fails
		if got := d.resolvers(); !slices.Equal(got.System, tt.want) || len(got.Chosen) != 1 {
			t.Errorf("%s: %+v, want %v", tt.why, got, tt.want)
		}
	}
}

// TestRoutersStandIn: dead resolvers that somebody set do not leave the filter
// with nobody to ask, where the PC's router answers questions too.
func TestRoutersStandIn(t *testing.T) {
	dead, router := netip.MustParseAddrPort("192.0.2.1:53"), netip.MustParseAddrPort("192.168.1.1:53")
	for _, tt := range []struct {
		why       string
		installed bool
		resolvers []netip.AddrPort
		standIns  []resolve.Address
	}{
		{"another resolver", true, []netip.AddrPort{dead}, []resolve.Address{resolve.PlainAddress(router)}},
		{"the router itself", true, []netip.AddrPort{router}, nil},
		{"a trial", false, []netip.AddrPort{dead}, nil},
	} {
		d := &discovery{
			discover: func(context.Context) (system.Network, error) {
				return system.Network{Resolvers: tt.resolvers, Gateways: []netip.AddrPort{router}}, nil
			},
			routers: tt.installed, chosen: func() []string { return nil }, log: slog.New(slog.DiscardHandler),
		}
		want := []resolve.Address{resolve.PlainAddress(tt.resolvers[0])}
		if got := d.resolvers(); !slices.Equal(got.System, want) || !slices.Equal(got.StandIns, tt.standIns) || got.Alone {
			t.Errorf("%s: %+v are asked, want %v and %v in their place", tt.why, got, want, tt.standIns)
		}
	}
}

// TestResolversOfVPN: what goes through a VPN is not asked of the router, and the
// names of its network are asked of its own resolvers.
func TestResolversOfVPN(t *testing.T) {
	vpn, router := netip.MustParseAddrPort("10.99.0.1:53"), netip.MustParseAddrPort("192.168.1.1:53")
	network := func(tunnelled bool, resolvers []netip.AddrPort, vpn ...netip.AddrPort) system.Network {
		return system.Network{Resolvers: resolvers, VPN: vpn, Tunnelled: tunnelled}
	}
	for _, tt := range []struct {
		why     string
		network system.Network
		want    []netip.AddrPort
		apart   []netip.AddrPort
		alone   bool
	}{
		{"no VPN", network(false, []netip.AddrPort{router}), []netip.AddrPort{router}, nil, false},
		{"one that carries everything", network(true, []netip.AddrPort{vpn}, vpn), []netip.AddrPort{vpn}, nil, true},
		{"one that carries everything, and the router is named too", network(true, []netip.AddrPort{router, vpn}, vpn), []netip.AddrPort{vpn}, nil, true},
		{"one that brings no resolver", network(true, []netip.AddrPort{router}), []netip.AddrPort{router}, nil, false},
		{"one for an office", network(false, []netip.AddrPort{router, vpn}, vpn), []netip.AddrPort{router}, []netip.AddrPort{vpn}, false},
		{"one for an office, which is named first", network(false, []netip.AddrPort{vpn, router}, vpn), []netip.AddrPort{vpn}, nil, false},
	} {
		if got, apart, alone := asked(tt.network); !slices.Equal(got, tt.want) || !slices.Equal(apart, tt.apart) || alone != tt.alone {
			t.Errorf("%s: %v are asked, %v apart, alone %v, want %v, %v, %v", tt.why, got, apart, alone, tt.want, tt.apart, tt.alone)
		}
	}
}
