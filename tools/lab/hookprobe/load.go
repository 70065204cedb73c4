package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"lessonguard/filter/system"
)

// A tally counts who answered, and how long it took at most.
type tally struct {
	mu                     sync.Mutex
	filter, router, failed int
	longest                time.Duration
	errors                 map[string]int
}

func (t *tally) add(who string, err error, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.failed++
		t.errors[reason(err)]++
	case who == "filter":
		t.filter++
	default:
		t.router++
	}
	t.longest = max(t.longest, took)
}

func (t *tally) String() string {
	return fmt.Sprintf("filter %d, router %d, failed %d, longest %d ms %v", t.filter, t.router, t.failed, t.longest.Milliseconds(), t.errors)
}

// load asks who.test at a steady rate until its time is over. Each question has
// a socket of its own or, with --old, one of 20 that are opened at the start and
// never closed. Like a program's own resolver it asks up to --tries times.
func load(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	server := f.String("server", "198.51.100.53:53", "`ADDRESS` to ask")
	rate := f.Int("rate", 200, "questions a second")
	during := f.Duration("for", 10*time.Second, "how long")
	tries := f.Int("tries", 2, "attempts at each question, of a second each")
	old := f.Bool("old", false, "ask from sockets that are opened once")
	if err := f.Parse(args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *during)
	defer cancel()
	t := &tally{errors: map[string]int{}}
	var clients sync.WaitGroup
	defer func() { fmt.Println(t) }()
	defer clients.Wait()
	if *old {
		for range 20 {
			conn, err := net.Dial("udp", *server)
			if err != nil {
				return err
			}
			clients.Go(func() {
				for tick := time.NewTicker(time.Second * 20 / time.Duration(*rate)); ; {
					select {
					case <-ctx.Done():
						return
					case <-tick.C:
						began := time.Now()
						who, err := who(conn, *tries)
						t.add(who, err, time.Since(began))
					}
				}
			})
		}
		return nil
	}
	for tick := time.NewTicker(time.Second / time.Duration(*rate)); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			clients.Go(func() {
				began := time.Now()
				conn, err := net.Dial("udp", *server)
				if err != nil {
					t.add("", err, 0)
					return
				}
				defer conn.Close()
				who, err := who(conn, *tries)
				t.add(who, err, time.Since(began))
			})
		}
	}
}

// who asks who.test over conn. A refusal takes up an attempt, as with dig.
func who(conn net.Conn, tries int) (string, error) {
	query := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: uint16(time.Now().UnixNano()), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName("who.test."), Type: dnsmessage.TypeTXT, Class: dnsmessage.ClassINET}},
	}
	msg, err := query.Pack()
	if err != nil {
		return "", err
	}
	for range tries {
		_ = conn.SetDeadline(time.Now().Add(time.Second))
		if _, err = conn.Write(msg); err != nil {
			continue
		}
		for {
			room := make([]byte, 1500)
			var n int
			if n, err = conn.Read(room); err != nil {
				break
			}
			var answer dnsmessage.Message
			if err = answer.Unpack(room[:n]); err != nil || answer.ID != query.ID {
				continue // of an attempt before
			}
			if answer.Truncated {
				answer, err = overTCP(conn.RemoteAddr().String(), msg)
				if err != nil {
					break
				}
			}
			for _, rr := range answer.Answers {
				if txt, ok := rr.Body.(*dnsmessage.TXTResource); ok {
					return txt.TXT[0], nil
				}
			}
			return "", fmt.Errorf("answered %s", answer.RCode)
		}
	}
	return "", err
}

func overTCP(server string, query []byte) (answer dnsmessage.Message, err error) {
	conn, err := net.DialTimeout("tcp", server, time.Second)
	if err != nil {
		return answer, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if err := writeTCP(conn, query); err != nil {
		return answer, err
	}
	msg, err := readTCP(conn)
	if err != nil {
		return answer, err
	}
	return answer, answer.Unpack(msg)
}

func reason(err error) string {
	if e, ok := err.(interface{ Timeout() bool }); ok && e.Timeout() {
		return "timeout"
	}
	return err.Error()[max(0, len(err.Error())-18):]
}

// origins measures how long it takes to find where a packet was going: of a
// client that is there, again and again.
func origins(args []string) error {
	f := flag.NewFlagSet("origins", flag.ContinueOnError)
	server := f.String("server", "198.51.100.53:53", "`ADDRESS` to ask")
	times := f.Int("times", 10000, "look-ups")
	if err := f.Parse(args); err != nil {
		return err
	}
	o, err := system.OpenOrigins()
	if err != nil {
		return err
	}
	conn, err := net.Dial("udp", *server)
	if err != nil {
		return err
	}
	if _, err := who(conn, 2); err != nil {
		return err
	}
	client := conn.LocalAddr().(*net.UDPAddr).AddrPort()
	local := netip.MustParseAddrPort("127.0.0.1:53")
	began := time.Now()
	for range *times {
		if to, ok := o.UDP(client, local); !ok || to.String() != *server {
			return fmt.Errorf("found %s, %t, want %s", to, ok, *server)
		}
	}
	fmt.Printf("a look-up takes %.1f µs\n", float64(time.Since(began).Microseconds())/float64(*times))
	return nil
}
