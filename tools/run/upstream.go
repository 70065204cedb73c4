package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"sync"
)

// answer is the address that every name has for the local upstream, of the
// block that is reserved for documentation (RFC 5737).
var answer = [4]byte{192, 0, 2, 1}

// An upstream is a local resolver that counts how often it was asked for each
// name: the walk needs no internet.
type upstream struct {
	mu    sync.Mutex
	asked map[string]int // by name in wire form
}

// times returns how often a name was asked for, and forgets it.
func (u *upstream) times(name string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.asked[wire(name)]
	delete(u.asked, wire(name))
	return n
}

// wire returns a name as it stands in a question.
func wire(name string) string {
	var b strings.Builder
	for label := range strings.SplitSeq(name, ".") {
		b.WriteByte(byte(len(label)))
		b.WriteString(label)
	}
	return b.String()
}

// serve answers each DNS question at conn: one A record for A questions, no
// record for all others. It is
// written out in bytes (RFC 1035 section 4.1) because a tool has no need of a
// DNS library.
func (u *upstream) serve(ctx context.Context, conn net.PacketConn) error {
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	buf := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("reading question: %w", err)
		}
		if reply, ok := replyTo(buf[:n]); ok {
			name, _, _ := strings.Cut(strings.ToLower(string(buf[12:n])), "\x00")
			u.mu.Lock()
			u.asked[name]++
			u.mu.Unlock()
			_, _ = conn.WriteTo(reply, from) // a lost answer is asked for again
		}
	}
}

func replyTo(query []byte) ([]byte, bool) {
	end := 12
	for end < len(query) && query[end] != 0 {
		end += 1 + int(query[end])
	}
	end += 5 // the root label, type and class
	if end > len(query) {
		return nil, false
	}
	reply := append([]byte(nil), query[:end]...)
	reply[2], reply[3] = 0x81, 0x80 // an answer, recursion desired and available
	binary.BigEndian.PutUint16(reply[4:], 1)
	clear(reply[6:12])
	if binary.BigEndian.Uint16(query[end-4:]) == 1 { // A
		binary.BigEndian.PutUint16(reply[6:], 1)
		reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
		reply = append(reply, answer[:]...)
	}
	return reply, true
}
