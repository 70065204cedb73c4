package system

import (
	"net/netip"
	"slices"
)

// withoutUs leaves the service out of the resolvers that a hooked PC names: it
// would ask itself. Resolvers on this PC that are not the service, of a PC that
// asks nobody else, stay; hooked says whether the hook is set, and is asked for
// them alone.
func (n Network) withoutUs(hooked func() bool) Network {
	onThisPC := func(at netip.AddrPort) bool { return at.Addr().IsLoopback() }
	others := slices.DeleteFunc(slices.Clone(n.Resolvers), onThisPC)
	if len(others) == len(n.Resolvers) || len(others) == 0 && !hooked() {
		return n
	}
	n.Resolvers = others
	return n
}
