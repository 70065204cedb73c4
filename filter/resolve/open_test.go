package resolve_test

import (
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter"
	"lessonguard/filter/resolve"
)

// TestCoalescing: however many ask the same at once, upstream is asked once.
func TestCoalescing(t *testing.T) {
	up := newUpstream(t)
	up.add("same.example. 60 IN A 192.0.2.1")
	up.add("now.example. 0 IN A 192.0.2.1")
	release := make(chan struct{})
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		<-release
		_ = w.WriteMsg(up.reply(q))
	})
	s := start(t, nil, up)
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			if got := summary(s.ask(t, "udp", query("Same.example.", dns.TypeA))); got != "NOERROR; same.example. 30 IN A 192.0.2.1" {
				t.Errorf("got %s", got)
			}
		})
	}
	s.WaitAsking(20)
	close(release)
	clients.Wait()
	if got := up.count("same.example."); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
	for range 2 {
		s.ask(t, "udp", query("now.example.", dns.TypeA))
	}
	if got := up.count("now.example."); got != 2 {
		t.Errorf("an answer with a TTL of 0 was kept")
	}
}

// TestUpstreamMisbehaves: what an upstream does, and what a client gets.
func TestUpstreamMisbehaves(t *testing.T) {
	a := func(q *dns.Msg, name, ip string) *dns.Msg {
		m := new(dns.Msg).SetReply(q)
		rr, err := dns.NewRR(name + " 60 IN A " + ip)
		if err != nil {
			panic(err)
		}
		m.Answer = []dns.RR{rr}
		return m
	}
	overTCP := func(w dns.ResponseWriter) bool { return w.RemoteAddr().Network() == "tcp" }
	for _, tt := range []struct {
		why    string
		handle dns.HandlerFunc
		want   string
	}{
		{"the answer is cut: TCP has it whole", func(w dns.ResponseWriter, q *dns.Msg) {
			m := a(q, q.Question[0].Name, "192.0.2.1")
			if !overTCP(w) {
				m.Truncated, m.Answer = true, nil
			}
			_ = w.WriteMsg(m)
		}, "NOERROR; odd.example. 30 IN A 192.0.2.1; OPT 1232"},
		{"forgeries come first", func(w dns.ResponseWriter, q *dns.Msg) {
			forged := a(q, q.Question[0].Name, "198.51.100.1")
			forged.Id++
			_ = w.WriteMsg(forged)
			forged = a(q, q.Question[0].Name, "198.51.100.1")
			forged.Question[0].Name = "other.example."
			_ = w.WriteMsg(forged)
			forged = a(q, q.Question[0].Name, "198.51.100.1")
			forged.Question[0].Qtype = dns.TypeTXT
			_ = w.WriteMsg(forged)
			forged = a(q, q.Question[0].Name, "198.51.100.1")
			forged.Response = false
			_ = w.WriteMsg(forged)
			_, _ = w.Write([]byte("short"))
			_ = w.WriteMsg(a(q, q.Question[0].Name, "192.0.2.1"))
		}, "NOERROR; odd.example. 30 IN A 192.0.2.1; OPT 1232"},
		{"the question comes back in other letters: only TCP is believed", func(w dns.ResponseWriter, q *dns.Msg) {
			m := a(q, q.Question[0].Name, "198.51.100.1")
			if overTCP(w) {
				m = a(q, q.Question[0].Name, "192.0.2.1")
			}
			m.Question[0].Name = strings.ToUpper(m.Question[0].Name)
			_ = w.WriteMsg(m)
		}, "NOERROR; odd.example. 30 IN A 192.0.2.1; OPT 1232"},
		{"it knows no EDNS", func(w dns.ResponseWriter, q *dns.Msg) {
			m := a(q, q.Question[0].Name, "192.0.2.1")
			if q.IsEdns0() != nil {
				m.Answer, m.Rcode = nil, dns.RcodeFormatError
			}
			_ = w.WriteMsg(m)
		}, "NOERROR; odd.example. 30 IN A 192.0.2.1; OPT 1232"},
		{"it fails", func(w dns.ResponseWriter, q *dns.Msg) {
			_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
		}, "SERVFAIL; OPT 1232"},
		{"it refuses", func(w dns.ResponseWriter, q *dns.Msg) {
			_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeRefused))
		}, "SERVFAIL; OPT 1232"},
		{"it answers with nothing and no SOA", func(w dns.ResponseWriter, q *dns.Msg) {
			_ = w.WriteMsg(new(dns.Msg).SetReply(q))
		}, "NOERROR; OPT 1232"},
		{"its answer is garbled", func(w dns.ResponseWriter, q *dns.Msg) {
			m, _ := a(q, q.Question[0].Name, "192.0.2.1").Pack()
			_, _ = w.Write(m[:len(m)-2])
		}, "SERVFAIL; OPT 1232; EDE 23"},
		{"there is no such name, says a header alone", func(w dns.ResponseWriter, q *dns.Msg) {
			m := new(dns.Msg).SetRcode(q, dns.RcodeNameError)
			m.Question = nil
			_ = w.WriteMsg(m)
		}, "SERVFAIL; OPT 1232; EDE 23"},
		{"it adds what nobody asked for", func(w dns.ResponseWriter, q *dns.Msg) {
			m := a(q, q.Question[0].Name, "192.0.2.1")
			extra, _ := dns.NewRR("bank.example. 60 IN A 198.51.100.1")
			m.Extra = []dns.RR{extra}
			m.SetEdns0(4096, false)
			_ = w.WriteMsg(m)
		}, "NOERROR; odd.example. 30 IN A 192.0.2.1; OPT 1232"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			up := newUpstream(t)
			up.on(tt.handle)
			s := start(t, nil, up)
			q := query("odd.example.", dns.TypeA)
			q.SetEdns0(1232, false)
			if got := summary(s.ask(t, "udp", q)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if got := s.ask(t, "tcp", query("bank.example.", dns.TypeTXT)); len(got.Extra) != 0 {
				t.Errorf("handed on %v", got.Extra)
			}
		})
	}
}

