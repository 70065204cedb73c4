package system

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// The rules for the Windows Filtering Platform refuse questions that go past the
// service. They live in a dynamic session, which is the process's: when it dies,
// however it dies, the kernel removes them, and Windows goes on to the resolvers
// that stand behind the service.
//
// They are asked when a program connects, or sends its first packet to somebody;
// refused is refused at once, and not after a wait. What a virtual machine sends
// (WSL 2, Hyper-V) is not a program's of this PC, and does not come by.
//
// Nothing is redirected, so [HookRules.LinkLocal] makes no difference: the service
// asks a link-local resolver as it asks any other.

// A winRule is one rule, for IPv4 or for IPv6. What is left out matches anything;
// of several ports or addresses one has to match.
type winRule struct {
	V6     bool
	Permit bool
	// Service is for packets of the service: its program, run as its account.
	Service bool
	// Loopback is for packets that stay on this PC.
	Loopback bool
	Ports    []uint16 // of TCP and UDP both
	To       []netip.Prefix
}

// maxWinAddrs is how many addresses one rule gets: it is handed to the kernel in
// one piece.
const maxWinAddrs = 128

func (r winRule) String() string {
	words := []string{"refuse"}
	if r.Permit {
		words[0] = "permit"
	}
	if r.V6 {
		words = append(words, "IPv6")
	} else {
		words = append(words, "IPv4")
	}
	if r.Service {
		words = append(words, "of the service")
	}
	if r.Loopback {
		words = append(words, "on this PC")
	}
	if len(r.Ports) > 0 {
		words = append(words, "to port "+strings.Trim(fmt.Sprint(r.Ports), "[]"))
	}
	if len(r.To) > 0 {
		words = append(words, "at "+strings.Trim(fmt.Sprint(r.To), "[]"))
	}
	return strings.Join(words, " ")
}

// planFilter returns the rules to set, the permitting ones first: so nothing is
// refused in between that is to go on. To the resolvers of vpn go questions of
// everybody; see [splitServers].
func planFilter(r HookRules, vpn []netip.Addr) (rules []winRule) {
	closed := []uint16{53}
	if r.CloseBypass {
		closed = append(closed, 853)
	}
	var prefixes []netip.Prefix
	for _, s := range vpn {
		s = s.WithZone("")
		prefixes = append(prefixes, netip.PrefixFrom(s, s.BitLen()))
	}
	open, doh := split(prefixes), split(r.DoH)
	for family, v6 := range []bool{false, true} {
		rules = append(rules, winRule{V6: v6, Permit: true, Service: true}, winRule{V6: v6, Permit: true, Loopback: true})
		for to := range slices.Chunk(open[family], maxWinAddrs) {
			rules = append(rules, winRule{V6: v6, Permit: true, Ports: []uint16{53}, To: to})
		}
	}
	for family, v6 := range []bool{false, true} {
		rules = append(rules, winRule{V6: v6, Ports: closed})
		if !r.CloseBypass {
			continue
		}
		for to := range slices.Chunk(doh[family], maxWinAddrs) {
			rules = append(rules, winRule{V6: v6, Ports: []uint16{443}, To: to})
		}
	}
	return rules
}
