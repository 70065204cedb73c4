package resolve

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// A plain upstream speaks DNS over UDP and TCP (RFC 1035, RFC 7766).
type plain struct {
	at    netip.AddrPort
	ports ports
}

func newPlain(at netip.AddrPort) *plain { return &plain{at: at, ports: ports{at: at}} }

func (p *plain) exchange(ctx context.Context, query []byte, wait time.Duration) ([]byte, error) {
	answer, err := p.ask(ctx, query, wait)
	if err == nil && answer[3]&0xf == dns.RcodeFormatError && query[11] == 1 {
		// A resolver from before EDNS (RFC 6891 section 7): ask without it.
		// The query is shared: the next resolver is asked the same.
		without := bytes.Clone(query[:len(query)-optSize])
		without[11] = 0
		return p.ask(ctx, without, wait)
	}
	return answer, err
}

// errAskTCP is returned when an answer over UDP is no good, but one over TCP,
// which nobody outside the path can forge, may be.
var errAskTCP = errors.New("the answer over UDP cannot be used")

func (p *plain) ask(ctx context.Context, query []byte, wait time.Duration) ([]byte, error) {
	answer, err := p.ports.exchange(ctx, query, wait)
	if errors.Is(err, errAskTCP) {
		return p.overTCP(ctx, query, wait)
	}
	return answer, err
}

func (p *plain) overTCP(ctx context.Context, query []byte, wait time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", p.at.String())
	if err != nil {
		return nil, fmt.Errorf("reaching a resolver over TCP: %w", err)
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
	if end > len(answer) || answer[4] != 0 || answer[5] != 1 || !bytes.Equal(query[end-4:end], answer[end-4:end]) {
		return otherQuestion
	}
	asked, answered := query[headerSize:end-4], answer[headerSize:end-4]
	switch {
	case bytes.Equal(asked, answered):
		return matched
	case sameName(asked, answered):
		return otherCase
	}
	return otherQuestion
}

// sameName compares names in wire form as DNS does (RFC 4343): of the letters,
// only those of ASCII have two cases.
func sameName(a, b []byte) bool {
	for i := range a {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
