package resolve_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lessonguard/filter"
)

// summary is an answer in a line: its rcode, then its records, with EDE last.
func summary(m *dns.Msg) string {
	parts := []string{dns.RcodeToString[m.Rcode]}
	if m.Truncated {
		parts = append(parts, "TC")
	}
	for _, rr := range m.Answer {
		parts = append(parts, strings.Join(strings.Fields(rr.String()), " "))
	}
	for _, rr := range m.Ns {
		parts = append(parts, fmt.Sprintf("%s %d", dns.TypeToString[rr.Header().Rrtype], rr.Header().Ttl))
	}
	if opt := m.IsEdns0(); opt != nil {
		parts = append(parts, fmt.Sprintf("OPT %d", opt.UDPSize()))
		for _, o := range opt.Option {
			parts = append(parts, fmt.Sprintf("EDE %d", o.(*dns.EDNS0_EDE).InfoCode))
		}
	}
	return strings.Join(parts, "; ")
}

// TestPolicyIsAboveTheCache: a change of the rules holds for the next question,
// whatever is kept.
func TestPolicyIsAboveTheCache(t *testing.T) {
	up := newUpstream(t)
	up.add("game.example. 600 IN A 192.0.2.1")
	up.set("play.example. A", "play.example. 600 IN CNAME game.example.", "game.example. 600 IN A 192.0.2.1")
	s := start(t, nil, up)
	for _, lesson := range []bool{false, true, false} {
		s.decider.set(func(c *filter.RulesConfig) { c.Lesson.On = lesson })
		for _, name := range []string{"game.example.", "play.example."} {
			a := s.ask(t, "udp", query(name, dns.TypeA))
			if got := a.Answer[len(a.Answer)-1].(*dns.A).A.String(); (got == "0.0.0.0") != lesson {
				t.Errorf("lesson %v: %s has %s", lesson, name, got)
			}
		}
	}
	if got := up.count("game.example."); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
}

