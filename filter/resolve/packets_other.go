//go:build !linux

package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

const packetSize = 2048

func listenUDP(ctx context.Context, addr netip.AddrPort) ([]*net.UDPConn, error) {
	var lc net.ListenConfig
	conn, err := lc.ListenPacket(ctx, "udp", addr.String())
	if err != nil {
		return nil, err
	}
	return []*net.UDPConn{conn.(*net.UDPConn)}, nil
}

// serveUDP answers on one socket until it is closed, a packet at a time.
func (s *Server) serveUDP(ctx context.Context, conn *net.UDPConn) error {
	room, p, local := make([]byte, packetSize), &packet{}, localAddrPort(conn.LocalAddr())
	for {
		n, from, err := conn.ReadFromUDPAddrPort(room)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("serving UDP: %w", err)
		case err != nil:
			continue // of one packet: Windows reports here that a client is gone
		}
		p.msg, p.from = room[:n], caller{client: from, local: local}
		noted := s.arrived(&p.from, p.msg)
		t := s.turn()
		switch step, v := s.answer(p, &t, false); step {
		case send:
			_, _ = conn.WriteToUDPAddrPort(p.msg, from)
			s.answered(noted)
			s.sent.Add(1)
		case ask:
			s.open(ctx, p, t, v, func(answer []byte) {
				_, _ = conn.WriteToUDPAddrPort(answer, from)
				s.answered(noted)
			})
		default:
			s.answered(noted)
		}
	}
}
