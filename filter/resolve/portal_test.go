package resolve_test

import (
	"net"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestPortal: a network that answers every name with itself is said to want a
// sign-in, its answers are given, and none is left once somebody has signed in.
// A provider that answers what cannot exist with a page of its own is none.
func TestPortal(t *testing.T) {
	t.Parallel()
	up := newUpstream(t)
	everything := func(address string) dns.HandlerFunc {
		return func(w dns.ResponseWriter, q *dns.Msg) {
			r := new(dns.Msg).SetReply(q)
			if q.Question[0].Qtype == dns.TypeA {
				r.Answer = []dns.RR{&dns.A{
					Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 300}, A: net.ParseIP(address),
				}}
			}
			_ = w.WriteMsg(r)
		}
	}
	up.onAll(everything("100.64.77.1"))
	s, changes := watched(t, up)
	until := func(what string, portal bool) {
		t.Helper()
		for late := time.After(20 * time.Second); ; {
			select {
			case h := <-changes:
				if !h.Up {
					t.Fatalf("%s: %+v, want up", what, h)
				}
				if h.Portal == portal {
					return
				}
			case <-late:
				t.Fatalf("%s: portal is not %v", what, portal)
			}
		}
	}
	ask := func() string { return summary(s.ask(t, "udp", query("open.example.", dns.TypeA))) }
	until("a sign-in page", true)
	up.onAll(everything("203.0.113.80"))
	until("signed in, to a provider with a page of its own", false)
	if got, want := ask(), "NOERROR; open.example. 30 IN A 203.0.113.80"; got != want {
		t.Errorf("of the provider's page: %s, want %s", got, want)
	}
	up.onAll(nil)
	up.add("open.example. 600 IN A 192.0.2.1")
	s.Nudge()
	want := "NOERROR; open.example. 30 IN A 192.0.2.1"
	got := ask()
	for began := time.Now(); got != want && time.Since(began) < 20*time.Second; got = ask() {
		time.Sleep(10 * time.Millisecond)
	}
	if got != want {
		t.Errorf("after the pages ended: %s, want %s", got, want)
	}
	up.on(everything("192.0.2.2"))
	s.Moved()
	if got, want := ask(), "NOERROR; open.example. 30 IN A 192.0.2.2"; got != want {
		t.Errorf("after the PC moved: %s, want %s", got, want)
	}
}
