package system

import (
	"net/netip"
	"slices"
	"strings"
)

// Windows' table of rules for names (NRPT) says whom to ask for which names,
// whatever the network adapters say. Ours is for every name, ".": so a program
// that asks Windows asks the service, also over an adapter that was plugged in
// this moment, or that announces resolvers for IPv6, or a tunnel. A rule for a
// longer name goes before it: a VPN with rules of its own keeps its names.
//
// Rules stay when the process that wrote them dies, and Windows looks for no
// other way round one. So the resolvers that were there stand in ours too, after
// the service, as they do in the adapters' lists; the registry key that holds it
// is volatile, and gone after a restart of the PC; and it is removed first when
// the service starts.

// winNRPTOurs is the key of our rule: a GUID that is nobody else's.
const winNRPTOurs = `{6c657373-6f6e-4775-a172-64206e727074}`

// A winNRPTRule is a rule as the registry has it.
type winNRPTRule struct {
	// Key is the name of its registry key.
	Key string
	// Names are the names that it is for, each with everything under it where it
	// begins with a dot.
	Names []string
	// Servers are whom to ask, separated by semicolons.
	Servers string
}

// planNRPT returns our rule: the service, and then the resolvers behind it.
func planNRPT(listen []netip.AddrPort, behind []netip.Addr) winNRPTRule {
	var servers []string
	for _, at := range listen {
		servers = append(servers, at.Addr().String())
	}
	for _, s := range behind {
		servers = append(servers, s.String())
	}
	return winNRPTRule{Key: winNRPTOurs, Names: []string{"."}, Servers: strings.Join(servers, ";")}
}

// splitServers returns the resolvers that others' rules name for some names only.
// An administrator has set them, and a split VPN needs them. One for every name
// would be a way past the filter, and is no reason to open it.
func splitServers(rules []winNRPTRule) (servers []netip.Addr) {
	for _, r := range rules {
		if strings.EqualFold(r.Key, winNRPTOurs) || slices.ContainsFunc(r.Names, func(n string) bool { return strings.Trim(n, ". ") == "" }) {
			continue
		}
		for _, field := range strings.Split(r.Servers, ";") {
			addr, err := netip.ParseAddr(strings.TrimSpace(field))
			if err == nil && !slices.Contains(servers, addr) {
				servers = append(servers, addr)
			}
		}
	}
	return servers
}
