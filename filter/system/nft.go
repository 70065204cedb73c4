package system

import (
	"fmt"
	"net/netip"
	"strings"
)

// nftTable is our table's name. The kernel ties it to the process that made it
// (NFT_TABLE_F_OWNER, Linux 5.12): nobody else can change it, and it goes when
// that process does.
const nftTable = "lessonguard"

// nftZone is the connection tracking zone of the service's own questions: any
// number but 0, where everything else is.
const nftZone = 53530

// nftRules returns what nft(8) reads to set rules, as one transaction. The
// number is how many times the rules have been set, from 1; a chain is named for
// it, so that the kernel can be asked which rules hold. Until the hook is settled
// what slips past it is let go (see settle).
func nftRules(c HookConfig, r HookRules, number int, settled bool) (string, error) {
	v4, v6, err := loopback(c.Listen)
	if err != nil {
		return "", err
	}
	own, err := c.Own.nft()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if number > 1 {
		for _, chain := range []string{"tracked", "own", "questions", "bypass"} {
			line("flush chain inet %s %s;", nftTable, chain)
		}
		for _, set := range []string{"doh4", "doh6"} {
			line("flush set inet %s %s;", nftTable, set)
		}
		line("delete chain inet %s %s;", nftTable, nftMark(number-1))
	}
	line("table inet %s {", nftTable)
	line("\tflags owner;")
	line("\tchain %s { };", nftMark(number))
	// Nothing comes through here. The rule keeps the kernel's connection tracking
	// on when those of the other chains go, and without that the last answers
	// would not be translated back.
	line("\tchain tracked { ct state established accept; };")
	doh := split(r.DoH)
	line("\tset doh4 { type ipv4_addr; flags interval; auto-merge;%s };", elements(doh[0]))
	line("\tset doh6 { type ipv6_addr; flags interval; auto-merge;%s };", elements(doh[1]))

	// Our own questions are tracked apart. A program may ask the same resolver from
	// a port that one of ours went out from in the last minutes; its question would
	// be taken for more of ours, and neither be redirected nor let out. Only their
	// way out is apart: the answers must look to firewalls as what was asked for.
	line("\tchain own {")
	line("\t\ttype filter hook output priority -300; policy accept;") // before tracking
	line("\t\t%s oifname != \"lo\" meta l4proto { tcp, udp } th dport 53 ct original zone set %d;", own, nftZone)
	line("\t};")

	// Before other tables' dstnat (-100): the first to translate a connection wins.
	line("\tchain questions {")
	line("\t\ttype nat hook output priority -110; policy accept;")
	line("\t\t%s accept;", own)
	line("\t\toifname \"lo\" accept;") // to a stub on this PC, whose own questions come here
	// Sockets that ask a link-local resolver are bound to its link, and nothing
	// gets from there to loopback.
	line("\t\tip6 daddr fe80::/10 accept;")
	for _, to := range []netip.AddrPort{v4, v6} {
		if to.IsValid() {
			line("\t\tmeta nfproto %s meta l4proto { tcp, udp } th dport 53 redirect to :%d;", family(to), to.Port())
		}
	}
	line("\t};")

	line("\tchain bypass {")
	line("\t\ttype filter hook output priority 0; policy accept;")
	line("\t\t%s accept;", own)
	line("\t\toifname \"lo\" accept;")
	// Refused, not dropped: a program that is told so at once goes on to its next
	// resolver, or from DoH to plain DNS; one that waits is a slow PC.
	if r.LinkLocal {
		line("\t\tip6 daddr fe80::/10 meta l4proto { tcp, udp } th dport 53 accept;")
	}
	// What was not redirected, and yet goes out: to a link-local resolver, or as
	// the answer to a packet that a resolver sent first and unasked.
	for _, to := range []netip.AddrPort{v4, v6} {
		if to.IsValid() && settled {
			line("\t\tmeta nfproto %s tcp dport 53 ct status & dnat != dnat reject with tcp reset;", family(to))
			line("\t\tmeta nfproto %s udp dport 53 ct status & dnat != dnat reject;", family(to))
		}
	}
	if r.CloseBypass {
		line("\t\ttcp dport 853 reject with tcp reset;")
		line("\t\tudp dport 853 reject;")
		for _, to := range []string{"ip daddr @doh4", "ip6 daddr @doh6"} {
			line("\t\t%s tcp dport 443 reject with tcp reset;", to)
			line("\t\t%s udp dport 443 reject;", to)
		}
	}
	line("\t};")
	line("};")
	return b.String(), nil
}

// nftStopMark is the chain that says that [nftStopped] holds.
const nftStopMark = "stopping"

// nftStopped returns what nft(8) reads to redirect and to close nothing any more,
// whatever it read before, be it half a line. The table stays.
func nftStopped() string {
	return fmt.Sprintf("\ntable inet %[1]s { flags owner; chain questions { }; chain bypass { }; chain %[2]s { }; }; "+
		"flush chain inet %[1]s questions; flush chain inet %[1]s bypass\n", nftTable, nftStopMark)
}

func family(at netip.AddrPort) string {
	if at.Addr().Is4() {
		return "ipv4"
	}
	return "ipv6"
}

func nftMark(number int) string { return fmt.Sprintf("set-%d", number) }

// nft returns what matches the service's own packets.
func (o Own) nft() (string, error) {
	switch {
	case o.Cgroup != "":
		path := strings.Trim(o.Cgroup, "/")
		if path == "" || strings.ContainsAny(path, "\"\n;{}") {
			return "", fmt.Errorf("exempting the control group %q: that is not the name of one", o.Cgroup)
		}
		return fmt.Sprintf("socket cgroupv2 level %d %q", strings.Count(path, "/")+1, path), nil
	case o.User != 0:
		return fmt.Sprintf("meta skuid %d", o.User), nil
	}
	return "", fmt.Errorf("exempting the service's own questions: neither its account nor its control group is given, and root is every administrator's")
}

// split returns the IPv4 and the IPv6 prefixes, each without the bits that it
// does not fix.
func split(prefixes []netip.Prefix) (families [2][]netip.Prefix) {
	for _, p := range prefixes {
		if !p.IsValid() {
			continue
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		family := 0
		if p.Addr().Is6() {
			family = 1
		}
		families[family] = append(families[family], p.Masked())
	}
	return families
}

func elements(prefixes []netip.Prefix) string {
	if len(prefixes) == 0 {
		return ""
	}
	var b strings.Builder
	for i, p := range prefixes {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.String())
	}
	return " elements = { " + b.String() + " };"
}