// TestGrownAnswer: an answer that is longer than any message once its names are
// written out is refused.
func TestGrownAnswer(t *testing.T) {
	q := query(strings.Repeat("a23456789012345678901234567890.", 7)+"example.", dns.TypeSRV)
	ask, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	answer := append([]byte(nil), ask...)
	answer[2], answer[7] = 0x81, 1
	record := []byte{0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 60, 0, 8, 0, 0, 0, 0, 0, 53, 0xc0, 12}
	if resolve.Relay(append([]byte(nil), ask...), append(append([]byte(nil), answer...), record...), 4096) == nil {
		t.Fatal("one record is refused")
	}
	answer[6], answer[7] = 300>>8, 300&0xff
	for range 300 {
		answer = append(answer, record...)
	}
	if got := resolve.Relay(ask, answer, 4096); got != nil {
		t.Errorf("an answer of %d bytes is relayed as %d", len(answer), len(got))
	}
}

// TestEachIsAskedInFull: that one resolver knows no EDNS takes nothing from the
// question that the next is asked.
func TestEachIsAskedInFull(t *testing.T) {
	old, next := newUpstream(t), newUpstream(t)
	old.on(func(w dns.ResponseWriter, q *dns.Msg) {
		if q.IsEdns0() != nil {
			_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeFormatError))
			return
		}
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
	})
	var asked atomic.Pointer[dns.Msg]
	next.on(func(w dns.ResponseWriter, q *dns.Msg) {
		asked.Store(q)
		_ = w.WriteMsg(next.reply(q))
	})
	next.add("odd.example. 60 IN A 192.0.2.1")
	s := start(t, nil, old, next)
	got := summary(s.ask(t, "udp", query("odd.example.", dns.TypeA)))
	if q := asked.Load(); got != "NOERROR; odd.example. 30 IN A 192.0.2.1" || q == nil || q.IsEdns0() == nil {
		t.Errorf("got %s, the next was asked %v", got, q)
	}
}

