//go:build unix

package control_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// pipes is a listener in memory, whose connections say that they are a caller's.
type pipes struct {
	caller filter.Caller
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

type pipe struct {
	net.Conn
	caller filter.Caller
}

func (p pipe) Caller() filter.Caller { return p.caller }

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipes) Addr() net.Addr { return nil }

// dial returns the client's end of a new connection.
func (l *pipes) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- pipe{server, l.caller}
	return client
}

// inMemory serves f to a learner in a bubble of synctest.
func inMemory(t *testing.T, f filter.Control, use func(*pipes)) {
	synctest.Test(t, func(t *testing.T) {
		l := &pipes{filter.Caller{Account: "leo", ID: "1001", Process: "1"}, make(chan net.Conn), make(chan struct{}), sync.Once{}}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		s := control.NewServer(control.Config{Control: f, Guard: guard{}, Logger: slog.New(slog.DiscardHandler)})
		go func() { done <- s.Serve(ctx, l) }()
		use(l)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// forever is a control whose watch never ends.
type forever struct{ fake }

func (f *forever) Watch(ctx context.Context) iter.Seq2[filter.Status, error] {
	return func(yield func(filter.Status, error) bool) {
		for yield(filter.Status{Names: 1}, nil) {
			select {
			case <-time.After(time.Hour):
			case <-ctx.Done():
				return
			}
		}
	}
}

const get = "GET /v1/%s HTTP/1.1\r\nHost: lessonguard\r\n\r\n"

// answered returns the status that a request on conn is answered with, and what
// reads on.
func answered(conn net.Conn, what string) (status string, rest *bufio.Reader, err error) {
	if _, err := fmt.Fprintf(conn, get, what); err != nil {
		return "", nil, err
	}
	rest = bufio.NewReader(conn)
	line, err := rest.ReadString('\n')
	_, status, _ = strings.Cut(strings.TrimSpace(line), " ")
	return status, rest, err
}

// TestSlowClients: whoever sends or takes a byte now and then is cut off.
func TestSlowClients(t *testing.T) {
	for _, tt := range []struct {
		why, send string
		within    time.Duration
	}{
		{"says nothing", "", time.Minute},
		{"half a header", "GET /v1/status HT", 5 * time.Second},
		{"half a body", "POST /v1/explain HTTP/1.1\r\nHost: lessonguard\r\nContent-Length: 100\r\n\r\n{", 10 * time.Second},
		{"takes no answer", fmt.Sprintf(get, "status"), 20 * time.Second},
		{"takes no events", fmt.Sprintf(get, "watch"), 20 * time.Second},
	} {
		t.Run(tt.why, func(t *testing.T) {
			inMemory(t, &forever{}, func(l *pipes) {
				conn, start := l.dial(), time.Now()
				defer conn.Close()
				_, _ = io.WriteString(conn, tt.send)
				time.Sleep(tt.within + time.Second)
				synctest.Wait()
				// What is closed at the other end takes nothing more.
				if _, err := conn.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
					t.Errorf("after %v: %v, want it closed", time.Since(start), err)
				}
			})
		})
	}
}

// TestWatchesLast: the limits of time do not end a watch in which hours pass
// between events, and an account has a few.
func TestWatchesLast(t *testing.T) {
	inMemory(t, &forever{}, func(l *pipes) {
		var open []net.Conn
		for i := range 9 {
			conn := l.dial()
			open = append(open, conn)
			status, rest, err := answered(conn, "watch")
			if want := map[bool]string{true: "200 OK", false: "429 Too Many Requests"}[i < 8]; status != want {
				t.Errorf("watch %d: %s, %v, want %s", i+1, status, err, want)
			}
			if i > 0 {
				go func() { _, _ = rest.WriteTo(io.Discard) }()
				continue
			}
			go func() {
				for events := 0; events < 5; { // one an hour
					line, err := rest.ReadString('\n')
					if err != nil {
						t.Errorf("after %d events: %v", events, err)
						return
					}
					if strings.HasPrefix(line, "event:") {
						events++
					}
				}
				_, _ = rest.WriteTo(io.Discard)
			}()
		}
		time.Sleep(5 * time.Hour)
		for _, conn := range open {
			conn.Close()
		}
		synctest.Wait()
		conn := l.dial()
		defer conn.Close()
		if status, _, err := answered(conn, "watch"); status != "200 OK" {
			t.Errorf("once the others are closed: %s, %v", status, err)
		}
	})
}

// TestConnections: an account has a number of them, and the others' are safe.
func TestConnections(t *testing.T) {
	l := control.NewLimits()
	leo, mum, root := filter.Caller{Account: "leo", ID: "1001"}, filter.Caller{Account: "mum", ID: "1000"}, filter.Caller{Account: "root", ID: "0", Owner: true}
	open := func(c filter.Caller, n int) (leave []func()) {
		for range n {
			if f, ok := l.Enter(c); ok {
				leave = append(leave, f)
			}
		}
		return leave
	}
	leos := open(leo, 100)
	if len(leos) != 16 {
		t.Errorf("one account has %d, want 16", len(leos))
	}
	if got := open(mum, 4); len(got) != 4 {
		t.Errorf("another has %d of 4", len(got))
	}
	nameless := 0
	for uid := range 1000 { // subordinate ids of one user
		id := fmt.Sprint(100000 + uid)
		nameless += len(open(filter.Caller{Account: id, ID: id}, 1))
	}
	if nameless != 16 {
		t.Errorf("accounts without a name have %d, want 16", nameless)
	}
	for i := range 10 {
		open(filter.Caller{Account: fmt.Sprint("a", i), ID: fmt.Sprint(2000 + i)}, 16)
	}
	if got := open(mum, 1); len(got) != 0 {
		t.Error("there is no limit for all together")
	}
	if got := open(root, 16); len(got) != 16 {
		t.Errorf("the owner has %d of 16", len(got))
	}
	leos[0]()
	leos[0]() // closing twice is closing once
	if got := open(leo, 2); len(got) != 1 {
		t.Errorf("once one is closed there is room for %d, want 1", len(got))
	}
}

// TestRequests: a hundred at once, twenty a second, for each account.
func TestRequests(t *testing.T) {
	l, now := control.NewLimits(), time.Unix(1.7e9, 0)
	many := func(c filter.Caller) (n int) {
		for range 1000 {
			if l.Request(c, now) {
				n++
			}
		}
		return n
	}
	leo, mum := filter.Caller{Account: "leo", ID: "1001"}, filter.Caller{Account: "mum", ID: "1000"}
	if got := many(leo); got != 100 {
		t.Errorf("%d at once, want 100", got)
	}
	if got := many(mum); got != 100 {
		t.Errorf("another account: %d, want 100", got)
	}
	now = now.Add(2 * time.Second)
	if got := many(leo); got != 40 {
		t.Errorf("after two seconds %d, want 40", got)
	}
	now = now.Add(-time.Hour)
	if got := many(leo); got != 0 {
		t.Errorf("after the clock went back %d, want 0", got)
	}
}

// TestBusy: the limits stand at the door, and read as what they are.
func TestBusy(t *testing.T) {
	client, _ := serve(t, &fake{})
	for range 1000 {
		if _, err := client.Status(t.Context()); err != nil {
			if !errors.Is(err, filter.ErrBusy) {
				t.Errorf("Status = %v, want %v", err, filter.ErrBusy)
			}
			return
		}
	}
	t.Error("a thousand requests at once were all answered")
}

// TestTooManyConnections: the seventeenth of an account is closed.
func TestTooManyConnections(t *testing.T) {
	_, path := serve(t, &fake{})
	for i := range 17 {
		conn, err := new(net.Dialer).DialContext(t.Context(), "unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if status, _, err := answered(conn, "status"); (status == "200 OK") != (i < 16) {
			t.Errorf("connection %d: %q, %v", i+1, status, err)
		}
	}
}
