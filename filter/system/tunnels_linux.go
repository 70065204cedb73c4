package system

import (
	"fmt"
	"net"
	"slices"

	"github.com/vishvananda/netlink"
)

// tunnelKinds are the kinds of link that carry traffic inside other traffic.
// Those of virtual machines (tap) and of containers are none.
var tunnelKinds = []string{"wireguard", "ppp", "ipip", "sit", "gre", "gretap", "ip6gre", "ip6tnl", "vti", "vti6", "xfrm", "ipvti"}

func tunnels() ([]string, error) {
	links, err := netlink.LinkList()
	if err != nil {
		return nil, fmt.Errorf("listing the network links: %w", err)
	}
	var names []string
	for _, l := range links {
		a := l.Attrs()
		if a.Flags&net.FlagUp == 0 || a.Name == ownLink {
			continue
		}
		tun, isTun := l.(*netlink.Tuntap)
		if isTun && tun.Mode == netlink.TUNTAP_MODE_TUN || slices.Contains(tunnelKinds, l.Type()) {
			names = append(names, a.Name)
		}
	}
	return names, nil
}
