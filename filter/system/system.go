// Package system is what the filter needs of the operating system: which
// resolvers the PC uses and which domains are its network's own, how the service
// becomes the PC's resolver and undoes that ([Hook]), whose program asks and
// where it was asking, and what else of the PC is to be watched.
//
// Each system's way lies in files of its own behind one function or type. The
// package asks no resolver anything, and decides nothing.
package system

import (
	"context"
	"net/netip"
	"slices"

	"lessonguard/filter"
)

// A Network is how this PC resolves names now.
type Network struct {
	// Resolvers are what the network gave the PC, or somebody set on it, the
	// preferred one first. A stub on this PC that only passes questions on is
	// left out for those that it asks.
	Resolvers []netip.AddrPort
	// Search are the domains that names are looked up under, or that belong to
	// a link: the network's own names.
	Search []filter.Name
	// Gateways are the routers by which the PC reaches the internet, where the
	// system says. At home they answer questions too.
	Gateways []netip.AddrPort
	// VPN are those of Resolvers that are reached through a tunnel; see [Tunnels].
	VPN []netip.AddrPort
	// Tunnelled is that the internet is reached through one, too.
	Tunnelled bool
}

// Discover returns how this PC resolves names now. A PC without any resolver, as
// one that is offline, is no error.
func Discover(ctx context.Context) (Network, error) {
	return discover(ctx)
}

// resolver adds the resolver at an address, as a system writes it, on port 53.
func (n *Network) resolver(text string) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.IsUnspecified() || addr.IsMulticast() || isPlaceholder(addr) {
		return
	}
	n.add(netip.AddrPortFrom(addr.Unmap(), 53))
}

func (n *Network) add(at netip.AddrPort) {
	if !slices.Contains(n.Resolvers, at) {
		n.Resolvers = append(n.Resolvers, at)
	}
}

// domain adds a domain of the network. One that anybody can register names
// under is left out: a network that says "com" would open all of it.
func (n *Network) domain(text string) {
	name, err := filter.ParseName(text)
	if err != nil || name.IsPublicSuffix() && !name.IsPrivateTLD() || slices.Contains(n.Search, name) {
		return
	}
	n.Search = append(n.Search, name)
}

// isPlaceholder reports whether addr is one of those that Windows gives an
// adapter that has been told of no resolver.
func isPlaceholder(addr netip.Addr) bool {
	return netip.MustParsePrefix("fec0:0:0:ffff::/64").Contains(addr)
}
