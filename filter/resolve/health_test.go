package resolve_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

// watched starts a server whose changes of health come on the channel.
func watched(t *testing.T, upstreams ...*upstream) (*server, chan resolve.Health) {
	t.Helper()
	changes := make(chan resolve.Health, 16)
	s := start(t, func(c *resolve.Config) { c.OnHealth = func(h resolve.Health) { changes <- h } }, upstreams...)
	return s, changes
}

func await(t *testing.T, changes chan resolve.Health, up bool) {
	t.Helper()
	select {
	case h := <-changes:
		if h.Up != up || h.Since.IsZero() {
			t.Fatalf("health became %+v, want up %v", h, up)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("health did not become up %v", up)
	}
}

// TestFailover: a question that one resolver does not answer goes to the next,
// and once probes say that it is gone, questions no longer wait for it.
func TestFailover(t *testing.T) {
	t.Parallel()
	silent, other := newUpstream(t), newUpstream(t)
	silent.onAll(func(dns.ResponseWriter, *dns.Msg) {})
	other.add("open.example. 60 IN A 192.0.2.1")
	other.add("later.example. 60 IN A 192.0.2.1")
	s, changes := watched(t, silent, other)
	if got := summary(s.ask(t, "udp", query("open.example.", dns.TypeA))); got != "NOERROR; open.example. 30 IN A 192.0.2.1" {
		t.Errorf("got %s", got)
	}
	await(t, changes, true)
	s.ask(t, "udp", query("later.example.", dns.TypeA))
	if n := silent.count("later.example."); n > 0 {
		t.Errorf("a resolver known to be gone was asked %d times", n)
	}
}

// TestFailoverSoon: the first question that a resolver leaves unanswered has it
// probed, so that few others wait for it.
func TestFailoverSoon(t *testing.T) {
	t.Parallel()
	first, second := newUpstream(t), newUpstream(t)
	for i := range 20 {
		second.add(fmt.Sprintf("open%d.example. 60 IN A 192.0.2.1", i))
	}
	s, changes := watched(t, first, second)
	await(t, changes, true)
	first.onAll(func(dns.ResponseWriter, *dns.Msg) {})
	for i := range 8 { // each waits 700 ms for it; the next probe without being asked is after ten seconds
		name := fmt.Sprintf("open%d.example.", i)
		if got := summary(s.ask(t, "udp", query(name, dns.TypeA))); got != "NOERROR; "+name+" 30 IN A 192.0.2.1" {
			t.Errorf("got %s", got)
		}
		if first.count(name) == 0 {
			return
		}
	}
	t.Error("all questions wait for a resolver that is gone")
}

// TestHealth: health follows our own probes, down and up again, and nothing that
// a client gets or does not get.
func TestHealth(t *testing.T) {
	t.Parallel()
	up := newUpstream(t)
	s, changes := watched(t, up)
	await(t, changes, true)
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)) // but not of probes
	})
	for _, name := range []string{"a.example.", "b.example.", "c.example."} {
		if got := s.ask(t, "udp", query(name, dns.TypeA)); got.Rcode != dns.RcodeServerFailure {
			t.Errorf("got %s", summary(got))
		}
	}
	if !s.Health().Up {
		t.Error("questions that failed changed the health")
	}
	up.onAll(func(w dns.ResponseWriter, q *dns.Msg) {
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeServerFailure))
	})
	up.on(nil)
	s.Nudge()
	await(t, changes, false)
	up.onAll(nil)
	await(t, changes, true)
	if !s.Health().Up {
		t.Error("Health is not what was told")
	}
}

// TestSlowLine: on a line so full that every answer takes longer than
// any one attempt waits, questions are answered and the resolver is not taken to
// be gone. Whoever can fill the line could have the filter let go otherwise.
func TestSlowLine(t *testing.T) {
	t.Parallel()
	up := newUpstream(t)
	s, changes := watched(t, up)
	await(t, changes, true)
	slow := func(w dns.ResponseWriter, q *dns.Msg) {
		time.Sleep(1600 * time.Millisecond)
		_ = w.WriteMsg(up.reply(q))
	}
	up.onAll(slow)
	for i := range 6 {
		name := fmt.Sprintf("open%d.example.", i)
		up.add(name + " 60 IN A 192.0.2.1")
		s.Nudge()
		if got := summary(s.ask(t, "udp", query(name, dns.TypeA))); got != "NOERROR; "+name+" 30 IN A 192.0.2.1" {
			t.Errorf("got %s", got)
		}
	}
	select {
	case h := <-changes:
		t.Errorf("health became %+v", h)
	default:
	}
}

// TestSlowResolver: nobody waits for a resolver that is known to answer late where
// another answers in time.
func TestSlowResolver(t *testing.T) {
	t.Parallel()
	slow, other := newUpstream(t), newUpstream(t)
	slow.onAll(func(w dns.ResponseWriter, q *dns.Msg) {
		time.Sleep(1600 * time.Millisecond)
		_ = w.WriteMsg(slow.reply(q))
	})
	other.add("open.example. 60 IN A 192.0.2.1")
	s := start(t, nil, slow, other)
	s.WaitSlow()
	if got := summary(s.ask(t, "udp", query("open.example.", dns.TypeA))); got != "NOERROR; open.example. 30 IN A 192.0.2.1" {
		t.Errorf("got %s", got)
	}
	if n := slow.count("open.example."); n > 0 {
		t.Errorf("the late one was asked first")
	}
}

// TestSlowThenGone: a slow resolver that goes is probed as often as any other, so
// that filtering goes on as soon as it is back.
func TestSlowThenGone(t *testing.T) {
	t.Parallel()
	up := newUpstream(t)
	s, changes := watched(t, up)
	await(t, changes, true)
	up.onAll(func(w dns.ResponseWriter, q *dns.Msg) {
		time.Sleep(1600 * time.Millisecond)
		_ = w.WriteMsg(up.reply(q))
	})
	s.Nudge()
	s.WaitSlow()
	up.onAll(func(dns.ResponseWriter, *dns.Msg) {})
	s.Nudge()
	if h := <-changes; h.Up || s.Slow() {
		t.Errorf("health became %+v, and it is slow: %v", h, s.Slow())
	}
}

// TestNetworkChange: when the PC's resolvers change, the new ones are asked, and
// what the old ones answered is forgotten. The server never asks itself, though
// the system may name it as its resolver.
func TestNetworkChange(t *testing.T) {
	t.Parallel()
	home, away := newUpstream(t), newUpstream(t)
	home.add("open.example. 600 IN A 192.0.2.1")
	away.add("open.example. 600 IN A 192.0.2.2")
	var system atomic.Pointer[[]resolve.Address]
	system.Store(&[]resolve.Address{resolve.PlainAddress(home.addr)})
	s := start(t, func(c *resolve.Config) {
		c.Resolvers = func() resolve.Resolvers { return resolve.Resolvers{System: *system.Load()} }
	})
	ask := func() string { return summary(s.ask(t, "udp", query("open.example.", dns.TypeA))) }
	if got, want := ask(), "NOERROR; open.example. 30 IN A 192.0.2.1"; got != want {
		t.Fatalf("at home: got %s, want %s", got, want)
	}
	system.Store(&[]resolve.Address{resolve.PlainAddress(s.Addr()), resolve.PlainAddress(away.addr)})
	s.Nudge()
	want, began := "NOERROR; open.example. 30 IN A 192.0.2.2", time.Now()
	got := ask()
	for got != want && time.Since(began) < 8*time.Second { // the next probe without a nudge is after ten
		got = ask()
	}
	if got != want {
		t.Errorf("away: got %s, want %s", got, want)
	}
}