func TestAnswers(t *testing.T) {
	up := newUpstream(t)
	up.add("open.example. 3600 IN A 192.0.2.1")
	up.set("alias.example. A", "alias.example. 20 IN CNAME open.example.", "open.example. 10 IN A 192.0.2.1")
	up.set("cloak.example. A", "cloak.example. 20 IN CNAME x.porn.example.", "x.porn.example. 10 IN A 192.0.2.1")
	up.set("cloak.example. AAAA", "cloak.example. 20 IN CNAME x.secret.example.", "x.secret.example. 10 IN AAAA 2001:db8::1")
	up.set("cloak.example. HTTPS", "cloak.example. 20 IN HTTPS 0 x.porn.example.")
	up.set("childline.example. A", "childline.example. 50 IN CNAME x.porn.example.", "x.porn.example. 40 IN A 192.0.2.1")
	up.add("safe.search.example. 3600 IN A 192.0.2.9")
	up.add("six.search.example. 3600 IN AAAA 2001:db8::9")
	up.add("open6.example. 3600 IN AAAA 2001:db8::1")
	up.add("router.rebind.example. 60 IN A 192.168.1.1")
	up.add("router.rebind.example. 60 IN AAAA ::ffff:192.168.1.1")
	up.set("hint.rebind.example. HTTPS", "hint.rebind.example. 60 IN HTTPS 1 . ipv4hint=10.0.0.1")
	up.add("nas.home.arpa. 60 IN A 192.168.1.2")
	up.add("docs.example. 60 IN A 203.0.113.7")
	s := start(t, nil, up)
	for _, tt := range []struct {
		name  string
		qtype uint16
		edns  bool
		want  string
	}{
		{"www.PORN.example.", dns.TypeA, false, "NOERROR; www.PORN.example. 10 IN A 0.0.0.0"},
		{"porn.example.", dns.TypeA, true, "NOERROR; porn.example. 10 IN A 0.0.0.0; OPT 1232; EDE 17; EDE 4"},
		{"porn.example.", dns.TypeAAAA, true, "NOERROR; porn.example. 10 IN AAAA ::; OPT 1232; EDE 17; EDE 4"},
		{"porn.example.", dns.TypeHTTPS, true, "NOERROR; SOA 10; OPT 1232; EDE 17"},
		{"porn.example.", dns.TypeTXT, false, "NOERROR; SOA 10"},
		{"porn.example.", dns.TypeANY, false, "NOERROR; SOA 10"},
		{"secret.example.", dns.TypeA, true, "NOERROR; secret.example. 10 IN A 0.0.0.0; OPT 1232; EDE 17; EDE 4"},
		{"secret.example.", dns.TypeMX, true, "NOERROR; SOA 10; OPT 1232; EDE 17"},
		{"use-application-dns.net.", dns.TypeA, true, "NXDOMAIN; SOA 10; OPT 1232; EDE 17"},
		{"mask.icloud.com.", dns.TypeHTTPS, false, "NXDOMAIN; SOA 10"},
		{"_dns.resolver.arpa.", dns.TypeSVCB, false, "NOERROR; SOA 10"},
		{"Open.eXample.", dns.TypeA, false, "NOERROR; open.example. 30 IN A 192.0.2.1"},
		{"open.example.", dns.TypeA, true, "NOERROR; open.example. 30 IN A 192.0.2.1; OPT 1232"},
		{"open.example.", dns.TypeAAAA, false, "NOERROR; SOA 30"},
		{"none.example.", dns.TypeA, false, "NXDOMAIN; SOA 30"},
		{"open.example.", dns.TypeANY, false, `NOERROR; open.example. 30 CLASS1 HINFO "RFC8482" ""`},
		{"alias.example.", dns.TypeA, false, "NOERROR; alias.example. 10 IN CNAME open.example.; open.example. 10 IN A 192.0.2.1"},
		{"cloak.example.", dns.TypeA, true, "NOERROR; cloak.example. 10 IN A 0.0.0.0; OPT 1232; EDE 17; EDE 4"},
		{"cloak.example.", dns.TypeAAAA, true, "NOERROR; cloak.example. 10 IN AAAA ::; OPT 1232; EDE 17; EDE 4"},
		{"cloak.example.", dns.TypeHTTPS, true, "NOERROR; SOA 10; OPT 1232; EDE 17"},
		{"childline.example.", dns.TypeA, true, "NOERROR; childline.example. 30 IN CNAME x.porn.example.; x.porn.example. 30 IN A 192.0.2.1; OPT 1232"},
		{"www.search.example.", dns.TypeA, false, "NOERROR; www.search.example. 30 IN A 192.0.2.9"},
		{"www.search.example.", dns.TypeAAAA, false, "NOERROR; SOA 10"},
		{"www.search.example.", dns.TypeHTTPS, false, "NOERROR; SOA 10"},
		{"six-www.search.example.", dns.TypeAAAA, false, "NOERROR; six-www.search.example. 30 IN AAAA 2001:db8::9"}, // of a PC with IPv6 alone
		{"open6.example.", dns.TypeAAAA, false, "NOERROR; open6.example. 30 IN AAAA 2001:db8::1"},
		{"open6.example.", dns.TypeA, false, "NOERROR; SOA 30"},
		{"router.rebind.example.", dns.TypeA, true, "NOERROR; SOA 10; OPT 1232; EDE 17"},
		{"router.rebind.example.", dns.TypeAAAA, false, "NOERROR; SOA 10"},
		{"hint.rebind.example.", dns.TypeHTTPS, false, "NOERROR; SOA 10"},
		{"nas.home.arpa.", dns.TypeA, false, "NOERROR; nas.home.arpa. 30 IN A 192.168.1.2"},
		{"docs.example.", dns.TypeA, false, "NOERROR; docs.example. 30 IN A 203.0.113.7"},
		{"open.example.", dns.TypeAXFR, false, "REFUSED"},
	} {
		for _, network := range []string{"udp", "tcp"} {
			for range 2 { // from upstream, then from the cache
				q := query(tt.name, tt.qtype)
				if tt.edns {
					q.SetEdns0(4096, false)
				}
				a := s.ask(t, network, q)
				got := strings.ReplaceAll(summary(a), "CLASS1", "IN")
				if want := strings.ReplaceAll(tt.want, "CLASS1", "IN"); got != want {
					t.Errorf("%s %s over %s:\ngot  %s\nwant %s", tt.name, dns.TypeToString[tt.qtype], network, got, want)
				}
				if a.Question[0] != q.Question[0] {
					t.Errorf("%s: the question came back as %v", tt.name, a.Question[0])
				}
			}
		}
	}
	if got := up.count("open.example."); got != 2 { // A and AAAA
		t.Errorf("open.example was asked %d times, want 2", got)
	}
	if got := up.count("childline.example."); got != 4 {
		t.Errorf("a protected name was asked %d times, want each of 4", got)
	}
}
