package main

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// answers is a resolver that knows one name, and says of others what code says.
func answers(t *testing.T, name string, address [4]byte, code dnsmessage.RCode) netip.AddrPort {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			switch {
			case !strings.EqualFold(q.Name.String(), name+"."):
				m.RCode = code
			case q.Type == dnsmessage.TypeA:
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 9},
					Body:   &dnsmessage.AResource{A: address},
				}}
			}
			reply, _ := m.Pack()
			_, _ = conn.WriteTo(reply, from)
		}
	}()
	return netip.MustParseAddrPort(conn.LocalAddr().String())
}

// TestFinder: the resolvers that are given are asked, and no other, each when
// the one before knows no answer.
func TestFinder(t *testing.T) {
	server, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	port := netip.MustParseAddrPort(server.Addr().String()).Port()
	good := answers(t, "lists.example", [4]byte{127, 0, 0, 1}, dnsmessage.RCodeNameError)
	broken := answers(t, "other.example", [4]byte{127, 0, 0, 1}, dnsmessage.RCodeServerFailure)
	blocks := answers(t, "lists.example", [4]byte{}, dnsmessage.RCodeNameError)
	dead := netip.MustParseAddrPort("127.0.0.1:9")
	for _, tt := range []struct {
		why       string
		resolvers []netip.AddrPort
		host      string
		want      error
	}{
		{"by name", []netip.AddrPort{good}, "lists.example", nil},
		{"an address", []netip.AddrPort{dead}, "127.0.0.1", nil},
		{"by the second", []netip.AddrPort{broken, good}, "lists.example", nil},
		{"by the third", []netip.AddrPort{dead, broken, good}, "lists.example", nil},
		{"gone", []netip.AddrPort{good}, "gone.example", errNowhere},
		{"blocked", []netip.AddrPort{blocks}, "lists.example", errClosed},
		{"offline", []netip.AddrPort{dead}, "lists.example", errOffline},
		{"as this PC does", nil, "127.0.0.1", nil},
	} {
		f := newFinder(tt.resolvers, true)
		address := netip.AddrPortFrom(netip.AddrFrom4([4]byte{1}), port).String()
		address = strings.Replace(address, "1.0.0.0", tt.host, 1)
		for i := range findTries + 1 {
			conn, err := f.dial(t.Context(), "tcp", address)
			want := tt.want
			if want != nil && i == findTries {
				want = errTried // and nobody is asked any more
			}
			if !errors.Is(err, want) || (err == nil) != (want == nil) {
				t.Errorf("%s: try %d: %v, want %v", tt.why, i, err, want)
			}
			if err == nil {
				conn.Close()
			}
		}
	}
}

// TestFinderStaysOutside: no publisher, and nobody who answers in the name of one,
// leads into the family's own network.
func TestFinderStaysOutside(t *testing.T) {
	server, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Addr().String())
	here := answers(t, "lists.example", [4]byte{127, 0, 0, 1}, dnsmessage.RCodeNameError)
	for _, tt := range []struct {
		host      string
		resolvers []netip.AddrPort
	}{
		{"127.0.0.1", nil},
		{"localhost", nil},
		{"lists.example", []netip.AddrPort{here}},
		{"::ffff:127.0.0.1", []netip.AddrPort{here}},
		{"10.0.0.1", []netip.AddrPort{here}},
		{"192.168.1.1", []netip.AddrPort{here}},
		{"169.254.1.1", []netip.AddrPort{here}},
		{"100.64.0.1", []netip.AddrPort{here}},
		{"fd00::1", []netip.AddrPort{here}},
	} {
		f := newFinder(tt.resolvers, false)
		if conn, err := f.dial(t.Context(), "tcp", net.JoinHostPort(tt.host, port)); !errors.Is(err, errHome) {
			t.Errorf("%s: %v, %v, want %v", tt.host, conn, err, errHome)
		}
	}
}
