package main

import (
	"net/netip"
	"strings"
	"testing"

	"lessonguard/filter"
	"lessonguard/filter/system"
)

// TestNothingToAsk: a trial needs a resolver, an installed filter does not.
func TestNothingToAsk(t *testing.T) {
	some := system.Network{Resolvers: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:53")}}
	for _, tt := range []struct {
		why     string
		args    []string
		network system.Network
		policy  filter.Policy
		want    string
	}{
		{"the PC has one", nil, some, filter.Policy{}, ""},
		{"one is given", []string{"--upstream", "192.0.2.1"}, system.Network{}, filter.Policy{}, ""},
		{"installed", []string{"--hook", "auto"}, system.Network{}, filter.Policy{}, ""},
		{"the guardian chose one", nil, system.Network{}, filter.Policy{Upstreams: []string{"192.0.2.1"}}, ""},
		{"none", nil, system.Network{}, filter.Policy{}, "give one with --upstream ADDRESS"},
	} {
		c, err := parseRun(stdio{}, append([]string{"--state", "x"}, tt.args...))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.reaches(tt.network, tt.policy); (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.why, err, tt.want)
		}
	}
}
