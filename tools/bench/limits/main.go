// Limits are the bounds for a DNS server in Go on this machine, to compare with.
//
//	limits MODE PORT [LIST]
//
//	dnsN        github.com/miekg/dns handlers on two sockets, a fixed answer
//	batch       recvmmsg and sendmmsg by golang.org/x/net/ipv4 on one socket, which echoes
//	fastbatchN  the same on two sockets, and answers from LIST: only what is listed is
//	            looked for, and in the shortest way that there is
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"syscall"

	"github.com/miekg/dns"
	"golang.org/x/net/ipv4"
)

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: limits MODE PORT [LIST]")
	}
	if err := run(os.Args[1], "127.0.0.1:"+os.Args[2], os.Args[3:]); err != nil {
		log.Fatal("limits: ", err)
	}
}

func run(mode, addr string, lists []string) error {
	switch mode {
	case "dnsN":
		return serve(addr, 2, func(c net.PacketConn) error {
			return (&dns.Server{PacketConn: c, Handler: dns.HandlerFunc(refuse)}).ActivateAndServe()
		})
	case "batch":
		return serve(addr, 1, func(c net.PacketConn) error { return batches(c, echo) })
	case "fastbatchN":
		if len(lists) != 1 {
			return errors.New("fastbatchN wants a LIST")
		}
		t, err := load(lists[0])
		if err != nil {
			return err
		}
		return serve(addr, 2, func(c net.PacketConn) error { return batches(c, t.answer) })
	}
	return fmt.Errorf("there is no mode %s", mode)
}

// serve runs loop on n sockets that share addr, until one fails.
func serve(addr string, n int, loop func(net.PacketConn) error) error {
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		return errors.Join(c.Control(func(fd uintptr) { err = share(fd) }), err)
	}}
	failed := make(chan error, n)
	for range n {
		c, err := lc.ListenPacket(context.Background(), "udp4", addr)
		if err != nil {
			return err
		}
		go func() { failed <- loop(c) }()
	}
	return <-failed
}

func refuse(w dns.ResponseWriter, q *dns.Msg) {
	_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeNameError))
}

// batches answers by the batch; answer returns how many bytes of p go back.
func batches(c net.PacketConn, answer func(p []byte, n int) int) error {
	const most = 64
	conn := ipv4.NewPacketConn(c)
	messages, room := make([]ipv4.Message, most), make([][]byte, most)
	for i := range messages {
		room[i] = make([]byte, 2048)
		messages[i].Buffers = [][]byte{room[i]}
	}
	for {
		n, err := conn.ReadBatch(messages, 0)
		if err != nil {
			return err
		}
		for i := range messages[:n] {
			messages[i].Buffers[0] = room[i][:answer(room[i], messages[i].N)]
		}
		for sent := 0; sent < n; {
			k, err := conn.WriteBatch(messages[sent:n], 0)
			if err != nil || k == 0 {
				break
			}
			sent += k
		}
		for i := range messages[:n] {
			messages[i].Buffers[0] = room[i]
		}
	}
}

func echo(p []byte, n int) int {
	p[2] |= 0x80
	p[3] = p[3]&0xf0 | dns.RcodeNameError
	return n
}

// A table holds the hashes of names. Zero is an empty place.
type table []uint64

func load(path string) (table, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	size := 1
	for size < 2*bytes.Count(text, []byte("\n")) {
		size <<= 1
	}
	t := make(table, size)
	for line := range bytes.Lines(text) {
		h := uint64(offset)
		for i := len(line) - 2; i >= 0; i-- {
			h = (h ^ uint64(line[i])) * prime
		}
		h = mix(h)
		i := h & uint64(size-1)
		for ; t[i] != 0; i = (i + 1) & uint64(size-1) {
		}
		t[i] = h
	}
	return t, nil
}

const prime, offset = 0x100000001b3, 0xcbf29ce484222325 // FNV-1a

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 29
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func (t table) has(h uint64) bool {
	h = mix(h)
	for i := h & uint64(len(t)-1); t[i] != 0; i = (i + 1) & uint64(len(t)-1) {
		if t[i] == h {
			return true
		}
	}
	return false
}

// answer answers p in place: NXDOMAIN where the name or one above it is listed,
// else nothing at all; it is no resolver.
func (t table) answer(p []byte, n int) int {
	if n < 17 || p[2]&0x80 != 0 || p[4] != 0 || p[5] != 1 {
		return 0
	}
	var labels [128]uint8
	at, count := 12, 0
	for p[at] != 0 {
		if p[at] > 63 || at+int(p[at])+1 >= n || count == len(labels) || at > 255 {
			return 0
		}
		labels[count] = uint8(at)
		count++
		at += int(p[at]) + 1
	}
	if at+5 > n {
		return 0
	}
	p[2], p[3] = 0x80|p[2]&0x79, 0x80
	h := uint64(offset)
	for i := count - 1; i >= 0; i-- {
		start := int(labels[i])
		for j := start + int(p[start]); j > start; j-- {
			c := p[j]
			if c-'A' < 26 {
				c |= 0x20
			}
			h = (h ^ uint64(c)) * prime
		}
		if i < count-1 && t.has(h) {
			p[3] |= dns.RcodeNameError
			break
		}
		h = (h ^ '.') * prime
	}
	clear(p[6:12])
	return at + 5
}