// TestWhatIsAsked: the query that goes upstream says no more than it must, and
// comes from another port and with another id each time.
func TestWhatIsAsked(t *testing.T) {
	up := newUpstream(t)
	ids, ports := map[uint16]bool{}, map[string]bool{}
	var mu sync.Mutex
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		mu.Lock()
		ids[q.Id], ports[w.RemoteAddr().String()] = true, true
		mu.Unlock()
		opt := q.IsEdns0()
		if opt == nil || len(opt.Option) != 0 || opt.UDPSize() != 1232 || !opt.Do() || !q.CheckingDisabled || !q.RecursionDesired || len(q.Extra) != 1 {
			t.Errorf("asked %v", q)
		}
		if !strings.HasPrefix(q.Question[0].Name, "MiXeD") {
			t.Errorf("asked for %s: its letters have changed", q.Question[0].Name)
		}
		_ = w.WriteMsg(up.reply(q))
	})
	s := start(t, nil, up)
	for i := range 100 {
		q := query("MiXeD"+strings.Repeat("x", i/2)+".example.", []uint16{dns.TypeA, dns.TypeTXT}[i%2])
		q.Id, q.CheckingDisabled = 1, true
		q.SetEdns0(4096, true)
		q.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_SUBNET{Code: dns.EDNS0SUBNET, Family: 1, SourceNetmask: 32, Address: net.IPv4(192, 0, 2, 1)}}
		s.ask(t, "udp", q)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(ids) < 95 || len(ports) < 4 {
		t.Errorf("100 queries had %d ids and came from %d ports", len(ids), len(ports))
	}
}

