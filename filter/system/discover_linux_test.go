package system_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

func TestDiscoverLinux(t *testing.T) {
	for _, tt := range []struct {
		why   string
		files map[string]string
		want  string
	}{
		{"no network at all", nil, ""},
		{"written by DHCP", map[string]string{"etc/resolv.conf": "search lan\nnameserver 192.168.1.1\n"}, "192.168.1.1:53 lan"},
		{"systemd-resolved", map[string]string{
			"etc/resolv.conf":                 "nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch home.example\n",
			"run/systemd/resolve/resolv.conf": "nameserver 192.168.1.1\nnameserver 2001:db8::1\nsearch home.example vpn.example\n",
		}, "192.168.1.1:53 [2001:db8::1]:53 home.example vpn.example"},
		{"resolved is gone, its file is not", map[string]string{
			"etc/resolv.conf":                 "nameserver 192.168.7.1\n",
			"run/systemd/resolve/resolv.conf": "nameserver 192.168.1.1\n",
		}, "192.168.7.1:53"},
		{"NetworkManager with dnsmasq", map[string]string{
			"etc/resolv.conf":                        "nameserver 127.0.0.1\n",
			"run/NetworkManager/no-stub-resolv.conf": "nameserver 10.0.0.1\nsearch office.example\n",
		}, "10.0.0.1:53 office.example"},
		{"the PC asks us, and resolved knows the router", map[string]string{
			"etc/resolv.conf":                 "nameserver 127.0.0.1\nnameserver ::1\n",
			"run/systemd/resolve/resolv.conf": "nameserver 192.168.1.1\n",
		}, "192.168.1.1:53"},
		{"a stub whose resolvers nobody wrote down", map[string]string{"etc/resolv.conf": "nameserver 127.0.0.1\n"}, "127.0.0.1:53"},
		{"resolved is offline", map[string]string{
			"etc/resolv.conf":                 "nameserver 127.0.0.53\n",
			"run/systemd/resolve/resolv.conf": "# nothing\n",
		}, ""},
		{"resolved is offline, with a search domain", map[string]string{"etc/resolv.conf": "nameserver 127.0.0.53\nsearch home.example\n"}, "home.example"},
	} {
		root := t.TempDir()
		for path, text := range tt.files {
			path = filepath.Join(root, path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		n, err := system.DiscoverIn(root)
		if got := say(n); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tt.why, got, err, tt.want)
		}
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "etc/resolv.conf"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := system.DiscoverIn(root); err == nil || !strings.Contains(err.Error(), "resolv.conf") {
		t.Errorf("a directory in its place: %v", err)
	}
}

// TestGateways reads the table of a PC with two links up (little-endian, as on
// every PC that this is built for).
func TestGateways(t *testing.T) {
	root := t.TempDir()
	table := `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	FE00000A	0003	0	0	700	00000000	0	0	0
wg0	00000000	00000000	0001	0	0	50	00000000	0	0	0
wlan0	0001A8C0	00000000	0001	0	0	600	00FFFFFF	0	0	0
torn	00000000	XY
`
	if err := os.MkdirAll(filepath.Join(root, "proc/self/net"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "proc/self/net/route"), []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	table6 := `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001    wlan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000009c0c52fffe475daf 00000064 00000003 00000000 00450003    wlan0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 000000c8 00000003 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001      wg0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
00000000000000000000000000000000 00 torn
`
	if err := os.WriteFile(filepath.Join(root, "proc/self/net/ipv6_route"), []byte(table6), 0o644); err != nil {
		t.Fatal(err)
	}
	n, err := system.DiscoverIn(root)
	want := "[192.168.1.1:53 10.0.0.254:53 [fe80::9c0c:52ff:fe47:5daf%wlan0]:53 [2001:db8::1]:53]"
	if got := fmt.Sprint(n.Gateways); err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

// TestThroughTunnels: which of a PC's resolvers are a VPN's, and whether all of
// the internet is behind it, is told by the ways that packets would take.
func TestThroughTunnels(t *testing.T) {
	const eth0, wg0 = 2, 7
	office := netip.MustParsePrefix("10.99.0.0/24")
	via := func(link int) func(netip.Addr) (int, bool) {
		return func(to netip.Addr) (int, bool) {
			if office.Contains(to) {
				return wg0, true
			}
			return link, true
		}
	}
	for _, tt := range []struct {
		why       string
		way       func(netip.Addr) (int, bool)
		vpn       string
		tunnelled bool
	}{
		{"an office's network", via(eth0), "[10.99.0.1:53]", false},
		{"everything, the router aside", func(to netip.Addr) (int, bool) {
			if to.IsPrivate() && !office.Contains(to) {
				return eth0, true
			}
			return wg0, true
		}, "[10.99.0.1:53]", true},
		{"everything of IPv4", func(to netip.Addr) (int, bool) {
			if to.IsPrivate() && !office.Contains(to) || to.Is6() {
				return eth0, true
			}
			return wg0, true
		}, "[10.99.0.1:53]", true},
		{"half of the internet", func(to netip.Addr) (int, bool) {
			if !office.Contains(to) && to.Is4() && to.As4()[0] < 128 || to.IsPrivate() && !office.Contains(to) {
				return eth0, true
			}
			return wg0, true
		}, "[10.99.0.1:53]", false},
		{"a PC of IPv6 alone", func(to netip.Addr) (int, bool) { return wg0, to.Is6() }, "[]", true},
		{"a PC that is offline", func(netip.Addr) (int, bool) { return 0, false }, "[]", false},
	} {
		n := system.Network{Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.168.1.1:53"), netip.MustParseAddrPort("10.99.0.1:53")}}
		system.ThroughTunnels(&n, map[int]string{wg0: "wg0"}, tt.way)
		if got := fmt.Sprint(n.VPN); got != tt.vpn || n.Tunnelled != tt.tunnelled {
			t.Errorf("%s: the VPN's are %s, tunnelled %v, want %s, %v", tt.why, got, n.Tunnelled, tt.vpn, tt.tunnelled)
		}
	}
}
