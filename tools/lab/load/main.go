// Load asks a resolver again and again, on a PC of the lab, and says who
// answered, how many did not, and how long it took at most. It is never shipped.
//
//	load --server ADDRESS --rate 200 --for 10s [--old]
//	load --ports --for 10s
//
// The second takes every UDP port that an account can have, and asks nothing.
//
// Half of the names are closed, so that the answer tells the filter from the
// router; the other half are open, and go through the filter to where they were
// going. No name is asked for twice.
package main

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

func main() {
	var c client
	flag.StringVar(&c.server, "server", "198.51.100.53:53", "`ADDRESS` to ask")
	flag.StringVar(&c.closed, "closed", "closed.example.org.", "`NAME` under which all is closed")
	flag.StringVar(&c.open, "open", "example.com.", "`NAME` under which all is open")
	flag.IntVar(&c.tries, "tries", 2, "attempts at each question, of a second each")
	rate := flag.Int("rate", 200, "questions a second")
	during := flag.Duration("for", 10*time.Second, "how long")
	old := flag.Bool("old", false, "ask from 20 sockets that are opened once")
	ports := flag.Bool("ports", false, "take every UDP port, and ask nothing")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), *during)
	defer cancel()
	if *ports {
		takePorts(ctx)
		return
	}
	t := &tally{reasons: map[string]int{}}
	var err error
	if *old {
		err = c.fromOld(ctx, t, *rate)
	} else {
		c.fromNew(ctx, t, *rate)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	fmt.Println(t)
}

// takePorts has every UDP port of this PC until ctx is done, and says how many.
func takePorts(ctx context.Context) {
	var taken []net.PacketConn
	for port := 1024; port < 1<<16 && ctx.Err() == nil; port++ {
		if conn, err := new(net.ListenConfig).ListenPacket(ctx, "udp", fmt.Sprintf(":%d", port)); err == nil {
			taken = append(taken, conn)
		}
	}
	fmt.Println("ports", len(taken))
	<-ctx.Done()
	for _, conn := range taken {
		conn.Close()
	}
}

// A tally counts who answered, and how long it took at most.
type tally struct {
	mu                           sync.Mutex
	filter, router, open, failed int
	longest                      time.Duration
	reasons                      map[string]int
}

func (t *tally) add(a answer, err error, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.failed++
		t.reasons[err.Error()]++
	case a.closed && a.addr == [4]byte{}:
		t.filter++
	case a.closed:
		t.router++
	default:
		t.open++
	}
	t.longest = max(t.longest, took)
}

func (t *tally) String() string {
	return fmt.Sprintf("filter %d router %d open %d failed %d longest %d %v", t.filter, t.router, t.open, t.failed, t.longest.Milliseconds(), t.reasons)
}

// failures is why each attempt at a question failed.
type failures []error

func (f failures) Error() string {
	var all []string
	for _, err := range f {
		var op *net.OpError
		switch timeout, ok := err.(interface{ Timeout() bool }); {
		case ok && timeout.Timeout():
			all = append(all, "timeout")
		case errors.As(err, &op):
			all = append(all, fmt.Sprintf("%s %s %s", op.Net, op.Op, op.Err))
		default:
			all = append(all, err.Error())
		}
	}
	return strings.Join(all, ", then ")
}

// A client asks like a program's own resolver: up to tries times.
type client struct {
	server, closed, open string
	tries                int
	asked                atomic.Int64
}

func (c *client) fromNew(ctx context.Context, t *tally, rate int) {
	var asking sync.WaitGroup
	defer asking.Wait()
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			asking.Go(func() {
				began := time.Now()
				conn, err := net.Dial("udp", c.server)
				if err != nil {
					t.add(answer{}, err, 0)
					return
				}
				defer conn.Close()
				a, err := c.ask(conn)
				t.add(a, err, time.Since(began))
			})
		}
	}
}

func (c *client) fromOld(ctx context.Context, t *tally, rate int) error {
	const sockets = 20
	var asking sync.WaitGroup
	defer asking.Wait()
	for range sockets {
		conn, err := net.Dial("udp", c.server)
		if err != nil {
			return err
		}
		asking.Go(func() {
			defer conn.Close()
			tick := time.NewTicker(time.Second * sockets / time.Duration(rate))
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					began := time.Now()
					a, err := c.ask(conn)
					t.add(a, err, time.Since(began))
				}
			}
		})
	}
	return nil
}

// An answer is an address, and whether the name was one of the closed.
type answer struct {
	addr   [4]byte
	closed bool
}

// ask asks for the next name over conn. A refusal takes up an attempt, as with
// dig; a truncated answer is asked for again over TCP.
func (c *client) ask(conn net.Conn) (answer, error) {
	number := c.asked.Add(1)
	a := answer{closed: number%2 == 0}
	under := c.open
	if a.closed {
		under = c.closed
	}
	query := dnsmessage.Message{
		Header: dnsmessage.Header{ID: uint16(number), RecursionDesired: true},
		Questions: []dnsmessage.Question{{
			Name: dnsmessage.MustNewName(fmt.Sprintf("n%d-%d.%s", os.Getpid(), number, under)),
			Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET,
		}},
	}
	msg, err := query.Pack()
	if err != nil {
		return a, err
	}
	var failures failures
	for range c.tries {
		got, err := exchange(conn, query.ID, msg)
		if err == nil && got.Truncated {
			got, err = overTCP(c.server, msg)
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		for _, rr := range got.Answers {
			if r, ok := rr.Body.(*dnsmessage.AResource); ok {
				a.addr = r.A
				return a, nil
			}
		}
		failures = append(failures, fmt.Errorf("answered %s", got.RCode))
	}
	return a, failures
}

// exchange sends msg and waits for its answer for a second.
func exchange(conn net.Conn, id uint16, msg []byte) (got dnsmessage.Message, err error) {
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err = conn.Write(msg); err != nil {
		return got, err
	}
	for {
		room := make([]byte, 1500)
		n, err := conn.Read(room)
		if err != nil {
			return got, err
		}
		if got.Unpack(room[:n]) == nil && got.ID == id { // else of an attempt before
			return got, nil
		}
	}
}

func overTCP(server string, query []byte) (got dnsmessage.Message, err error) {
	conn, err := net.DialTimeout("tcp", server, time.Second)
	if err != nil {
		return got, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)); err != nil {
		return got, err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return got, err
	}
	msg := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, msg); err != nil {
		return got, err
	}
	return got, got.Unpack(msg)
}
