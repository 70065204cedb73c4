package system_test

import (
	"fmt"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

// say writes a network on one line: its resolvers, then its domains.
func say(n system.Network) string {
	var words []string
	for _, r := range n.Resolvers {
		words = append(words, r.String())
	}
	for _, s := range n.Search {
		words = append(words, string(s))
	}
	return strings.Join(words, " ")
}

func TestResolvConf(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"nameserver 192.168.1.1\n", "192.168.1.1:53"},
		{"# nameserver 192.0.2.9\n;nameserver 192.0.2.8\n  nameserver\t192.168.1.1 # the router\noptions edns0\n", "192.168.1.1:53"},
		{"nameserver fe80::1%eth0\nnameserver 2001:db8::1\nnameserver 2001:db8::1\n", "[fe80::1%eth0]:53 [2001:db8::1]:53"},
		{"nameserver router\nnameserver 0.0.0.0\nnameserver\n", ""},
		{"search fritz.box Lan.\nnameserver ::ffff:192.0.2.1\n", "192.0.2.1:53 fritz.box lan"},
		{"domain old.example\nsearch new.example\n", "new.example"},
		{"search com co.uk github.io . ~. bthub nas.bthub\n", "bthub nas.bthub"},
		{"nameserver 192.0.2.1\r\nsearch home.example\r\n", "192.0.2.1:53 home.example"},
		{strings.Repeat("x", 100) + "\nnameserver 192.0.2.1", "192.0.2.1:53"},
	} {
		n, err := system.ReadResolvConf(strings.NewReader(tt.in))
		if got := say(n); got != tt.want || err != nil {
			t.Errorf("%q: got %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

// TestScutil reads what a Mac prints that is on Wi-Fi and in a split-DNS VPN.
func TestScutil(t *testing.T) {
	const printed = `DNS configuration

resolver #1
  search domain[0] : fritz.box
  nameserver[0] : fd00::de39:6fff:fe00:1
  nameserver[1] : 192.168.178.1
  if_index : 15 (en0)
  flags    : Request A records, Request AAAA records
  reach    : 0x00020002 (Reachable,Directly Reachable Address)

resolver #2
  domain   : local
  options  : mdns
  timeout  : 5
  flags    : Request A records, Request AAAA records
  reach    : 0x00000000 (Not Reachable)
  order    : 300000

resolver #3
  domain   : corp.example
  nameserver[0] : 10.8.0.1
  flags    : Supplemental, Request A records
  order    : 101000

DNS configuration (for scoped queries)

resolver #1
  search domain[0] : fritz.box
  nameserver[0] : 192.0.2.77
  if_index : 15 (en0)
`
	n, err := system.ReadScutil(strings.NewReader(printed))
	if got, want := say(n), "[fd00::de39:6fff:fe00:1]:53 192.168.178.1:53 fritz.box corp.example"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if n, err := system.ReadScutil(strings.NewReader("No DNS configuration available\n")); say(n) != "" || err != nil {
		t.Errorf("offline: %q, %v", say(n), err)
	}
}

// TestDiscover: whatever this PC is, finding out is no error.
func TestDiscover(t *testing.T) {
	n, err := system.Discover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range n.Resolvers {
		if !r.IsValid() || r.Port() != 53 || r.Addr().IsUnspecified() {
			t.Errorf("a resolver at %s", fmt.Sprint(r))
		}
	}
}
