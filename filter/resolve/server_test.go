package resolve_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

func listen(t *testing.T, addrs ...string) (*resolve.Server, error) {
	t.Helper()
	d := &decider{}
	d.set(nil)
	c := resolve.Config{
		Decider: d, Resolvers: func() resolve.Resolvers { return resolve.Resolvers{} }, Log: slog.New(slog.DiscardHandler),
	}
	for _, a := range addrs {
		c.Addrs = append(c.Addrs, netip.MustParseAddrPort(a))
	}
	s, err := resolve.Listen(t.Context(), c)
	if err == nil {
		t.Cleanup(s.Close)
	}
	return s, err
}

// TestListenRefuses: whatever is in the way is said before anything is served,
// in one line that names the address and what to do.
func TestListenRefuses(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	another, err := listen(t, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ addr, want string }{
		{tcp.Addr().String(), "another program answers there"},
		{udp.LocalAddr().String(), "another program answers there"},
		{another.Addr().String(), "another program answers there"}, // though its sockets are shared
		{"0.0.0.0:5354", "give a loopback address"},
		{"[::]:5354", "give a loopback address"},
		{"192.0.2.1:5354", "give a loopback address"},
		{"", "give one such as"},
	} {
		var addrs []string
		if tt.addr != "" {
			addrs = append(addrs, tt.addr)
		}
		_, err := listen(t, addrs...)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.addr) || strings.Contains(err.Error(), "\n") {
			t.Errorf("listening on %q: %v, want %q", tt.addr, err, tt.want)
		}
	}
}

// TestAddresses: a server answers on all its addresses, IPv6 too.
func TestAddresses(t *testing.T) {
	s := start(t, func(c *resolve.Config) {
		c.Addrs = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0"), netip.MustParseAddrPort("[::1]:0"), netip.MustParseAddrPort("127.0.0.7:0")}
	})
	got := s.Addrs()
	if len(got) != 3 || got[0] != s.Addr() || !got[1].Addr().Is6() || got[2].Addr() != netip.MustParseAddr("127.0.0.7") {
		t.Fatalf("Addrs() = %v", got)
	}
	for _, addr := range got {
		for _, network := range []string{"udp", "tcp"} {
			client := &dns.Client{Net: network}
			answer, _, err := client.Exchange(query("porn.example.", dns.TypeA), addr.String())
			if err != nil || len(answer.Answer) != 1 {
				t.Errorf("%s over %s: %v, %v", addr, network, answer, err)
			}
		}
	}
}

// TestPipelining: a TCP connection takes many questions, and the answers that
// are ready do not wait for those that are not.
func TestPipelining(t *testing.T) {
	up := newUpstream(t)
	release := make(chan struct{})
	up.on(func(w dns.ResponseWriter, q *dns.Msg) {
		<-release
		up.add(q.Question[0].Name + " 60 IN A 192.0.2.1")
		_ = w.WriteMsg(up.reply(q))
	})
	s := start(t, nil, up)
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	for i, name := range []string{"slow1.example.", "slow2.example.", "porn.example."} {
		q := query(name, dns.TypeA)
		q.Id = uint16(i)
		msg := wire(t, q)
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(msg))), msg...)); err != nil {
			t.Fatal(err)
		}
	}
	read := func() *dns.Msg {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			t.Fatal(err)
		}
		msg := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, msg); err != nil {
			t.Fatal(err)
		}
		m := new(dns.Msg)
		if err := m.Unpack(msg); err != nil {
			t.Fatal(err)
		}
		return m
	}
	if first := read(); first.Id != 2 {
		t.Errorf("first came the answer to %s", first.Question[0].Name)
	}
	close(release)
	ids := []uint16{read().Id, read().Id}
	slices.Sort(ids)
	if !slices.Equal(ids, []uint16{0, 1}) {
		t.Errorf("then came %v", ids)
	}
}

// TestIdleConnections: connections that say nothing do not keep others out for
// long, and one that sends no DNS is ended.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		return conn
	}
	ended := func(conn net.Conn) bool {
		_, err := conn.Read(make([]byte, 1))
		return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET)
	}
	for _, garbage := range []string{"\xff\xffGET / HTTP/1.1\r\n\r\n", "\x00\x02hi", "\x00\x00"} {
		conn := dial()
		if _, err := io.WriteString(conn, garbage); err != nil {
			t.Fatal(err)
		}
		if !ended(conn) {
			t.Errorf("%q was taken for DNS", garbage)
		}
	}
	var idle []net.Conn
	for range 200 { // more than the server takes at once
		idle = append(idle, dial())
	}
	if got := s.ask(t, "tcp", query("porn.example.", dns.TypeA)); len(got.Answer) != 1 {
		t.Errorf("got %s", summary(got))
	}
	if last := idle[len(idle)-1]; !ended(last) {
		t.Error("an idle connection was kept")
	}
}

// TestManyClients: every question of many clients at once is answered, with the
// answer to that question.
func TestManyClients(t *testing.T) {
	up := newUpstream(t)
	for i := range 50 {
		up.add(fmt.Sprintf("n%d.example. 60 IN A 192.0.2.%d", i, i))
	}
	s := start(t, nil, up)
	var clients sync.WaitGroup
	for c := range 8 {
		clients.Go(func() {
			client := &dns.Client{Net: []string{"udp", "tcp"}[c%2], Timeout: 10 * time.Second}
			for i := range 200 {
				name, want := fmt.Sprintf("n%d.example.", i%50), fmt.Sprintf("192.0.2.%d", i%50)
				if i%3 == 0 {
					name, want = fmt.Sprintf("n%d.porn.example.", i), "0.0.0.0"
				}
				answer, _, err := client.Exchange(query(name, dns.TypeA), s.Addr().String())
				if err != nil || len(answer.Answer) != 1 || answer.Answer[0].(*dns.A).A.String() != want {
					t.Errorf("%s: %v, %v, want %s", name, answer, err, want)
					return
				}
			}
		})
	}
	clients.Wait()
}