// TestProtected: a protected name is asked of the system's own resolvers,
// whatever the guardian chose, every time, and leaves nothing behind.
func TestProtected(t *testing.T) {
	system, chosen := newUpstream(t), newUpstream(t)
	for _, u := range []*upstream{system, chosen} {
		u.add("www.childline.example. 600 IN A 192.0.2.1")
		u.add("open.example. 600 IN A 192.0.2.2")
		u.add("talk.support.example. 600 IN A 192.0.2.3")
	}
	var seen atomic.Int64
	s := start(t, func(c *resolve.Config) {
		c.Resolvers = func() resolve.Resolvers {
			return resolve.Resolvers{System: []resolve.Address{resolve.PlainAddress(system.addr)}, Chosen: []resolve.Address{resolve.PlainAddress(chosen.addr)}}
		}
		c.Seen = func(*filter.Rules, filter.Audience, *filter.Suffixes, filter.Verdict) { seen.Add(1) }
	})
	for range 3 {
		for _, name := range []string{"www.childline.example.", "open.example.", "talk.support.example."} {
			if got := s.ask(t, "udp", query(name, dns.TypeA)); len(got.Answer) != 1 {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	if a, b := system.count("www.childline.example."), chosen.count("www.childline.example."); a != 3 || b != 0 {
		t.Errorf("the protected name was asked %d times of the system's resolver and %d times of the other", a, b)
	}
	if a, b := system.count("open.example."), chosen.count("open.example."); a != 0 || b != 1 {
		t.Errorf("the open name was asked %d times of the system's resolver and %d times of the other", a, b)
	}
	if answers, _ := s.CacheSize(); answers != 2 {
		t.Errorf("%d answers are kept, want 2", answers)
	}
	if got := seen.Load(); got != 0 {
		t.Errorf("%d questions were seen", got)
	}
}

// TestPlaces: questions for protected names and those for others are bounded
// apart, so that neither can take the places of the other.
func TestPlaces(t *testing.T) {
	up := newUpstream(t)
	up.add("www.childline.example. 600 IN A 192.0.2.1")
	up.add("open.example. 0 IN A 192.0.2.2")
	s := start(t, nil, up)
	for _, protected := range []bool{true, false} {
		free := s.Fill(protected)
		for name, full := range map[string]bool{"www.childline.example.": protected, "open.example.": !protected} {
			want := dns.RcodeSuccess
			if full {
				want = dns.RcodeServerFailure
			}
			if got := s.ask(t, "udp", query(name, dns.TypeA)); got.Rcode != want {
				t.Errorf("protected places taken %v: %s is answered %s", protected, name, dns.RcodeToString[got.Rcode])
			}
		}
		free()
	}
}

// TestSeen: the sink is told of closed questions and of nothing else, and by
// which name.
func TestSeen(t *testing.T) {
	up := newUpstream(t)
	up.set("cloak.example. A", "cloak.example. 20 IN CNAME x.porn.example.", "x.porn.example. 10 IN A 192.0.2.1")
	var mu sync.Mutex
	var got []string
	s := start(t, func(c *resolve.Config) {
		c.Seen = func(_ *filter.Rules, _ filter.Audience, s *filter.Suffixes, v filter.Verdict) {
			mu.Lock()
			got = append(got, s.Name()+" "+v.Reason.String())
			mu.Unlock()
		}
	}, up)
	for _, name := range []string{"Open.example.", "www.Porn.example.", "cloak.example.", "secret.example.", "support.example."} {
		s.ask(t, "udp", query(name, dns.TypeA))
	}
	mu.Lock()
	defer mu.Unlock()
	if want := "www.porn.example listed, x.porn.example listed, secret.example restricted-list"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRebindingExceptions: names that may have addresses of private networks.
func TestRebindingExceptions(t *testing.T) {
	up := newUpstream(t)
	for name, ip := range map[string]string{
		"a.lan-of-friend.example.": "10.1.2.3", "b.example.": "100.64.0.1", "c.example.": "127.0.0.1", "d.example.": "0.0.0.0",
		"b1.example.": "100.127.255.255", "b2.example.": "100.128.0.1", "b3.example.": "100.63.255.255",
		"c1.example.": "127.255.255.254", "c2.example.": "128.0.0.1", "d1.example.": "0.255.1.2", "d2.example.": "1.0.0.1",
		"e1.example.": "169.253.255.255", "f1.example.": "172.16.0.0", "f2.example.": "172.15.255.255",
		"g1.example.": "192.168.255.255", "g2.example.": "192.169.0.1", "g3.example.": "10.255.255.255", "g4.example.": "11.0.0.1",
		"h1.example.": "192.0.2.1", "h2.example.": "203.0.113.1",
		"e.example.": "169.254.1.1", "f.example.": "172.31.255.255", "g.example.": "172.32.0.1", "h.example.": "198.51.100.1", "nas.lan.": "192.168.1.9", "printer.": "192.168.1.8",
	} {
		up.add(name + " 60 IN A " + ip)
	}
	for name, ip := range map[string]string{
		"i.example.": "::1", "j.example.": "fd00::1", "k.example.": "fe80::1", "l.example.": "::ffff:10.0.0.1", "m.example.": "2001:db8::1",
		"i1.example.": "::", "i2.example.": "::2", "j1.example.": "fc00::1", "j2.example.": "fdff:ffff::1", "j3.example.": "fe00::1",
		"k1.example.": "febf::1", "k2.example.": "fec0::1", "l1.example.": "::ffff:8.8.8.8", "l2.example.": "::ffff:127.0.0.1",
	} {
		up.add(name + " 60 IN AAAA " + ip)
	}
	s := start(t, nil, up)
	s.decider.set(func(c *filter.RulesConfig) { c.Policy.Rebinding = []filter.Name{"lan-of-friend.example"} })
	for name, open := range map[string]bool{
		"a.lan-of-friend.example.": true, "b.example.": false, "c.example.": false, "d.example.": false, "e.example.": false, "f.example.": false,
		"g.example.": true, "h.example.": true, "nas.lan.": true, "printer.": true,
		"i.example.": false, "j.example.": false, "k.example.": false, "l.example.": false, "m.example.": true,
		"b1.example.": false, "b2.example.": true, "b3.example.": true, "c1.example.": false, "c2.example.": true, "d1.example.": false, "d2.example.": true,
		"e1.example.": true, "f1.example.": false, "f2.example.": true, "g1.example.": false, "g2.example.": true, "g3.example.": false, "g4.example.": true,
		"h1.example.": true, "h2.example.": true, // documentation
		"i1.example.": false, "i2.example.": true, "j1.example.": false, "j2.example.": false, "j3.example.": true,
		"k1.example.": false, "k2.example.": true, "l1.example.": true, "l2.example.": false,
	} {
		qtype := dns.TypeA
		if name[0] >= 'i' && name[0] <= 'm' {
			qtype = dns.TypeAAAA
		}
		for range 2 {
			if got := s.ask(t, "udp", query(name, qtype)); len(got.Answer) == 1 != open || got.Rcode != dns.RcodeSuccess {
				t.Errorf("%s: %s, want open %v", name, summary(got), open)
			}
		}
	}
}

// TestLocal: names of this PC are asked of nobody.
func TestLocal(t *testing.T) {
	up := newUpstream(t)
	s := start(t, nil, up)
	for _, tt := range []struct {
		name  string
		qtype uint16
		want  string
	}{
		{"LocalHost.", dns.TypeA, "NOERROR; LocalHost. 30 IN A 127.0.0.1"},
		{"a.localhost.", dns.TypeAAAA, "NOERROR; a.localhost. 30 IN AAAA ::1"},
		{"localhost.", dns.TypeMX, "NOERROR; SOA 10"},
		{"x.invalid.", dns.TypeA, "NXDOMAIN; SOA 10"},
		{"x.onion.", dns.TypeA, "NXDOMAIN; SOA 10"},
	} {
		if got := summary(s.ask(t, "udp", query(tt.name, tt.qtype))); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	for _, name := range []string{"localhost.", "a.localhost.", "x.invalid.", "x.onion."} {
		if up.count(name) != 0 {
			t.Errorf("upstream was asked for %s", name)
		}
	}
}

// TestNoResolver: without one, what is closed is still closed, and the rest
// fails at once and says why.
func TestNoResolver(t *testing.T) {
	gone, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := netip.MustParseAddrPort(gone.LocalAddr().String())
	gone.Close()
	told := make(chan resolve.Health, 4)
	for _, tt := range []struct {
		why    string
		system []resolve.Address
		want   string
	}{
		{"none is known", nil, "SERVFAIL; OPT 1232; EDE 22"},
		{"none answers", []resolve.Address{resolve.PlainAddress(refusing)}, "SERVFAIL; OPT 1232; EDE 23"},
	} {
		s := start(t, func(c *resolve.Config) {
			c.Resolvers = func() resolve.Resolvers { return resolve.Resolvers{System: tt.system} }
			c.OnHealth = func(h resolve.Health) { told <- h }
		})
		await(t, told, false)
		began := time.Now()
		q := query("open.example.", dns.TypeA)
		q.SetEdns0(1232, false)
		if got := summary(s.ask(t, "udp", q)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.why, got, tt.want)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s: took %v", tt.why, took)
		}
		if got := summary(s.ask(t, "udp", query("porn.example.", dns.TypeA))); got != "NOERROR; porn.example. 10 IN A 0.0.0.0" {
			t.Errorf("%s: got %s", tt.why, got)
		}
		if s.Health().Up {
			t.Errorf("%s: Health says up", tt.why)
		}
	}
}
