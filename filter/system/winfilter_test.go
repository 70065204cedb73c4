package system_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

func sayAddrs(servers []netip.Addr) string { return strings.Trim(fmt.Sprint(servers), "[]") }

func TestPlanNRPT(t *testing.T) {
	listen := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("[::1]:53")}
	got := system.PlanNRPT(listen, []netip.Addr{netip.MustParseAddr("192.168.1.1")})
	if want := "127.0.0.1;::1;192.168.1.1"; got.Servers != want || len(got.Names) != 1 || got.Names[0] != "." {
		t.Errorf("got %v, want every name to %s", got, want)
	}
}

func TestSplitServers(t *testing.T) {
	for _, tt := range []struct {
		why  string
		rule system.WinNRPTRule
		want string
	}{
		{"a school's names over its VPN", system.WinNRPTRule{Key: "{vpn}", Names: []string{".school.example"}, Servers: "10.8.0.1; 10.8.0.2"}, "10.8.0.1 10.8.0.2"},
		{"every name: a way past us", system.WinNRPTRule{Key: "{x}", Names: []string{"."}, Servers: "8.8.8.8"}, ""},
		{"every name, hidden among others", system.WinNRPTRule{Key: "{x}", Names: []string{".school.example", " . "}, Servers: "8.8.8.8"}, ""},
		{"no name", system.WinNRPTRule{Key: "{x}", Names: []string{""}, Servers: "8.8.8.8"}, ""},
		{"no servers (DirectAccess)", system.WinNRPTRule{Key: "{x}", Names: []string{".corp.example"}}, ""},
		{"ours", system.PlanNRPT(nil, []netip.Addr{netip.MustParseAddr("192.168.1.1")}), ""},
	} {
		if got := sayAddrs(system.SplitServers([]system.WinNRPTRule{tt.rule})); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.why, got, tt.want)
		}
	}
}

// TestPlanFilter reads the rules as they would be set.
func TestPlanFilter(t *testing.T) {
	say := func(r system.HookRules, vpn ...netip.Addr) (lines []string) {
		for _, rule := range system.PlanFilter(r, vpn) {
			lines = append(lines, rule.String())
		}
		return lines
	}
	for _, tt := range []struct {
		why   string
		rules system.HookRules
		vpn   []netip.Addr
		want  []string
	}{
		{"encrypted DNS is open", system.HookRules{DoH: []netip.Prefix{netip.MustParsePrefix("8.8.8.8/32")}}, nil, []string{
			"permit IPv4 of the service", "permit IPv4 on this PC",
			"permit IPv6 of the service", "permit IPv6 on this PC",
			"refuse IPv4 to port 53",
			"refuse IPv6 to port 53",
		}},
		{
			"encrypted DNS is closed, with a split VPN",
			system.HookRules{CloseBypass: true, DoH: []netip.Prefix{
				netip.MustParsePrefix("8.8.8.8/32"), netip.MustParsePrefix("2001:4860:4860::8888/128"), netip.MustParsePrefix("1.1.1.3/31"), {},
			}},
			[]netip.Addr{netip.MustParseAddr("10.8.0.1"), netip.MustParseAddr("fe80::1%7")},
			[]string{
				"permit IPv4 of the service", "permit IPv4 on this PC", "permit IPv4 to port 53 at 10.8.0.1/32",
				"permit IPv6 of the service", "permit IPv6 on this PC", "permit IPv6 to port 53 at fe80::1/128",
				"refuse IPv4 to port 53 853", "refuse IPv4 to port 443 at 8.8.8.8/32 1.1.1.2/31",
				"refuse IPv6 to port 53 853", "refuse IPv6 to port 443 at 2001:4860:4860::8888/128",
			},
		},
	} {
		if got, want := strings.Join(say(tt.rules, tt.vpn...), "\n"), strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.why, got, want)
		}
	}
	var many []netip.Prefix
	for i := range 300 {
		many = append(many, netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, byte(i >> 8), byte(i)}), 32))
	}
	got, counted := system.PlanFilter(system.HookRules{CloseBypass: true, DoH: many}, nil), 0
	for _, rule := range got {
		if len(rule.To) > 128 {
			t.Errorf("a rule of %d addresses", len(rule.To))
		}
		counted += len(rule.To)
	}
	if counted != len(many) {
		t.Errorf("%d addresses are closed, want %d", counted, len(many))
	}
}
