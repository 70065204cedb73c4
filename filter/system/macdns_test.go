package system_test

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

var macListen = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("[::1]:53")}

// TestPlanScutil is what would be typed at scutil's prompt.
func TestPlanScutil(t *testing.T) {
	want := `open
d.init
d.add ServerAddresses * 127.0.0.1 ::1
d.add SupplementalMatchDomains * ""
d.add SupplementalMatchDomainsNoSearch # 1
set State:/Network/Service/6C657373-6F6E-4775-A172-646D61636F73/DNS
close
quit
`
	if got := system.PlanScutil(macListen); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if want := "open\nremove " + system.MacKey + "\nclose\nquit\n"; system.ScutilRemove != want {
		t.Errorf("got\n%s\nwant\n%s", system.ScutilRemove, want)
	}
}

// TestHeldByScutil reads what "show" prints.
func TestHeldByScutil(t *testing.T) {
	const ours = `<dictionary> {
  ServerAddresses : <array> {
    0 : 127.0.0.1
    1 : ::1
  }
  SupplementalMatchDomains : <array> {
    0 :
  }
  SupplementalMatchDomainsNoSearch : 1
}
`
	for _, tt := range []struct {
		why, text string
		lost      bool
	}{
		{"as we left it", ours, false},
		{"the empty domain with a space after it", strings.Replace(ours, "0 :\n", "0 : \n", 1), false},
		{"removed", "  No such key\n", true},
		{"nothing is printed", "", true},
		{"asks somebody else", strings.Replace(ours, "127.0.0.1", "8.8.8.8", 1), true},
		{"asks somebody else too", strings.Replace(ours, "    1 : ::1\n", "    1 : ::1\n    2 : 8.8.8.8\n", 1), true},
		{"for one domain only", strings.Replace(ours, "0 :\n", "0 : example.com\n", 1), true},
		{"for no domain", "<dictionary> {\n  ServerAddresses : <array> {\n    0 : 127.0.0.1\n    1 : ::1\n  }\n}\n", true},
	} {
		err := system.HeldByScutil(tt.text, macListen)
		if lost := errors.Is(err, system.ErrLost); lost != tt.lost || err != nil && !lost {
			t.Errorf("%s: got %v, want lost %t", tt.why, err, tt.lost)
		}
	}
}

// TestRestoreJob: what removes the hook without us removes what we set.
func TestRestoreJob(t *testing.T) {
	job, err := os.ReadFile("../../packaging/macos/uk.lessonguard.restore.plist")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"remove " + system.MacKey + `\n`, "pfctl -q -a " + system.MacAnchor + " -F rules\n", "nc -z -w 1 127.0.0.1 53 &amp;&amp; exit 0"} {
		if !strings.Contains(string(job), want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

func TestPlanPF(t *testing.T) {
	const plain = `pass out quick on lo0 proto { tcp, udp } from any to any port { 53, 853 }
pass out quick proto { tcp, udp } from any to any port 53 user { root, _mdnsresponder }
block return out quick proto { tcp, udp } from any to any port 53
`
	const dot = `pass out quick proto { tcp, udp } from any to any port 853 user root
block return out quick proto { tcp, udp } from any to any port 853
`
	doh := []netip.Prefix{netip.MustParsePrefix("2001:4860:4860::8888/128"), netip.MustParsePrefix("8.8.8.8/32"), {}}
	for _, tt := range []struct {
		why   string
		rules system.HookRules
		want  string
	}{
		{"encrypted DNS is open", system.HookRules{DoH: doh}, plain},
		{"closed, and no address of DoH is known", system.HookRules{CloseBypass: true}, plain + dot},
		{
			"closed",
			system.HookRules{CloseBypass: true, DoH: doh},
			"table <lessonguard_doh> const { 8.8.8.8/32, 2001:4860:4860::8888/128 }\n" + plain + dot +
				`pass out quick proto { tcp, udp } from any to <lessonguard_doh> port 443 user root
block return out quick proto { tcp, udp } from any to <lessonguard_doh> port 443
`,
		},
	} {
		if got := system.PlanPF(tt.rules); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.why, got, tt.want)
		}
	}
}

func TestReadPFToken(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"No ALTQ support in kernel\nALTQ related functions disabled\npf enabled\nToken : 10541829358372864117\n", "10541829358372864117"},
		{"pf already enabled\nToken : 7", "7"},
		{"Token : 7; rm -rf /", ""},
		{"Token :", ""},
		{"", ""},
	} {
		if got := system.ReadPFToken(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestWithoutUs: a hooked PC does not send the service to itself.
func TestWithoutUs(t *testing.T) {
	for _, tt := range []struct {
		why    string
		asks   string
		hooked bool
		want   string
	}{
		{"not hooked", "192.168.1.1:53", false, "192.168.1.1:53"},
		{"hooked", "127.0.0.1:53 [::1]:53 192.168.1.1:53", true, "192.168.1.1:53"},
		{"left by a crash", "127.0.0.1:53 192.168.1.1:53", false, "192.168.1.1:53"},
		{"hooked, and offline", "127.0.0.1:53", true, ""},
		{"another resolver on this PC", "127.0.0.1:53", false, "127.0.0.1:53"},
		{"offline", "", true, ""},
	} {
		var n system.Network
		for _, at := range strings.Fields(tt.asks) {
			n.Resolvers = append(n.Resolvers, netip.MustParseAddrPort(at))
		}
		if got := say(system.WithoutUs(n, tt.hooked)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.why, got, tt.want)
		}
	}
}
