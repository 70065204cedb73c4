package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lessonguard/filter/system"
)

// An answerer answers who.test TXT with "filter", blocked.test with 0.0.0.0 and
// origin.test TXT with where the question was going. Everything else it passes
// on to there, or, where it was asked of the answerer itself, to upstream.
type answerer struct {
	origins    *system.Origins
	unanswered *system.Unanswered
	upstream   netip.AddrPort
	udp        []*net.UDPConn
	tcp        []net.Listener
}

func listen(ctx context.Context, addrs []netip.AddrPort, upstream netip.AddrPort) (*answerer, error) {
	origins, err := system.OpenOrigins()
	if err != nil {
		return nil, err
	}
	unanswered, err := system.NewUnanswered()
	if err != nil {
		return nil, err
	}
	a := &answerer{origins: origins, unanswered: unanswered, upstream: upstream}
	for _, at := range addrs {
		u, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
		if err != nil {
			return nil, err
		}
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", at.String())
		if err != nil {
			return nil, err
		}
		a.udp, a.tcp = append(a.udp, u), append(a.tcp, l)
		go a.serveUDP(u, at)
		go a.serveTCP(l)
	}
	return a, nil
}

func (a *answerer) sockets() (all []syscall.Conn) {
	for i := range a.udp {
		all = append(all, a.udp[i], a.tcp[i].(*net.TCPListener))
	}
	return all
}

func (a *answerer) close() {
	for _, u := range a.udp {
		u.Close()
	}
	for _, l := range a.tcp {
		l.Close()
	}
}

func (a *answerer) serveUDP(u *net.UDPConn, at netip.AddrPort) {
	for {
		room := make([]byte, 4096)
		n, from, err := u.ReadFromUDPAddrPort(room)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		waits := a.unanswered.Add(from, at, room[:n])
		go func() {
			defer a.unanswered.Done(waits)
			to, redirected := a.origins.UDP(from, at)
			if answer := a.answer(room[:n], "udp", to, redirected); answer != nil {
				_, _ = u.WriteToUDPAddrPort(answer, from)
			}
		}()
	}
}

func (a *answerer) serveTCP(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			to, redirected := a.origins.TCP(conn.(*net.TCPConn))
			for {
				_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
				query, err := readTCP(conn)
				if err != nil {
					return
				}
				if answer := a.answer(query, "tcp", to, redirected); answer == nil || writeTCP(conn, answer) != nil {
					return
				}
			}
		}()
	}
}

func readTCP(conn net.Conn) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	msg := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(conn, msg)
	return msg, err
}

func writeTCP(conn net.Conn, msg []byte) error {
	_, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(msg))), msg...))
	return err
}

func (a *answerer) answer(query []byte, network string, to netip.AddrPort, redirected bool) []byte {
	var q dnsmessage.Message
	if err := q.Unpack(query); err != nil || len(q.Questions) != 1 {
		return nil
	}
	var body dnsmessage.ResourceBody
	switch name, qtype := strings.ToLower(q.Questions[0].Name.String()), q.Questions[0].Type; {
	case name == "who.test." && qtype == dnsmessage.TypeTXT:
		body = &dnsmessage.TXTResource{TXT: []string{"filter"}}
	case name == "origin.test." && qtype == dnsmessage.TypeTXT:
		text := "none"
		if redirected {
			text = to.String()
		}
		body = &dnsmessage.TXTResource{TXT: []string{text}}
	case name == "blocked.test." && qtype == dnsmessage.TypeA:
		body = &dnsmessage.AResource{}
	case name == "blocked.test.":
	case redirected:
		return ask(query, network, to)
	default:
		return ask(query, network, a.upstream)
	}
	q.Response, q.RecursionAvailable = true, true
	if body != nil {
		q.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 0}, Body: body}}
	}
	msg, err := q.Pack()
	if err != nil {
		return nil
	}
	return msg
}

// ask passes a query on to where it was going.
func ask(query []byte, network string, to netip.AddrPort) []byte {
	conn, err := net.DialTimeout(network, to.String(), 2*time.Second)
	if err != nil {
		return nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	if network == "tcp" {
		if writeTCP(conn, query) != nil {
			return nil
		}
		msg, err := readTCP(conn)
		if err != nil {
			return nil
		}
		return msg
	}
	if _, err := conn.Write(query); err != nil {
		return nil
	}
	room := make([]byte, 4096)
	n, err := conn.Read(room)
	if err != nil {
		return nil
	}
	return room[:n]
}
