package resolve_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

// clock is a clock that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

// TestLifetimes: how long an answer is kept, and with what TTL it goes out.
func TestLifetimes(t *testing.T) {
	up, c := newUpstream(t), newClock()
	up.add("minute.example. 60 IN A 192.0.2.1")
	up.add("week.example. 604800 IN A 192.0.2.1")
	up.set("chain.example. A", "chain.example. 300 IN CNAME end.example.", "end.example. 20 IN A 192.0.2.1")
	soas := map[string]string{ // of zones that say for how long nothing stays nothing
		"long.example.": "example. 604800 IN SOA ns.example. root.example. 1 3600 600 86400 604800",
		"ttl.example.":  "example. 20 IN SOA ns.example. root.example. 1 3600 600 86400 3600",
		"mute.example.": "",
	}
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		m := up.reply(q)
		if soa, ok := soas[q.Question[0].Name]; ok {
			if m.Ns = nil; soa != "" {
				rr, err := dns.NewRR(soa)
				if err != nil {
					panic(err)
				}
				m.Ns = []dns.RR{rr}
			}
		}
		_ = w.WriteMsg(m)
	})
	s := start(t, func(config *resolve.Config) { config.Clock = c.now }, up)
	for _, tt := range []struct {
		name  string
		after time.Duration // since the one before
		ttl   uint32
		asked int
	}{
		{"minute.example.", 0, 30, 1},
		{"minute.example.", 29 * time.Second, 30, 1},
		{"minute.example.", 10 * time.Second, 21, 1},
		{"minute.example.", 20500 * time.Millisecond, 1, 1},
		{"minute.example.", 500 * time.Millisecond, 30, 2}, // a second minute begins
		{"week.example.", 0, 30, 1},
		{"week.example.", 24*time.Hour - time.Second, 1, 1},
		{"week.example.", time.Second, 30, 2}, // no answer is kept for longer than a day
		{"chain.example.", 0, 20, 1},
		{"chain.example.", 15 * time.Second, 5, 1},
		{"none.example.", 0, 30, 1}, // the SOA says 60 s
		{"none.example.", 59 * time.Second, 1, 1},
		{"none.example.", time.Second, 30, 2},
		{"long.example.", 0, 30, 1}, // the SOA says a week, RFC 2308 section 5 an hour
		{"long.example.", time.Hour - time.Second, 1, 1},
		{"long.example.", time.Second, 30, 2},
		{"ttl.example.", 0, 20, 1}, // the SOA's own TTL is less than what it says
		{"ttl.example.", 19 * time.Second, 1, 1},
		{"ttl.example.", time.Second, 20, 2},
		{"mute.example.", 0, 0, 1}, // without an SOA it is not kept (section 2.2)
		{"mute.example.", 0, 0, 2},
	} {
		c.pass(tt.after)
		m := s.ask(t, "udp", query(tt.name, dns.TypeA))
		for _, rr := range append(m.Answer, m.Ns...) {
			if rr.Header().Ttl != tt.ttl {
				t.Errorf("%s after %v: %v, want TTL %d", tt.name, tt.after, rr, tt.ttl)
			}
		}
		if got := up.count(tt.name); got != tt.asked || len(m.Answer)+len(m.Ns) == 0 != (tt.ttl == 0) {
			t.Errorf("%s after %v: asked %d times, want %d; got %s", tt.name, tt.after, got, tt.asked, summary(m))
		}
	}
}

// TestKeys: what one question got is no answer to another.
func TestKeys(t *testing.T) {
	up := newUpstream(t)
	up.add("open.example. 60 IN A 192.0.2.1")
	s := start(t, nil, up)
	questions := []func(q *dns.Msg){
		func(*dns.Msg) {},
		func(q *dns.Msg) { q.CheckingDisabled = true },
		func(q *dns.Msg) { q.SetEdns0(1232, true) },
		func(q *dns.Msg) { q.Question[0].Qtype = dns.TypeAAAA },
		func(q *dns.Msg) { q.Question[0].Name = "open.example.x." },
		func(q *dns.Msg) { q.Question[0].Name = `a\.open.example.` },
		func(q *dns.Msg) { q.Question[0].Name = `a\255open.example.` },
	}
	for range 2 {
		for _, change := range questions {
			q := query("open.example.", dns.TypeA)
			change(q)
			s.ask(t, "udp", q)
		}
	}
	// The last two look the same as text, so neither is kept.
	if answers, _ := s.CacheSize(); answers != len(questions)-2 {
		t.Errorf("%d answers are kept, want %d", answers, len(questions)-2)
	}
	for _, name := range []string{`a\.open.example.`, `a\255open.example.`} {
		if got := up.count(name); got != 2 {
			t.Errorf("%s was asked %d times, want 2", name, got)
		}
	}
}

