package resolve

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"
)

// A plain upstream speaks DNS over UDP and TCP (RFC 1035, RFC 7766). Each query
// goes out from a port and with an id that nobody can foresee (RFC 5452).
type plain struct {
	at netip.AddrPort
}

var dialer net.Dialer

func (p *plain) exchange(ctx context.Context, query []byte) ([]byte, error) {
	_, _ = rand.Read(query[:2]) // never fails
	answer, err := p.overUDP(ctx, query)
	if errors.Is(err, errAskTCP) {
		return p.overTCP(ctx, query)
	}
	return answer, err
}

// errAskTCP is returned when an answer over UDP is no good, but one over TCP,
// which nobody outside the path can forge, may be.
var errAskTCP = errors.New("the answer over UDP cannot be used")

func (p *plain) overUDP(ctx context.Context, query []byte) ([]byte, error) {
	conn, err := p.dial(ctx, "udp")
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write(query); err != nil {
		return nil, fmt.Errorf("sending to a resolver: %w", err)
	}
	var room [4096]byte
	for {
		n, err := conn.Read(room[:])
		if err != nil {
			return nil, fmt.Errorf("hearing from a resolver: %w", err)
		}
		answer := room[:n]
		switch matches(query, answer) {
		case matched:
			if answer[2]&(flagTC>>8) != 0 {
				return nil, errAskTCP
			}
			return bytes.Clone(answer), nil
		case otherCase:
			// Some resolvers lower the question. A forger who knows
			// the name but not its letters' case does the same.
			return nil, errAskTCP
		}
	}
}

func (p *plain) overTCP(ctx context.Context, query []byte) ([]byte, error) {
	conn, err := p.dial(ctx, "tcp")
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
		return nil, fmt.Errorf("sending to a resolver over TCP: %w", err)
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, fmt.Errorf("hearing from a resolver over TCP: %w", err)
	}
	answer := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, fmt.Errorf("hearing from a resolver over TCP: %w", err)
	}
	if matches(query, answer) == otherQuestion {
		return nil, errBadAnswer
	}
	return answer, nil
}

func (p *plain) dial(ctx context.Context, network string) (net.Conn, error) {
	conn, err := dialer.DialContext(ctx, network, p.at.String())
	if err != nil {
		return nil, fmt.Errorf("reaching a resolver: %w", err)
	}
	return conn, nil
}

// match is how an answer fits a query.
type match uint8

const (
	otherQuestion match = iota
	otherCase           // the same name in other letters
	matched
)

func matches(query, answer []byte) match {
	end, ok := skipName(query, headerSize)
	end += 4
	if !ok || end > len(query) || len(answer) < headerSize || !bytes.Equal(query[:2], answer[:2]) || answer[2]&0x80 == 0 {
		return otherQuestion
	}
	// Some resolvers leave the question out when they complain of its form.
	if len(answer) == headerSize && answer[5] == 0 && answer[3]&0xf != 0 {
		return matched
	}
	if end > len(answer) || !bytes.Equal(answer[4:6], []byte{0, 1}) || !bytes.Equal(query[end-4:end], answer[end-4:end]) {
		return otherQuestion
	}
	asked, answered := query[headerSize:end-4], answer[headerSize:end-4]
	switch {
	case bytes.Equal(asked, answered):
		return matched
	case bytes.EqualFold(asked, answered):
		return otherCase
	}
	return otherQuestion
}
