package system

import (
	"bufio"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// What the hook of macOS does is planned here, as text, and done in
// hook_darwin.go.
//
// macOS keeps its resolvers in configd's dynamic store, each network service's
// under a key of its own. The hook adds a service that nobody else has, whose
// resolver is for every name (the match domain ""), and so goes before the one
// of the network. One for a longer domain goes before ours: a VPN that serves
// some names keeps them. Nothing of anybody else's is changed, and nothing needs
// a journal: whoever finds the key removes it.
//
// The key outlives the process that set it, but not a restart of the Mac. When
// the service is killed launchd starts it again at once, and before anything else
// it removes the key. Should it not come back, a second job of launchd, which is
// no program of ours, removes the key within ten seconds (see packaging/macos).

// macKey is where our resolver is. The UUID is nobody else's.
const macKey = "State:/Network/Service/6C657373-6F6E-4775-A172-646D61636F73/DNS"

// planScutil returns what scutil(8) reads to set our resolver. An array of one
// empty string is written as two quotation marks.
func planScutil(listen []netip.AddrPort) string {
	var b strings.Builder
	b.WriteString("open\nd.init\nd.add ServerAddresses *")
	for _, at := range listen {
		b.WriteString(" " + at.Addr().String())
	}
	b.WriteString("\nd.add SupplementalMatchDomains * \"\"\n")
	// Else names without a dot would be looked up under "".
	b.WriteString("d.add SupplementalMatchDomainsNoSearch # 1\n")
	fmt.Fprintf(&b, "set %s\nclose\nquit\n", macKey)
	return b.String()
}

// What scutil(8) reads to show our resolver, and to remove it.
const (
	scutilShow   = "open\nshow " + macKey + "\nclose\nquit\n"
	scutilRemove = "open\nremove " + macKey + "\nclose\nquit\n"
)

// readScutilShow returns the resolvers of a key as scutil shows it, and whether
// it is for every name; nothing where there is no such key.
func readScutilShow(text string) (servers []string, everyName bool) {
	var array string
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " :")
		switch value = strings.TrimSpace(value); {
		case !ok:
			if name == "}" {
				array = ""
			}
		case value == "<array> {":
			array = name
		case array == "ServerAddresses":
			servers = append(servers, value)
		case array == "SupplementalMatchDomains":
			everyName = everyName || value == ""
		}
	}
	return servers, everyName
}

// heldByScutil returns nil where what scutil shows is what planScutil set.
func heldByScutil(text string, listen []netip.AddrPort) error {
	servers, everyName := readScutilShow(text)
	var want []string
	for _, at := range listen {
		want = append(want, at.Addr().String())
	}
	switch {
	case len(servers) == 0:
		return fmt.Errorf("%w: the resolver was removed from the dynamic store", ErrLost)
	case !everyName || !slices.Equal(servers, want):
		return fmt.Errorf("%w: the resolver in the dynamic store was changed", ErrLost)
	}
	return nil
}

// macAnchor is where pf(4) gets our rules: below the one that macOS's own
// /etc/pf.conf has, and so without a change to that file.
const macAnchor = "com.apple/lessonguard"

// planPF returns our rules for pf(4). They stay when the service dies, unlike
// those of Linux and Windows, and so they refuse nothing that the family needs
// then: mDNSResponder, which every program asks that asks the system, may always
// ask whoever is its resolver. Refused are programs that ask one of their own.
// The service is root's.
func planPF(r HookRules) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	doh := split(r.DoH)
	all := slices.Concat(doh[0], doh[1])
	if r.CloseBypass && len(all) > 0 {
		var words []string
		for _, p := range all {
			words = append(words, p.String())
		}
		line("table <lessonguard_doh> const { %s }", strings.Join(words, ", "))
	}
	line("pass out quick on lo0 proto { tcp, udp } from any to any port { 53, 853 }")
	line("pass out quick proto { tcp, udp } from any to any port 53 user { root, _mdnsresponder }")
	line("block return out quick proto { tcp, udp } from any to any port 53")
	if !r.CloseBypass {
		return b.String()
	}
	line("pass out quick proto { tcp, udp } from any to any port 853 user root")
	line("block return out quick proto { tcp, udp } from any to any port 853")
	if len(all) > 0 {
		line("pass out quick proto { tcp, udp } from any to <lessonguard_doh> port 443 user root")
		line("block return out quick proto { tcp, udp } from any to <lessonguard_doh> port 443")
	}
	return b.String()
}

// readPFToken returns the token that "pfctl -E" prints, which pf is let go with:
// it runs for as long as anybody wants it to. "" where there is none.
func readPFToken(text string) string {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		label, token, ok := strings.Cut(lines.Text(), ":")
		token = strings.TrimSpace(token)
		if ok && strings.TrimSpace(label) == "Token" && strings.Trim(token, "0123456789") == "" {
			return token
		}
	}
	return ""
}
