package catalogue_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"lessonguard/assets"
	"lessonguard/filter/catalogue"
)

// TestShippedDoH: the addresses that browsers have built in are there, once, and
// none that a family needs for anything else.
func TestShippedDoH(t *testing.T) {
	all, err := catalogue.DoH(assets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		for _, other := range all[:i] {
			if p.Overlaps(other) {
				t.Errorf("%s and %s overlap", p, other)
			}
		}
	}
	closed := func(addr string) bool {
		return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(netip.MustParseAddr(addr)) })
	}
	for _, addr := range []string{"1.1.1.1", "8.8.8.8", "9.9.9.9", "162.159.61.4", "172.64.41.4", "45.90.28.200", "2606:4700:4700::1111", "2001:4860:4860::8844"} {
		if !closed(addr) {
			t.Errorf("%s is not among them", addr)
		}
	}
	// Of content networks, homes and this PC.
	for _, addr := range []string{"104.16.132.229", "172.64.41.5", "142.250.1.1", "192.168.1.1", "127.0.0.1", "2606:4700::6810:84e5", "fd00::1"} {
		if closed(addr) {
			t.Errorf("%s is among them", addr)
		}
	}
}

func TestDoHRefuses(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{`addresses = ["192.168.1.1"]`, "192.168.1.1/32 is not"},
		{`addresses = ["127.0.0.1"]`, "127.0.0.1/32 is not"},
		{`addresses = ["dns.example"]`, "dns.example"},
		{`networks = ["8.0.0.0/8"]`, "8.0.0.0/8 is not"},
		{`networks = ["45.90.28.1/24"]`, "45.90.28.1/24 is not"},
		{`networks = ["::/0"]`, "::/0 is not"},
		{``, `provider "x" has no`},
		{`adresses = ["9.9.9.9"]`, "adresses"},
	} {
		data := "[[providers]]\nid = \"x\"\ntitle = \"X\"\nsource = \"https://x.example\"\n" + tt.line + "\n"
		_, err := catalogue.DoH(fstest.MapFS{"lists/doh.toml": {Data: []byte(data)}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.line, err, tt.want)
		}
	}
}
