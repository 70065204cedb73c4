package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	patience  = 5 * time.Second // after which a question is lost
	pipelined = 8               // questions at once on a connection
	perStream = 400             // questions, and then another connection
	think     = 4 * time.Millisecond
)

// A count is what became of the questions of a kind.
type count struct{ asked, answered, wrong, lost int }

// A tally counts every question.
type tally struct {
	mu    sync.Mutex
	kinds map[string]*count
	tcp   count
	first string // what was wrong first
	waits []time.Duration
}

func newTally() *tally {
	t := &tally{kinds: map[string]*count{}}
	for _, k := range kinds {
		t.kinds[k.name] = &count{}
	}
	return t
}

// note counts a question; msg is its answer, nil: there was none.
func (t *tally) note(q question, msg []byte, stream bool, waited time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range []*count{t.kinds[q.kind.name], &t.tcp} {
		if c == &t.tcp && !stream {
			continue
		}
		c.asked++
		switch {
		case q.kind.mute:
		case msg == nil:
			c.lost++
		default:
			c.answered++
			if len(msg) < 12 || !q.kind.right(answer{q, msg}) {
				c.wrong++
				if t.first == "" {
					t.first = fmt.Sprintf("%s, EDNS %v: %x", q.kind.name, q.edns, msg)
				}
			}
		}
	}
	if len(t.waits) < 1<<20 {
		t.waits = append(t.waits, waited)
	}
}

// ask asks at from several programs at once until ctx is done, or for a time.
func (t *tally) ask(ctx context.Context, at netip.AddrPort, askers int, length time.Duration) error {
	if length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, length)
		defer cancel()
	}
	errs := make(chan error, askers+askers/2)
	var all sync.WaitGroup
	for range askers {
		all.Go(func() { errs <- t.overUDP(ctx, at) })
	}
	for range askers / 2 {
		all.Go(func() { errs <- t.overTCP(ctx, at) })
	}
	all.Wait()
	close(errs)
	var failed []error
	for err := range errs {
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// overUDP asks one question after the other.
func (t *tally) overUDP(ctx context.Context, at netip.AddrPort) error {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	defer conn.Close()
	room := make([]byte, 4096)
	for id := uint16(0); ctx.Err() == nil; id++ {
		q, began := draw(id), time.Now()
		if _, err := conn.Write(q.msg); err != nil {
			return fmt.Errorf("asking: %w", err)
		}
		var msg []byte
		if !q.kind.mute {
			_ = conn.SetReadDeadline(began.Add(patience))
			for {
				n, err := conn.Read(room)
				if err != nil {
					break // too late
				}
				if n >= 2 && binary.BigEndian.Uint16(room) == id {
					msg = room[:n]
					break
				}
			}
		}
		t.note(q, msg, false, time.Since(began))
		pause(ctx, think)
	}
	return nil
}

// overTCP asks several questions at once, over one connection after the other.
func (t *tally) overTCP(ctx context.Context, at netip.AddrPort) error {
	for ctx.Err() == nil {
		conn, err := net.DialTimeout("tcp", at.String(), patience)
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		err = t.onStream(ctx, conn)
		conn.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tally) onStream(ctx context.Context, conn net.Conn) error {
	room := make([]byte, 65536)
	for n := 0; n < perStream && ctx.Err() == nil; n += pipelined {
		waiting, began := map[uint16]question{}, time.Now()
		var out []byte
		for len(waiting) < pipelined {
			id := uint16(n + len(waiting))
			q := draw(id)
			if q.kind.mute { // the connection would end
				continue
			}
			waiting[id] = q
			out = append(binary.BigEndian.AppendUint16(out, uint16(len(q.msg))), q.msg...)
		}
		if _, err := conn.Write(out); err != nil {
			return fmt.Errorf("asking over TCP: %w", err)
		}
		_ = conn.SetReadDeadline(began.Add(patience))
		for len(waiting) > 0 {
			if _, err := io.ReadFull(conn, room[:2]); err != nil {
				break
			}
			msg := room[2 : 2+int(binary.BigEndian.Uint16(room))]
			if _, err := io.ReadFull(conn, msg); err != nil || len(msg) < 2 {
				break
			}
			id := binary.BigEndian.Uint16(msg)
			if q, ok := waiting[id]; ok {
				delete(waiting, id)
				t.note(q, msg, true, time.Since(began))
			}
		}
		if len(waiting) > 0 {
			for _, q := range waiting {
				t.note(q, nil, true, time.Since(began))
			}
			return nil // another connection
		}
		pause(ctx, pipelined*think)
	}
	return nil
}

// wait returns how long at most all but a part of the answers took.
func (t *tally) wait(part float64) time.Duration {
	slices.Sort(t.waits)
	return t.waits[int(float64(len(t.waits)-1)*part)]
}
