package resolve_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

// notes are the questions that are not answered yet.
type notes struct {
	mu      sync.Mutex
	waiting map[int]string // client, local and name, by what Done takes
	all     []string
	done    chan struct{}
}

func newNotes() *notes { return &notes{waiting: map[int]string{}, done: make(chan struct{}, 100)} }

func (n *notes) Add(client, local netip.AddrPort, query []byte) int {
	var m dns.Msg
	if err := m.Unpack(query); err != nil {
		panic(err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	i := len(n.all)
	n.all = append(n.all, client.String()+" "+local.String()+" "+m.Question[0].Name)
	n.waiting[i] = n.all[i]
	return i
}

func (n *notes) Done(i int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.waiting, i)
	n.done <- struct{}{}
}

// holds reports whether a question is noted now.
func (n *notes) holds() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.waiting) > 0
}

// TestUnanswered: a question over UDP is noted before anything is waited for, and
// until it is answered. One over TCP never is.
func TestUnanswered(t *testing.T) {
	up := newUpstream(t)
	up.add("slow.example. 60 IN A 192.0.2.1")
	up.add("childline.example. 60 IN A 192.0.2.2")
	n := newNotes()
	s := start(t, func(c *resolve.Config) {
		c.Unanswered = n
		c.Origin = func(_, _ netip.AddrPort) (to netip.AddrPort, ok bool) {
			if !n.holds() {
				t.Error("the question is not noted while the kernel is asked where it was going")
			}
			return to, false
		}
	}, up)
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		if !n.holds() {
			t.Error("the question is not noted while it waits for an upstream")
		}
		_ = w.WriteMsg(up.reply(q))
	})
	names := []string{"slow.example.", "childline.example.", "slow.example.", "porn.example."}
	for _, name := range names {
		client, err := dns.Dial("udp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if err := client.WriteMsg(query(name, dns.TypeA)); err != nil {
			t.Fatal(err)
		}
		if _, err := client.ReadMsg(); err != nil {
			t.Fatal(err)
		}
		<-n.done
		want := client.LocalAddr().String() + " " + s.Addr().String() + " " + name
		client.Close()
		if got := n.all[len(n.all)-1]; got != want || n.holds() {
			t.Errorf("noted %q, want %q; still noted: %v", got, want, n.holds())
		}
	}
	up.on(nil)
	s.ask(t, "tcp", query("other.example.", dns.TypeA))
	s.WaitIdle()
	if got, want := len(n.all), len(names); got != want || n.holds() {
		t.Errorf("noted %d questions, want %d; still noted: %v", got, want, n.holds())
	}
}

// TestSockets: every address has a socket for TCP and at least one for UDP.
func TestSockets(t *testing.T) {
	s := start(t, func(c *resolve.Config) {
		c.Addrs = append(c.Addrs, netip.MustParseAddrPort("127.0.0.2:0"))
	}, newUpstream(t))
	kinds := map[string]int{}
	for _, socket := range s.Sockets() {
		switch c := socket.(type) {
		case *net.UDPConn:
			kinds["udp "+c.LocalAddr().String()]++
		case *net.TCPListener:
			kinds["tcp "+c.Addr().String()]++
		}
	}
	for _, at := range s.Addrs() {
		if kinds["tcp "+at.String()] != 1 || kinds["udp "+at.String()] < 1 {
			t.Errorf("%s: sockets %v", at, kinds)
		}
	}
}
