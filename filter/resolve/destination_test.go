package resolve_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

// ways are where programs send their questions, by the address they send from.
type ways struct {
	mu     sync.Mutex
	to     map[netip.AddrPort]netip.AddrPort
	sought int
}

func (w *ways) origin(client, _ netip.AddrPort) (netip.AddrPort, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sought++
	to, ok := w.to[client]
	return to, ok
}

func (w *ways) times() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sought
}

func (w *ways) streamOrigin(conn syscall.Conn) (netip.AddrPort, bool) {
	stream := conn.(net.Conn)
	return w.origin(netip.MustParseAddrPort(stream.RemoteAddr().String()), netip.MustParseAddrPort(stream.LocalAddr().String()))
}

func (w *ways) use(c *resolve.Config) {
	w.to, c.Origin, c.StreamOrigin = map[netip.AddrPort]netip.AddrPort{}, w.origin, w.streamOrigin
}

// dial has a program that sends its questions to a resolver connect; !to.IsValid:
// to us. Where a connection goes is asked for as soon as it is accepted, so nobody
// looks before it is written down.
func (w *ways) dial(t *testing.T, s *server, network string, to netip.AddrPort) *dns.Conn {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	conn, err := dns.DialTimeout(network, s.Addr().String(), 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	from := netip.MustParseAddrPort(conn.LocalAddr().String())
	delete(w.to, from)
	if to.IsValid() {
		w.to[from] = to
	}
	return conn
}

// ask has a program that sends its questions to a resolver ask one; !to.IsValid:
// it asks us.
func (w *ways) ask(t *testing.T, s *server, network string, to netip.AddrPort, q *dns.Msg) string {
	t.Helper()
	conn := w.dial(t, s, network, to)
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if err := conn.WriteMsg(q); err != nil {
		t.Fatal(err)
	}
	answer, err := conn.ReadMsg()
	if err != nil {
		t.Fatalf("asking %s: %v", q.Question[0].Name, err)
	}
	return summary(answer)
}

// TestPoison: an account asks its own resolver for a name, which lies. Whoever
// asks another, or us, still gets the truth, and those who chose that resolver
// get what it says.
func TestPoison(t *testing.T) {
	home, other, own := newUpstream(t), newUpstream(t), newUpstream(t)
	home.add("bank.example. 60 IN A 192.0.2.1")
	home.add("childline.example. 60 IN A 192.0.2.2")
	other.add("bank.example. 60 IN A 192.0.2.3")
	own.add("bank.example. 60 IN A 203.0.113.66")
	own.add("childline.example. 60 IN A 203.0.113.66")
	own.add("safe.search.example. 60 IN A 203.0.113.66")
	home.add("safe.search.example. 60 IN A 192.0.2.4")
	w := &ways{}
	s := start(t, w.use, home)
	us := netip.AddrPort{}
	for _, network := range []string{"udp", "tcp"} {
		for round := range 2 { // the second from the caches
			for _, tt := range []struct {
				to         netip.AddrPort
				name, want string
			}{
				{own.addr, "bank.example.", "203.0.113.66"},
				{us, "bank.example.", "192.0.2.1"},
				{home.addr, "bank.example.", "192.0.2.1"},
				{other.addr, "bank.example.", "192.0.2.3"},
				{netip.MustParseAddrPort("127.0.0.53:53"), "bank.example.", "192.0.2.1"},
				{own.addr, "childline.example.", "192.0.2.2"},
				{us, "childline.example.", "192.0.2.2"},
				{own.addr, "www.search.example.", "203.0.113.66"},
				{us, "www.search.example.", "192.0.2.4"},
				{own.addr, "porn.example.", "0.0.0.0"},
			} {
				ttl := 30
				if tt.want == "0.0.0.0" {
					ttl = 10
				}
				want := fmt.Sprintf("NOERROR; %s %d IN A %s", tt.name, ttl, tt.want)
				if got := w.ask(t, s, network, tt.to, query(tt.name, dns.TypeA)); got != want {
					t.Errorf("over %s, round %d: sent to %s: %s, want %s", network, round, tt.to, got, want)
				}
			}
		}
	}
	if n := own.count("bank.example."); n != 1 {
		t.Errorf("a program's own resolver was asked %d times, want once", n)
	}
	if n := own.count("childline.example."); n != 0 {
		t.Errorf("a program's own resolver was asked for a protected name %d times", n)
	}
}

// TestFlightsByDestination: questions for one name that go to two resolvers are
// not one question.
func TestFlightsByDestination(t *testing.T) {
	home, own := newUpstream(t), newUpstream(t)
	home.add("bank.example. 60 IN A 192.0.2.1")
	own.add("bank.example. 60 IN A 203.0.113.66")
	release := make(chan struct{})
	asked := make(chan struct{}, 10)
	for _, u := range []*upstream{home, own} {
		u.on(func(w dns.ResponseWriter, q *dns.Msg) {
			asked <- struct{}{}
			<-release
			_ = w.WriteMsg(u.reply(q))
		})
	}
	w := &ways{}
	s := start(t, w.use, home)
	var programs sync.WaitGroup
	for to, want := range map[netip.AddrPort]string{own.addr: "203.0.113.66", {}: "192.0.2.1"} {
		programs.Go(func() {
			if got := w.ask(t, s, "udp", to, query("bank.example.", dns.TypeA)); got != "NOERROR; bank.example. 30 IN A "+want {
				t.Errorf("sent to %s: %s", to, got)
			}
		})
	}
	<-asked
	<-asked
	close(release)
	programs.Wait()
}

// TestOriginSought: it costs a question to the kernel, so nothing asks for it in
// vain.
func TestOriginSought(t *testing.T) {
	home := newUpstream(t)
	home.add("bank.example. 60 IN A 192.0.2.1")
	home.add("childline.example. 60 IN A 192.0.2.2")
	chosen := newUpstream(t)
	chosen.add("bank.example. 60 IN A 192.0.2.5")
	for _, tt := range []struct {
		why   string
		names []string
		chose bool
		want  int
	}{
		{"closed", []string{"porn.example.", "secret.example."}, false, 0},
		{"protected", []string{"childline.example."}, false, 0},
		{"of this PC", []string{"localhost."}, false, 0},
		{"open, and then cached", []string{"bank.example.", "bank.example."}, false, 2},
		{"open, of resolvers that the guardian chose", []string{"bank.example."}, true, 0},
	} {
		w := &ways{}
		s := start(t, func(c *resolve.Config) {
			w.use(c)
			if tt.chose {
				c.Resolvers = func() resolve.Resolvers {
					return resolve.Resolvers{
						System: []resolve.Address{resolve.PlainAddress(home.addr)},
						Chosen: []resolve.Address{resolve.PlainAddress(chosen.addr)},
					}
				}
			}
		}, home)
		for _, name := range tt.names {
			w.ask(t, s, "udp", home.addr, query(name, dns.TypeA))
		}
		if got := w.times(); got != tt.want {
			t.Errorf("%s: sought %d times, want %d", tt.why, got, tt.want)
		}
	}
}

// TestApart: what the system asks of a VPN for an office goes there, and all else to
// whom the guardian chose.
func TestApart(t *testing.T) {
	home, chosen, office, own := newUpstream(t), newUpstream(t), newUpstream(t), newUpstream(t)
	for addr, u := range map[string]*upstream{"192.0.2.1": home, "192.0.2.2": chosen, "192.0.2.3": office, "192.0.2.4": own} {
		u.add("git.example. 60 IN A " + addr)
		u.add("childline.example. 60 IN A " + addr)
	}
	w := &ways{}
	var connected atomic.Bool
	s := start(t, func(c *resolve.Config) {
		w.use(c)
		c.Resolvers = func() resolve.Resolvers {
			r := resolve.Resolvers{
				System: []resolve.Address{resolve.PlainAddress(home.addr)},
				Chosen: []resolve.Address{resolve.PlainAddress(chosen.addr)},
			}
			if connected.Load() {
				r.Apart = []netip.AddrPort{office.addr}
			}
			return r
		}
	}, home)
	git := func() string { return w.ask(t, s, "udp", office.addr, query("git.example.", dns.TypeA)) }
	if got, want := git(), "NOERROR; git.example. 30 IN A 192.0.2.2"; got != want {
		t.Errorf("before there is a VPN: %s, want %s", got, want)
	}
	connected.Store(true)
	s.Nudge()
	for began := time.Now(); !strings.HasSuffix(git(), "192.0.2.3"); {
		if time.Since(began) > 8*time.Second { // the next probe without a nudge is after ten
			t.Fatal("the VPN is not noticed")
		}
	}
	for range 2 { // the second time from the cache
		for _, network := range []string{"udp", "tcp"} {
			for to, want := range map[netip.AddrPort]string{{}: "192.0.2.2", home.addr: "192.0.2.2", own.addr: "192.0.2.2", office.addr: "192.0.2.3"} {
				if got := w.ask(t, s, network, to, query("git.example.", dns.TypeA)); got != "NOERROR; git.example. 30 IN A "+want {
					t.Errorf("sent to %s over %s: %s, want %s", to, network, got, want)
				}
				if got := w.ask(t, s, network, to, query("childline.example.", dns.TypeA)); !strings.HasSuffix(got, "192.0.2.1") {
					t.Errorf("a protected name, sent to %s over %s: %s, want 192.0.2.1", to, network, got)
				}
			}
		}
	}
}

// TestOriginOfStream: a connection goes to one place.
func TestOriginOfStream(t *testing.T) {
	home := newUpstream(t)
	home.add("bank.example. 60 IN A 192.0.2.1")
	w := &ways{}
	s := start(t, w.use, home)
	conn, err := dns.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 5 {
		if err := conn.WriteMsg(query("bank.example.", dns.TypeA)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ReadMsg(); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.times(); got != 1 {
		t.Errorf("sought %d times for one connection, want once", got)
	}
}

// TestDeadDestinations: however many resolvers of their own programs ask that
// never answer, others get their answers, and the filter's health is what it was.
func TestDeadDestinations(t *testing.T) {
	home, vpn, other := newUpstream(t), newUpstream(t), newUpstream(t)
	home.add("bank.example. 60 IN A 192.0.2.1")
	other.add("bank.example. 60 IN A 192.0.2.3")
	for i := range 3 {
		vpn.add(fmt.Sprintf("n%d.work.example. 60 IN A 198.51.100.1", i))
	}
	dead, err := net.ListenPacket("udp4", "127.0.0.1:0") // and nobody reads there
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	var changes atomic.Int64
	w := &ways{}
	s := start(t, func(c *resolve.Config) {
		w.use(c)
		c.OnHealth = func(resolve.Health) { changes.Add(1) }
	}, home)
	work := func(i int) {
		t.Helper()
		name := fmt.Sprintf("n%d.work.example.", i)
		if got, want := w.ask(t, s, "udp", vpn.addr, query(name, dns.TypeA)), "NOERROR; "+name+" 30 IN A 198.51.100.1"; got != want {
			t.Errorf("a resolver of a VPN: %s, want %s", got, want)
		}
	}
	work(0)
	probes, began := home.count("."), time.Now()
	to := netip.MustParseAddrPort(dead.LocalAddr().String())
	for range 2 {
		if got := w.ask(t, s, "udp", to, query("dead.example.", dns.TypeA)); got != "SERVFAIL" {
			t.Errorf("a dead resolver answers %s", got)
		}
	}
	s.WaitElsewhere()

	each, all, free := s.FillElsewhere()
	if each != resolve.NewPlacesEach || all != resolve.NewPlaces {
		t.Errorf("%d questions wait for dead resolvers, %d of them for one, want %d and %d", all, each, resolve.NewPlaces, resolve.NewPlacesEach)
	}
	work(1)
	if got := w.ask(t, s, "udp", home.addr, query("bank.example.", dns.TypeA)); got != "NOERROR; bank.example. 30 IN A 192.0.2.1" {
		t.Errorf("the PC's resolver, while others are dead: %s", got)
	}
	for range 2 {
		if got := w.ask(t, s, "udp", other.addr, query("bank.example.", dns.TypeA)); got != "SERVFAIL" || other.count("bank.example.") > 0 {
			t.Errorf("one that nothing was heard of, with no place left: %s, asked %d times", got, other.count("bank.example."))
		}
	}
	free()
	if got := w.ask(t, s, "udp", other.addr, query("bank.example.", dns.TypeA)); got != "NOERROR; bank.example. 30 IN A 192.0.2.3" {
		t.Errorf("the same, with places again: %s", got)
	}
	work(2)

	if got := home.count(".") - probes; got > 1+int(time.Since(began)/(10*time.Second)) {
		t.Errorf("dead resolvers of programs made %d probes of the PC's", got)
	}
	if got := changes.Load(); got != 1 {
		t.Errorf("the health changed %d times, want once, at the start", got)
	}
	s.WaitElsewhere() // all places are given back
}

// TestManyDestinations: those asked longest ago are forgotten, and their answers
// are not given out for those that come after.
func TestManyDestinations(t *testing.T) {
	home, own := newUpstream(t), newUpstream(t)
	home.add("bank.example. 60 IN A 192.0.2.1")
	own.add("bank.example. 60 IN A 203.0.113.66")
	w := &ways{}
	s := start(t, w.use, home)
	for range 2 {
		if got := w.ask(t, s, "udp", own.addr, query("bank.example.", dns.TypeA)); got != "NOERROR; bank.example. 30 IN A 203.0.113.66" {
			t.Errorf("got %s", got)
		}
		s.Visit(1000)
	}
	if got := own.count("bank.example."); got != 2 {
		t.Errorf("asked %d times, want twice: it was forgotten in between", got)
	}
	if got := s.Visited(); got > 256 {
		t.Errorf("%d destinations are known, want at most 256", got)
	}
}
