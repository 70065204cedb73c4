package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lessonguard/filter"
)

// TestPulse: only the running filter's own answer, or answers to others, keep it
// alive.
func TestPulse(t *testing.T) {
	address := netip.MustParseAddr("127.1.2.3")
	for _, tt := range []struct {
		why    string
		answer func(sent *atomic.Int64) []byte // the address that is answered; nil: none
		lives  bool
	}{
		{"it answers", func(*atomic.Int64) []byte { return address.AsSlice() }, true},
		{"it is silent", func(*atomic.Int64) []byte { return nil }, false},
		{"another program answers", func(*atomic.Int64) []byte { return []byte{127, 0, 0, 1} }, false},
		{"it answers others, who flood it", func(sent *atomic.Int64) []byte { sent.Add(1); return nil }, true},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			var sent atomic.Int64
			go answerAll(conn, func() []byte { return tt.answer(&sent) })
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			told := 0
			p := &pulse{
				addrs: []netip.AddrPort{conn.LocalAddr().(*net.UDPAddr).AddrPort()},
				checkup: func(context.Context, string) (filter.CheckupFacts, error) {
					return filter.CheckupFacts{Name: "x.checkup.example", Address: address}, nil
				},
				sent: sent.Load, every: time.Millisecond, give: 3 * askAnew,
				tell: func() {
					if told++; told == 3 {
						cancel()
					}
				},
			}
			err = p.run(ctx)
			if alive := err == nil && told == 3; alive != tt.lives || !tt.lives && !errors.Is(err, errNoPulse) {
				t.Errorf("%v after %d beats, want lives %v", err, told, tt.lives)
			}
		})
	}
}

// answerAll answers every question with an address.
func answerAll(conn *net.UDPConn, answer func() []byte) {
	room := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(room)
		if err != nil {
			return
		}
		address := answer()
		var m dnsmessage.Message
		if address == nil || m.Unpack(room[:n]) != nil {
			continue
		}
		m.Response = true
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: [4]byte(address)},
		}}
		if out, err := m.Pack(); err == nil {
			_, _ = conn.WriteToUDPAddrPort(out, from)
		}
	}
}
