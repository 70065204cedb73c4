package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Server answers DNS queries on loopback addresses. Make one with [Listen].
type Server struct {
	config Config
	began  time.Time
	cache  *cache
	// elsewhere are the answers of destinations, apart: no number of them takes
	// the place of those that everybody gets.
	elsewhere    *cache
	destinations destinations
	flights      flights
	groups       atomic.Pointer[groups]
	health       atomic.Pointer[Health]
	nudges       chan struct{} // a question went unanswered: probe soon
	probes       sync.WaitGroup
	asking       atomic.Int64 // questions that wait for an upstream
	helping      atomic.Int64 // those of them for protected names are counted here instead
	sent         atomic.Int64 // answers over UDP that needed no upstream
	workers      workers
	spare        sync.Pool      // of *packet
	streams      sync.WaitGroup // TCP connections

	udp   []*net.UDPConn
	tcp   []net.Listener
	conns chan struct{} // a place for each TCP connection
}

// Listen binds the addresses in c, each for UDP and TCP, so that whatever is in
// the way is known before anything is served or pointed at the server. It asks
// no network anything.
func Listen(ctx context.Context, c Config) (*Server, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	s := &Server{
		config: c, began: c.Clock(), cache: newCache(c.CacheBytes),
		nudges: make(chan struct{}, 1), conns: make(chan struct{}, maxConns),
	}
	s.flights.under, s.workers.jobs = map[key]*flight{}, make(chan func())
	s.elsewhere, s.destinations.known = newCache(destinationCache), map[netip.AddrPort]*destination{}
	for _, addr := range c.Addrs {
		if err := s.bindAny(ctx, addr); err != nil {
			s.Close()
			return nil, err
		}
	}
	if len(s.udp) == 0 {
		return nil, errors.New("no address to listen on: give one such as 127.0.0.1:5354")
	}
	s.regroup()
	return s, nil
}

// bindAny binds addr. Where its port is 0, the one that the kernel gives for TCP
// may be another program's for UDP, and then another will do.
func (s *Server) bindAny(ctx context.Context, addr netip.AddrPort) error {
	err := s.bind(ctx, addr)
	for try := 0; try < 16 && addr.Port() == 0 && isInUse(err); try++ {
		err = s.bind(ctx, addr)
	}
	return err
}

func (s *Server) bind(ctx context.Context, addr netip.AddrPort) error {
	if !addr.Addr().IsLoopback() {
		return fmt.Errorf("listening on %s: the filter answers this PC only: give a loopback address such as 127.0.0.1:%d", addr, addr.Port())
	}
	var lc net.ListenConfig
	tcp, err := lc.Listen(ctx, "tcp", addr.String())
	if err != nil {
		return bindError(addr, err)
	}
	bound, _ := netip.ParseAddrPort(tcp.Addr().String()) // the port, where 0 was asked for
	conns, err := listenUDP(ctx, bound)
	if err != nil {
		_ = tcp.Close()
		return bindError(bound, err)
	}
	s.tcp, s.udp = append(s.tcp, tcp), append(s.udp, conns...)
	return nil
}

func bindError(addr netip.AddrPort, err error) error {
	advice := "give another address with --listen"
	switch {
	case isInUse(err):
		advice = "another program answers there: stop it, or " + advice
	case isForbidden(err):
		advice = "ports below 1024 need an administrator: run as one, or " + advice
	}
	return fmt.Errorf("listening on %s: %w: %s", addr, cause(err), advice)
}

// cause strips what Go's net adds to an error: the address is said once.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// Addr returns the first address that is bound.
func (s *Server) Addr() netip.AddrPort { return s.Addrs()[0] }

// Addrs returns the addresses that are bound, in the order they were given.
func (s *Server) Addrs() []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, l := range s.tcp {
		addr, _ := netip.ParseAddrPort(l.Addr().String()) // as net writes it
		addrs = append(addrs, addr)
	}
	return addrs
}

// Sent returns how many questions over UDP were answered on the spot so far: a
// server whose count grows is alive, however many questions are lost on the way
// to it.
func (s *Server) Sent() int64 { return s.sent.Load() }

// Sockets returns all sockets that the server listens on, for UDP and TCP.
func (s *Server) Sockets() []syscall.Conn {
	var all []syscall.Conn
	for _, c := range s.udp {
		all = append(all, c)
	}
	for _, l := range s.tcp {
		if c, ok := l.(syscall.Conn); ok { // every listener of package net is one
			all = append(all, c)
		}
	}
	return all
}

// Run serves until ctx is done, and then until nothing of it is left. A Server
// runs once.
func (s *Server) Run(ctx context.Context) error {
	running, ctx := errgroup.WithContext(ctx)
	defer context.AfterFunc(ctx, s.Close)()
	for _, conn := range s.udp {
		running.Go(func() error { return s.serveUDP(ctx, conn) })
	}
	for _, l := range s.tcp {
		running.Go(func() error { return s.serveTCP(ctx, l) })
	}
	running.Go(func() error { return s.watch(ctx) })
	err := running.Wait()
	s.Close()
	s.streams.Wait()
	s.workers.running.Wait()
	s.groups.Load().close(nil)
	return err
}

// Close lets go of the addresses of a server that never ran.
func (s *Server) Close() {
	for _, c := range s.udp {
		_ = c.Close()
	}
	for _, l := range s.tcp {
		_ = l.Close()
	}
}

// now returns the time, and the same in nanoseconds of the server's own clock.
func (s *Server) now() (at time.Time, nanos int64) {
	at = s.config.Clock()
	return at, int64(at.Sub(s.began))
}
