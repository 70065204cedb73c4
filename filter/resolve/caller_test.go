package resolve_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

// notes are the questions that wait.
type notes struct {
	mu      sync.Mutex
	waiting map[int]string // client, local and name, by what Done takes
	all     []string
}

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
}

// TestUnanswered: a question is noted while it waits for an upstream, and then
// no longer; what is answered on the spot, or over TCP, never is.
func TestUnanswered(t *testing.T) {
	up := newUpstream(t)
	up.add("slow.example. 60 IN A 192.0.2.1")
	up.add("childline.example. 60 IN A 192.0.2.2")
	n := &notes{waiting: map[int]string{}}
	s := start(t, func(c *resolve.Config) { c.Unanswered = n }, up)
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		n.mu.Lock()
		if len(n.waiting) == 0 {
			t.Error("the question is not noted while it waits")
		}
		n.mu.Unlock()
		_ = w.WriteMsg(up.reply(q))
	})
	for _, name := range []string{"slow.example.", "childline.example.", "slow.example.", "porn.example."} {
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
		want := client.LocalAddr().String() + " " + s.Addr().String() + " " + name
		client.Close()
		n.mu.Lock()
		if noted := len(n.all) > 0 && n.all[len(n.all)-1] == want; noted != (name == "childline.example." || len(n.all) == 1 && name == "slow.example.") {
			t.Errorf("%s: noted %v, of %q", name, noted, n.all)
		}
		n.mu.Unlock()
	}
	up.on(nil)
	s.ask(t, "tcp", query("other.example.", dns.TypeA))
	s.WaitIdle()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.all) != 2 || len(n.waiting) != 0 {
		t.Errorf("noted %q, want two; left %v", n.all, n.waiting)
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