// TestCacheIsBounded: the cache takes no more memory than it is given, and keeps
// what is asked for again.
func TestCacheIsBounded(t *testing.T) {
	const most = 256 << 10
	up := newUpstream(t)
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		rr, _ := dns.NewRR(q.Question[0].Name + " 60 IN A 192.0.2.1")
		m.Answer = []dns.RR{rr}
		_ = w.WriteMsg(m)
	})
	s := start(t, func(c *resolve.Config) { c.CacheBytes = most }, up)
	for i := range 3000 {
		s.ask(t, "udp", query(fmt.Sprintf("n%d.example.", i), dns.TypeA))
		if i%20 == 0 {
			s.ask(t, "udp", query("often.example.", dns.TypeA))
		}
	}
	answers, bytes := s.CacheSize()
	if bytes > most || answers < 300 || answers > 1000 {
		t.Errorf("%d answers in %d bytes, want at most %d bytes", answers, bytes, most)
	}
	if got := up.count("often.example."); got != 1 {
		t.Errorf("what is asked often was asked upstream %d times, want once", got)
	}
	if got := up.count("n2999.example."); got != 1 {
		t.Errorf("n2999 was asked %d times", got)
	}
}

// TestStale: an answer past its end is better than none, when none is to be had.
func TestStale(t *testing.T) {
	t.Parallel()
	up, c := newUpstream(t), newClock()
	up.add("open.example. 60 IN A 192.0.2.1")
	s := start(t, func(config *resolve.Config) { config.Clock = c.now }, up)
	ask := func(name string) string {
		q := query(name, dns.TypeA)
		q.SetEdns0(1232, false)
		return summary(s.ask(t, "udp", q))
	}
	for _, name := range []string{"open.example.", "none.example.", "gone.porn.example."} {
		ask(name)
	}
	c.pass(time.Hour)
	up.on(func(dns.ResponseWriter, *dns.Msg) {}) // hears, and says nothing
	var clients sync.WaitGroup
	for name, want := range map[string]string{
		"open.example.": "NOERROR; open.example. 30 IN A 192.0.2.1; OPT 1232; EDE 3",
		"none.example.": "NXDOMAIN; SOA 30; OPT 1232; EDE 19",
	} {
		clients.Go(func() {
			began := time.Now()
			if got := ask(name); got != want {
				t.Errorf("silence: got %s, want %s", got, want)
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("the stale answer came after %v", took)
			}
		})
	}
	clients.Wait()
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
	})
	s.WaitAsking(0)
	if got, want := ask("open.example."), "NOERROR; open.example. 30 IN A 192.0.2.1; OPT 1232; EDE 3"; got != want {
		t.Errorf("a failure: got %s, want %s", got, want)
	}
	c.pass(25 * time.Hour)
	if got, want := ask("open.example."), "SERVFAIL; OPT 1232"; got != want {
		t.Errorf("a day later: got %s, want %s", got, want)
	}
	up.on(nil)
	c.pass(2 * time.Second) // the failure is remembered for one
	if got, want := ask("open.example."), "NOERROR; open.example. 30 IN A 192.0.2.1; OPT 1232"; got != want {
		t.Errorf("mended: got %s, want %s", got, want)
	}
}

// TestFailureIsRemembered: a failure is not asked for again at once (RFC 9520),
// and not for long.
func TestFailureIsRemembered(t *testing.T) {
	up, c := newUpstream(t), newClock()
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
	})
	s := start(t, func(config *resolve.Config) { config.Clock = c.now }, up)
	for range 5 {
		if got := summary(s.ask(t, "udp", query("open.example.", dns.TypeA))); got != "SERVFAIL" {
			t.Errorf("got %s", got)
		}
	}
	if got := up.count("open.example."); got != 1 {
		t.Errorf("asked %d times within a second, want once", got)
	}
	c.pass(time.Second)
	s.ask(t, "udp", query("open.example.", dns.TypeA))
	if got := up.count("open.example."); got != 2 {
		t.Errorf("asked %d times after a second, want twice", got)
	}
}
