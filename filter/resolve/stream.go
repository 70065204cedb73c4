package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// DNS over TCP (RFC 7766): a connection carries many questions, and answers go
// back as they come, in any order.
const (
	maxConns     = 128              // more wait to be accepted
	maxPipelined = 32               // questions of one connection that wait for an upstream
	idleTimeout  = 10 * time.Second // between two questions
	writeTimeout = 2 * time.Second  // of a client that takes no answer
)

// serveTCP accepts connections until the listener is closed.
func (s *Server) serveTCP(ctx context.Context, l net.Listener) error {
	for {
		select {
		case s.conns <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		conn, err := l.Accept()
		if err != nil {
			<-s.conns
			if ctx.Err() != nil {
				return nil
			}
			if errors.Is(err, net.ErrClosed) {
				return fmt.Errorf("serving TCP: %w", err)
			}
			// Out of files, or a client that left: others may still come.
			pause(ctx, 50*time.Millisecond)
			continue
		}
		s.streams.Go(func() {
			defer func() { <-s.conns }()
			s.serveStream(ctx, conn)
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// A stream is one connection.
type stream struct {
	conn    net.Conn
	mu      sync.Mutex // held to write
	places  chan struct{}
	waiting sync.WaitGroup
}

func (s *Server) serveStream(ctx context.Context, conn net.Conn) {
	c := &stream{conn: conn, places: make(chan struct{}, maxPipelined)}
	defer conn.Close()
	defer c.waiting.Wait()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	p, room := &packet{}, make([]byte, packetSize)
	p.from = s.callerOf(conn)
	for {
		idle := idleTimeout
		if len(s.conns) > maxConns/2 {
			idle = time.Second // make room for others, as RFC 7766 section 6.2.3 lets a server do
		}
		if err := conn.SetReadDeadline(time.Now().Add(idle)); err != nil {
			return
		}
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		n := int(binary.BigEndian.Uint16(size[:]))
		if n > len(room) {
			return // no question is that long
		}
		if _, err := io.ReadFull(conn, room[:n]); err != nil {
			return
		}
		p.msg = room[:n]
		t := s.turn()
		switch step, v := s.answer(p, &t, true); step {
		case drop:
			return
		case send:
			c.write(p.msg)
		case ask:
			c.places <- struct{}{} // until one of them is answered
			c.waiting.Add(1)
			s.open(ctx, p, t, v, func(answer []byte) {
				defer c.waiting.Done()
				c.write(answer)
				<-c.places
			})
		}
	}
}

func (c *stream) write(answer []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	framed := append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(answer)), uint16(len(answer))), answer...)
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := c.conn.Write(framed); err != nil {
		_ = c.conn.Close() // half an answer would garble those after it
	}
}
