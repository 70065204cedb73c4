package system

import (
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
)

// tunnelKinds are the kinds of link that carry traffic inside other traffic.
// Those of virtual machines (tap) and of containers are none.
var tunnelKinds = []string{"wireguard", "ppp", "ipip", "sit", "gre", "gretap", "ip6gre", "ip6tnl", "vti", "vti6", "xfrm", "ipvti"}

func tunnels() (names []string, err error) {
	links, err := tunnelLinks()
	for _, name := range links {
		names = append(names, name)
	}
	return names, err
}

// tunnelLinks returns the names of the tunnels that are up, by their numbers.
func tunnelLinks() (map[int]string, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, fmt.Errorf("listing the network links: %w", err)
	}
	all := map[int]string{}
	for _, l := range links {
		a := l.Attrs()
		if a.Flags&net.FlagUp == 0 || a.Name == ownLink {
			continue
		}
		tun, isTun := l.(*netlink.Tuntap)
		if isTun && tun.Mode == netlink.TUNTAP_MODE_TUN || slices.Contains(tunnelKinds, l.Type()) {
			all[a.Index] = a.Name
		}
	}
	return all, nil
}

// faraway are addresses all over the internet, of each family: VPNs write "all of
// it" as one route, as two halves, or as a table of their own.
var faraway = [][]netip.Addr{
	{netip.MustParseAddr("1.1.1.1"), netip.MustParseAddr("81.2.69.142"), netip.MustParseAddr("151.101.0.81"), netip.MustParseAddr("212.58.237.1")},
	{netip.MustParseAddr("2001:4860:4860::8888"), netip.MustParseAddr("2a00:1450:4009::200e"), netip.MustParseAddr("2606:4700:4700::1111")},
}

// throughTunnels finds out which of n's resolvers are reached through one of the
// tunnels, and whether the internet is. way returns by which link an address is
// reached, if it is.
func (n *Network) throughTunnels(tunnels map[int]string, way func(netip.Addr) (link int, ok bool)) {
	through := func(to netip.Addr) (tunnelled, reached bool) {
		link, ok := way(to)
		_, tunnelled = tunnels[link]
		return ok && tunnelled, ok
	}
	for _, r := range n.Resolvers {
		if tunnelled, _ := through(r.Addr()); tunnelled {
			n.VPN = append(n.VPN, r)
		}
	}
	for _, family := range faraway {
		reached, tunnelled := 0, 0
		for _, to := range family {
			by, ok := through(to)
			if ok {
				reached++
			}
			if by {
				tunnelled++
			}
		}
		// IPv4 says it, where there is some: many VPNs carry nothing else.
		if reached > 0 {
			n.Tunnelled = tunnelled == reached
			return
		}
	}
}

// wayTo asks the kernel, with all its rules, by which link a packet of ours to an
// address would go. It sends none.
func wayTo(to netip.Addr) (link int, ok bool) {
	if zone := to.Zone(); zone != "" {
		l, err := net.InterfaceByName(zone)
		if err != nil {
			return 0, false
		}
		return l.Index, true
	}
	routes, err := netlink.RouteGet(net.IP(to.AsSlice()))
	if err != nil || len(routes) == 0 {
		return 0, false
	}
	return routes[0].LinkIndex, true
}
