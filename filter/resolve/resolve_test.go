package resolve_test

import (
	"context"
	"log/slog"
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

var key = filter.NewHashKey([16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})

// lists is a published table for tests.
type lists map[uint64]filter.Mark

func (l lists) Lookup(h uint64) filter.Mark { return l[h] }

func (l lists) add(n filter.Name, cats filter.Categories) {
	var s filter.Suffixes
	key.Text(n, &s)
	l[s.Hash(s.Len()-1)] = filter.Mark{Under: cats}
}

// decider holds the rules in force.
type decider struct{ rules atomic.Pointer[filter.Rules] }

func (d *decider) Now() *filter.Rules { return d.rules.Load() }

func (d *decider) set(change func(*filter.RulesConfig)) {
	l := lists{}
	l.add("porn.example", filter.CategoriesOf(filter.Pornography))
	l.add("secret.example", filter.Restricted)
	l.add("game.example", filter.CategoriesOf(filter.Games))
	c := filter.RulesConfig{
		Policy: filter.DefaultPolicy(),
		Content: filter.Content{
			Protected: []filter.Name{"childline.example"},
			Sensitive: []filter.Name{"support.example"},
			Plumbing:  []filter.Name{"home.arpa", "lan"},
			Engines: []filter.Engine{
				{ID: "search", Hosts: []filter.Name{"www.search.example"}, Target: "safe.search.example"},
				{ID: "six", Hosts: []filter.Name{"six-www.search.example"}, Target: "six.search.example"},
			},
		},
		Key: key, Published: l,
	}
	if change != nil {
		change(&c)
	}
	d.rules.Store(filter.NewRules(c))
}

// upstream is a resolver for tests, over UDP and TCP on one port.
type upstream struct {
	addr    netip.AddrPort
	mu      sync.Mutex
	answers map[string][]string // records in zone form, by "name. TYPE"
	handle  dns.HandlerFunc     // where it is set, instead
	all     dns.HandlerFunc     // where it is set, instead of all, probes too
	asked   []dns.Question
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{answers: map[string][]string{}}
	var l net.Listener
	p, err := net.ListenPacket("udp", "127.0.0.1:0")
	for err == nil {
		if l, err = net.Listen("tcp", p.LocalAddr().String()); err == nil {
			break
		}
		p.Close() // free for UDP, but not for TCP: another, then
		p, err = net.ListenPacket("udp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	u.addr = netip.MustParseAddrPort(l.Addr().String())
	for _, srv := range []*dns.Server{{Listener: l, Handler: u}, {PacketConn: p, Handler: u}} {
		started := make(chan struct{})
		srv.NotifyStartedFunc = func() { close(started) }
		go func() { _ = srv.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = srv.Shutdown() })
	}
	return u
}

func (u *upstream) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	u.mu.Lock()
	u.asked = append(u.asked, q.Question[0])
	handle := u.handle
	if q.Question[0].Name == "." { // a probe
		handle = func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetReply(q)) }
	} else if strings.HasSuffix(q.Question[0].Name, ".invalid.") { // a probe for a sign-in page
		handle = func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeNameError)) }
	}
	if u.all != nil {
		handle = u.all
	}
	u.mu.Unlock()
	if handle != nil {
		handle(w, q)
		return
	}
	_ = w.WriteMsg(u.reply(q))
}

// reply answers from u.answers; what is not there does not exist.
func (u *upstream) reply(q *dns.Msg) *dns.Msg {
	u.mu.Lock()
	defer u.mu.Unlock()
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	known := false
	for name, records := range u.answers {
		if !strings.HasPrefix(name, strings.ToLower(q.Question[0].Name)+" ") {
			continue
		}
		known = true
		if strings.HasSuffix(name, " "+dns.TypeToString[q.Question[0].Qtype]) {
			for _, text := range records {
				rr, err := dns.NewRR(text)
				if err != nil {
					panic(err)
				}
				m.Answer = append(m.Answer, rr)
			}
		}
	}
	if len(m.Answer) == 0 {
		soa, _ := dns.NewRR("example. 300 IN SOA ns.example. root.example. 1 3600 600 86400 60")
		m.Ns = append(m.Ns, soa)
		if !known {
			m.Rcode = dns.RcodeNameError
		}
	}
	return m
}

// add has u answer the question for a record with it.
func (u *upstream) add(record string) {
	rr, err := dns.NewRR(record)
	if err != nil {
		panic(err)
	}
	u.set(rr.Header().Name+" "+dns.TypeToString[rr.Header().Rrtype], record)
}

// set has u answer a question, given as "name. TYPE", with records.
func (u *upstream) set(question string, records ...string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers[question] = records
}

// on has u answer with handle.
func (u *upstream) on(handle dns.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.handle = handle
}

// onAll has u answer everything with handle, probes too.
func (u *upstream) onAll(handle dns.HandlerFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = handle
}

func (u *upstream) count(name string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for _, q := range u.asked {
		if strings.EqualFold(q.Name, name) {
			n++
		}
	}
	return n
}

// server is a running Server under test.
type server struct {
	*resolve.Server
	decider *decider
}

func start(t *testing.T, change func(*resolve.Config), upstreams ...*upstream) *server {
	t.Helper()
	d := &decider{}
	d.set(nil)
	var system []resolve.Address
	for _, u := range upstreams {
		system = append(system, resolve.PlainAddress(u.addr))
	}
	c := resolve.Config{
		Addrs:     []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")},
		Decider:   d,
		Resolvers: func() resolve.Resolvers { return resolve.Resolvers{System: system} },
		Log:       slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	s, err := resolve.Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return &server{s, d}
}

func (s *server) ask(t *testing.T, network string, q *dns.Msg) *dns.Msg {
	t.Helper()
	client := &dns.Client{Net: network, Timeout: 10 * time.Second}
	answer, _, err := client.Exchange(q, s.Addr().String())
	if err != nil {
		t.Fatalf("asking %s over %s: %v", q.Question[0].Name, network, err)
	}
	return answer
}

func query(name string, qtype uint16) *dns.Msg { return new(dns.Msg).SetQuestion(name, qtype) }
