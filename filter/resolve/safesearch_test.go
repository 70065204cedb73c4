package resolve_test

import (
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"lessonguard/filter"
)

// TestSafeSearchUnresolved: an engine whose safe name the resolver cannot resolve
// answers at the addresses that ship, and at no others.
func TestSafeSearchUnresolved(t *testing.T) {
	has := []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")}
	a, aaaa := "NOERROR; www.search.example. 10 IN A 192.0.2.7; OPT 1232", "NOERROR; www.search.example. 10 IN AAAA 2001:db8::7; OPT 1232"
	const nothing = "NOERROR; SOA 10; OPT 1232"
	fails := func(rcode int) dns.HandlerFunc {
		return func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetRcode(q, rcode)) }
	}
	garbled := func(w dns.ResponseWriter, q *dns.Msg) {
		m, _ := new(dns.Msg).SetReply(q).Pack()
		m[7] = 2 // answers, of which there is half a one
		_, _ = w.Write(append(m, 0))
	}
	for _, tt := range []struct {
		why     string
		handle  dns.HandlerFunc
		has     []netip.Addr
		a, aaaa string
	}{
		{"it says there is no such name", fails(dns.RcodeNameError), has, a, aaaa},
		{"it fails", fails(dns.RcodeServerFailure), has, a, aaaa},
		{"its answer is garbled", garbled, has, a, aaaa},
		{"there is no such name, IPv4 ships", fails(dns.RcodeNameError), has[:1], a, nothing},
		{"it fails, IPv4 ships", fails(dns.RcodeServerFailure), has[:1], a, nothing},
		{"it fails, none ship", fails(dns.RcodeServerFailure), nil, "SERVFAIL; OPT 1232", "SERVFAIL; OPT 1232"},
	} {
		up := newUpstream(t)
		up.on(tt.handle)
		s := start(t, nil, up)
		s.decider.set(func(c *filter.RulesConfig) { c.Content.Engines[0].Addresses = tt.has })
		for range 2 { // from upstream, and from the cache
			for qtype, want := range map[uint16]string{dns.TypeA: tt.a, dns.TypeAAAA: tt.aaaa} {
				q := query("www.search.example.", qtype)
				q.SetEdns0(4096, false)
				if got := summary(s.ask(t, "udp", q)); got != want {
					t.Errorf("%s: got %s, want %s", tt.why, got, want)
				}
			}
		}
	}
}
