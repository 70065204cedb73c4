package resolve

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// A forged answer has to come to the right port with the right id (RFC 5452).
// Each query gets an id that nobody can foresee, and goes out from one of
// several sockets, on ports that the kernel draws at random. Opening a socket
// for each query would cost more than the query; so a socket serves a number of
// them, but not for long enough that somebody could find its port by trying.
const (
	portCount = 8
	portUses  = 512
	portLife  = 5 * time.Second
	portGrace = 5 * time.Second // longer than any query is waited for
)

// ports are the sockets that queries to one resolver go out from.
type ports struct {
	at netip.AddrPort

	mu   sync.Mutex
	open [portCount]*port

	spare sync.Pool // of *waiter
}

// A port is one of them. It closes itself when it is old and nobody waits.
type port struct {
	conn *net.UDPConn
	born time.Time

	mu      sync.Mutex
	uses    int
	waiting map[uint16]*waiter // by id
	retired bool
}

// A waiter waits for the answer to one query. It is used again for another.
type waiter struct {
	query []byte
	heard chan heard // takes one without waiting
	late  *time.Timer
}

// waiter returns one for a query.
func (p *ports) waiter(query []byte, wait time.Duration) *waiter {
	w, ok := p.spare.Get().(*waiter)
	if !ok {
		return &waiter{query: query, heard: make(chan heard, 1), late: time.NewTimer(wait)}
	}
	select {
	case <-w.heard: // that came when nobody waited any more
	default:
	}
	w.query = query
	w.late.Reset(wait)
	return w
}

type heard struct {
	answer []byte
	err    error
}

// exchange sends query, with an id of its own choice, and waits for the answer.
func (p *ports) exchange(ctx context.Context, query []byte, wait time.Duration) ([]byte, error) {
	w := p.waiter(query, wait)
	defer p.spare.Put(w) // after it has left its place: nothing is heard for it any more
	defer w.late.Stop()
	port, err := p.draw(w)
	if err != nil {
		return nil, err
	}
	defer port.leave(w)
	if _, err := port.conn.Write(query); err != nil {
		port.retire()
		return nil, fmt.Errorf("sending to a resolver: %w", err)
	}
	select {
	case h := <-w.heard:
		return h.answer, h.err
	case <-w.late.C:
		return nil, errTooLate
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errTooLate = errors.New("a resolver did not answer in time")

// draw gives w a place at one of the ports, and its query an id.
func (p *ports) draw(w *waiter) (*port, error) {
	var random [3]byte
	_, _ = rand.Read(random[:]) // never fails
	i := int(random[2]) % portCount
	id := binary.BigEndian.Uint16(random[:])
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open[i] == nil || !p.open[i].take(w, id) {
		conn, err := Dial(p.at)
		if err != nil {
			return nil, fmt.Errorf("reaching a resolver: %w", err)
		}
		p.open[i] = &port{conn: conn, born: time.Now(), waiting: map[uint16]*waiter{}}
		p.open[i].take(w, id)
		go p.open[i].listen()
	}
	return p.open[i], nil
}

// Any account can take all the ports that the kernel draws from, and nobody would
// be asked any more. Those below firstCommon are the service's and root's
// (CAP_NET_BIND_SERVICE): it draws from them itself then.
const (
	firstKept   = 600 // those below have servers of their own more often
	firstCommon = 1024
	keptTries   = 32
)

// errNoPort says that this PC has no port to ask from. It says nothing of who was
// to be asked.
var errNoPort = errors.New("this PC has no UDP port left to ask from")

// Dial connects a UDP socket of the service's to a resolver, from a port that
// the kernel draws while there are any.
func Dial(to netip.AddrPort) (*net.UDPConn, error) {
	at := net.UDPAddrFromAddrPort(to)
	conn, err := net.DialUDP("udp", nil, at)
	if !noPortLeft(err) {
		return conn, err
	}
	for range keptTries {
		var random [2]byte
		_, _ = rand.Read(random[:]) // never fails
		from := firstKept + int(binary.BigEndian.Uint16(random[:]))%(firstCommon-firstKept)
		conn, err := net.DialUDP("udp", &net.UDPAddr{Port: from}, at)
		if err == nil {
			return conn, nil
		}
		if isForbidden(err) { // a filter that is tried, by somebody
			break
		}
	}
	return nil, fmt.Errorf("%w: %w", errNoPort, err)
}

// take gives w a place, unless the port is to serve nobody else.
func (p *port) take(w *waiter, id uint16) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.retired || p.uses == portUses || time.Since(p.born) > portLife {
		return false
	}
	for p.waiting[id] != nil {
		id++
	}
	binary.BigEndian.PutUint16(w.query, id)
	p.waiting[id] = w
	p.uses++
	return true
}

// leave gives w's place back.
func (p *port) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.waiting, binary.BigEndian.Uint16(w.query))
	if len(p.waiting) == 0 && (p.retired || p.uses == portUses) {
		_ = p.conn.Close()
	}
}

// retire lets nobody else use the port: the network may have changed under it.
func (p *port) retire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = true
}

// listen hands answers to those who wait for them, until the port is closed.
func (p *port) listen() {
	defer p.conn.Close()
	_ = p.conn.SetReadDeadline(p.born.Add(portLife + portGrace))
	room := make([]byte, packetSize)
	for {
		n, err := p.conn.Read(room)
		if err != nil {
			p.fail(fmt.Errorf("hearing from a resolver: %w", err))
			return
		}
		p.hear(room[:n])
	}
}

// hear hands on an answer. One that answers nothing is passed over: it may be
// forged, and the true one still be on its way.
func (p *port) hear(answer []byte) {
	if len(answer) < headerSize {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.waiting[binary.BigEndian.Uint16(answer)]
	if w == nil {
		return
	}
	h := heard{}
	switch m := matches(w.query, answer); {
	case m == otherQuestion:
		return
	case m == otherCase, answer[2]&(flagTC>>8) != 0:
		// Some resolvers lower the question; so does a forger who
		// knows the name but not the case of its letters.
		h.err = errAskTCP
	default:
		h.answer = bytes.Clone(answer)
	}
	select {
	case w.heard <- h:
	default: // a second answer to the same query
	}
}

// fail ends the port: it has lived its time, or the network says that there is
// nobody where it leads.
func (p *port) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retired = true
	for _, w := range p.waiting {
		select {
		case w.heard <- heard{err: err}:
		default:
		}
	}
}
