package system_test

import (
	"net/netip"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

func addrs(texts ...string) (all []netip.AddrPort) {
	for _, text := range texts {
		all = append(all, netip.MustParseAddrPort(text))
	}
	return all
}

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

func TestNftRules(t *testing.T) {
	config := system.HookConfig{Listen: addrs("127.0.0.1:53", "[::1]:5354"), Own: system.Own{User: 990}}
	got, err := system.NftRules(config, system.HookRules{
		CloseBypass: true,
		DoH:         prefixes("9.9.9.9/32", "192.0.2.77/24", "2001:db8::7/48", "::ffff:198.51.100.1/128"),
	}, 1, true)
	want := `table inet lessonguard {
	flags owner;
	chain set-1 { };
	chain tracked { ct state established accept; };
	set doh4 { type ipv4_addr; flags interval; auto-merge; elements = { 9.9.9.9/32, 192.0.2.0/24, 198.51.100.1/32 }; };
	set doh6 { type ipv6_addr; flags interval; auto-merge; elements = { 2001:db8::/48 }; };
	chain own {
		type filter hook output priority -300; policy accept;
		meta skuid 990 oifname != "lo" meta l4proto { tcp, udp } th dport 53 ct original zone set 53530;
	};
	chain questions {
		type nat hook output priority -110; policy accept;
		meta skuid 990 accept;
		oifname "lo" accept;
		ip6 daddr fe80::/10 accept;
		meta nfproto ipv4 meta l4proto { tcp, udp } th dport 53 redirect to :53;
		meta nfproto ipv6 meta l4proto { tcp, udp } th dport 53 redirect to :5354;
	};
	chain bypass {
		type filter hook output priority 0; policy accept;
		meta skuid 990 accept;
		oifname "lo" accept;
		meta nfproto ipv4 tcp dport 53 ct status & dnat != dnat reject with tcp reset;
		meta nfproto ipv4 udp dport 53 ct status & dnat != dnat reject;
		meta nfproto ipv6 tcp dport 53 ct status & dnat != dnat reject with tcp reset;
		meta nfproto ipv6 udp dport 53 ct status & dnat != dnat reject;
		tcp dport 853 reject with tcp reset;
		udp dport 853 reject;
		ip daddr @doh4 tcp dport 443 reject with tcp reset;
		ip daddr @doh4 udp dport 443 reject;
		ip6 daddr @doh6 tcp dport 443 reject with tcp reset;
		ip6 daddr @doh6 udp dport 443 reject;
	};
};
`
	if err != nil || got != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

// TestNftRulesHold looks for what must be in the rules, and what must not.
func TestNftRulesHold(t *testing.T) {
	both := addrs("127.0.0.1:53", "[::1]:53")
	for _, tt := range []struct {
		why       string
		config    system.HookConfig
		rules     system.HookRules
		number    int
		has, lack []string
	}{
		{
			"the ways round are open",
			system.HookConfig{Listen: both, Own: system.Own{User: 990}},
			system.HookRules{},
			1,
			[]string{"redirect to :53", "oifname \"lo\" accept"},
			[]string{"853", "443", "flush", "dnat", "l4proto { tcp, udp } th dport 53 accept"},
		},
		{
			"the network has link-local resolvers only",
			system.HookConfig{Listen: both, Own: system.Own{User: 990}},
			system.HookRules{LinkLocal: true},
			1,
			[]string{"ip6 daddr fe80::/10 meta l4proto { tcp, udp } th dport 53 accept;"},
			nil,
		},
		{
			"no IPv6",
			system.HookConfig{Listen: both[:1], Own: system.Own{User: 990}},
			system.HookRules{},
			1,
			[]string{"nfproto ipv4"},
			[]string{"nfproto ipv6"},
		},
		{
			"a control group",
			system.HookConfig{Listen: both, Own: system.Own{Cgroup: "/system.slice/lessonguard.service"}},
			system.HookRules{},
			1,
			[]string{`socket cgroupv2 level 2 "system.slice/lessonguard.service" accept`},
			[]string{"skuid"},
		},
		{
			"set again",
			system.HookConfig{Listen: both, Own: system.Own{User: 990}},
			system.HookRules{},
			3,
			[]string{
				"flush chain inet lessonguard tracked;", "flush chain inet lessonguard questions;", "flush chain inet lessonguard bypass;",
				"flush set inet lessonguard doh4;", "flush set inet lessonguard doh6;",
				"delete chain inet lessonguard set-2;", "chain set-3 { };",
			},
			nil,
		},
	} {
		got, err := system.NftRules(tt.config, tt.rules, tt.number, tt.number > 1)
		if err != nil {
			t.Errorf("%s: %v", tt.why, err)
		}
		for _, has := range tt.has {
			if !strings.Contains(got, has) {
				t.Errorf("%s: no %q in\n%s", tt.why, has, got)
			}
		}
		for _, lack := range tt.lack {
			if strings.Contains(got, lack) {
				t.Errorf("%s: %q in\n%s", tt.why, lack, got)
			}
		}
	}
}

func TestNftRulesRefuse(t *testing.T) {
	own := system.Own{User: 990}
	for _, tt := range []struct {
		config system.HookConfig
		want   string
	}{
		{system.HookConfig{Own: own}, "hooking to no address"},
		{system.HookConfig{Own: own, Listen: addrs("0.0.0.0:53")}, "0.0.0.0:53"},
		{system.HookConfig{Own: own, Listen: addrs("127.0.0.2:53")}, "127.0.0.2:53"},
		{system.HookConfig{Listen: addrs("127.0.0.1:53")}, "neither its account nor its control group"},
		{system.HookConfig{Listen: addrs("127.0.0.1:53"), Own: system.Own{Cgroup: `x" accept; #`}}, "not the name of one"},
		{system.HookConfig{Listen: addrs("127.0.0.1:53"), Own: system.Own{Cgroup: "/"}}, "not the name of one"},
	} {
		if _, err := system.NftRules(tt.config, system.HookRules{}, 1, true); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want an error with %q", tt.config, err, tt.want)
		}
	}
}
