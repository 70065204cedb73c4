package system

import (
	"encoding/hex"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// What the hook of Windows does is planned here, as data, and done in
// hook_windows.go. This is the plan for the network adapters.
//
// An adapter's list of resolvers is made to begin with the service, and the
// resolvers that were there follow it. While the service lives, the firewall
// refuses these to everybody else (see winfilter.go); when it dies, for whatever
// reason, the kernel takes the firewall's rules away in that moment, nobody
// listens at the first address any more, and Windows goes on to the second.
//
// Only the list for IPv4 is changed, which any name can be asked over. What a
// router announces for IPv6 cannot be read any more once it is covered by a list
// of ours, and would be out of date in the next network; the firewall and the
// rule for names (see winnrpt.go) leave it without effect while the service lives.

// A winAdapter is a network adapter, and whom it asks over IPv4.
type winAdapter struct {
	// ID is the adapter's GUID as the registry writes it, in braces.
	ID string
	// Up says that it is connected.
	Up bool
	// VPN says that it is a tunnel. Its resolvers are its own, and know names
	// that nobody else knows.
	VPN bool
	// Set is what somebody set (NameServer), which covers what DHCP gave
	// (DhcpNameServer); as the registry writes them.
	Set, Given string
	// Profile is what somebody set for this adapter in this network alone
	// (ProfileNameServer, Windows 11). It covers both, belongs to the network,
	// and comes back with it: it stays as it is.
	Profile string
}

// leave reports whether the adapter is not for us to change.
func (a winAdapter) leave() bool { return a.VPN || !a.Up || a.Profile != "" }

// A winChange is one adapter's new list. An empty one gives it back to DHCP.
type winChange struct {
	ID      string
	Up      bool // Windows knows it; of one that is unplugged only the registry does
	Servers []netip.Addr
}

// guidBytes reads an adapter's ID, in the order that it is written in. It reports
// false for a key of the registry that is no adapter's.
func guidBytes(id string) (b [16]byte, ok bool) {
	inner, opens := strings.CutPrefix(id, "{")
	inner, closes := strings.CutSuffix(inner, "}")
	groups := strings.Split(inner, "-")
	if !opens || !closes || len(groups) != 5 {
		return b, false
	}
	for i, digits := range []int{8, 4, 4, 4, 12} {
		if len(groups[i]) != digits {
			return b, false
		}
	}
	n, err := hex.Decode(b[:], []byte(strings.Join(groups, "")))
	return b, err == nil && n == len(b)
}

// winServers reads a list of the registry: commas and spaces are both in use.
func winServers(text string) (servers []netip.Addr) {
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if addr, err := netip.ParseAddr(field); err == nil {
			servers = append(servers, addr)
		}
	}
	return servers
}

// winList writes a list as Windows wants it.
func winList(servers []netip.Addr) string {
	var words []string
	for _, s := range servers {
		words = append(words, s.String())
	}
	return strings.Join(words, ",")
}

// pointed reports whether a list is one of ours: it begins with the service. No
// other resolver can be at that address while the service is.
func pointed(servers []netip.Addr, us netip.Addr) bool { return len(servers) > 0 && servers[0] == us }

// before returns what was set on the adapter before us, as the registry wrote it.
// Where the journal is lost it is what stands behind the service, unless that is
// what DHCP gives.
func (a winAdapter) before(us netip.Addr, was winJournal) string {
	now := winServers(a.Set)
	if !pointed(now, us) {
		return a.Set
	}
	if set, known := was[a.ID]; known {
		return set
	}
	rest := without(now, us)
	if slices.Equal(rest, winServers(a.Given)) {
		return ""
	}
	return winList(rest)
}

// behind returns the resolvers that the adapter would ask if the service were
// not there: those that somebody set, else those that DHCP gives now.
func (a winAdapter) behind(us netip.Addr, was winJournal) []netip.Addr {
	if set := without(winServers(a.before(us, was)), us); len(set) > 0 {
		return set
	}
	return without(winServers(a.Given), us)
}

func without(servers []netip.Addr, us netip.Addr) []netip.Addr {
	return slices.DeleteFunc(slices.Clone(servers), func(s netip.Addr) bool { return s == us })
}

// planAdapters returns what to change so that every adapter asks the service
// first, and the journal to write before. An adapter that was unplugged keeps its
// place in the journal; what somebody set since the last time counts as having
// been there.
func planAdapters(adapters []winAdapter, us netip.Addr, was winJournal) (changes []winChange, next winJournal) {
	next = make(winJournal)
	maps.Copy(next, was)
	for _, a := range adapters {
		if a.leave() {
			continue
		}
		next[a.ID] = a.before(us, was)
		want := append([]netip.Addr{us}, a.behind(us, was)...)
		if !slices.Equal(winServers(a.Set), want) {
			changes = append(changes, winChange{ID: a.ID, Up: a.Up, Servers: want})
		}
	}
	return changes, next
}

// planUndo returns what to change so that every adapter, connected or not, asks
// whom it asked before. One that somebody else has set since is theirs. Whatever
// the journal says, none is left pointed at the service.
func planUndo(adapters []winAdapter, us netip.Addr, was winJournal) (changes []winChange) {
	for _, a := range adapters {
		if pointed(winServers(a.Set), us) {
			changes = append(changes, winChange{ID: a.ID, Up: a.Up, Servers: without(winServers(a.before(us, was)), us)})
		}
	}
	return changes
}

// unpointed returns the first adapter that is for us and does not ask us first,
// of those that the journal has; "" while all do. Others have just been plugged
// in, and are seen to.
func unpointed(adapters []winAdapter, us netip.Addr, was winJournal) string {
	for _, a := range adapters {
		if _, known := was[a.ID]; known && !a.leave() && !pointed(winServers(a.Set), us) {
			return a.ID
		}
	}
	return ""
}

// fallbacks returns the resolvers that stand behind the service on the connected
// adapters, each once.
func fallbacks(adapters []winAdapter, us netip.Addr, was winJournal) (servers []netip.Addr) {
	for _, a := range adapters {
		if a.leave() {
			continue
		}
		for _, s := range a.behind(us, was) {
			if !slices.Contains(servers, s) {
				servers = append(servers, s)
			}
		}
	}
	return servers
}
