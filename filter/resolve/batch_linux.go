package resolve

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The kernel's part of a query costs many times what ours does, so that on Linux
// packets are read and written by the batch (recvmmsg, sendmmsg) and shared out
// by the kernel among several sockets on the same port (SO_REUSEPORT).
//
// The system calls are made here and not through golang.org/x/net/ipv4, which
// makes a net.Addr for every packet: the sender's address goes back to the
// kernel in the form in which it came.

const (
	batchSize = 64
	// packetSize takes any query, and any answer of at most udpLimit bytes.
	packetSize = 2048
	maxSockets = 4
	// maxFailures in a row of reading a socket are a second's.
	maxFailures = 100
)

// listenUDP binds several sockets to addr.
func listenUDP(ctx context.Context, addr netip.AddrPort) ([]*net.UDPConn, error) {
	// A socket that does not share shows whether the port is free: those that
	// share would silently share with another program's as well.
	var alone net.ListenConfig
	free, err := alone.ListenPacket(ctx, "udp", addr.String())
	if err != nil {
		return nil, err
	}
	_ = free.Close()
	shared := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		if control := c.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}); control != nil {
			return control
		}
		return err
	}}
	var conns []*net.UDPConn
	for range min(runtime.GOMAXPROCS(0), maxSockets) {
		conn, err := shared.ListenPacket(ctx, "udp", addr.String())
		if err != nil {
			for _, c := range conns {
				_ = c.Close()
			}
			return nil, err
		}
		conns = append(conns, conn.(*net.UDPConn))
	}
	return conns, nil
}

// A batch is the packets that one system call reads, and the answers that one
// writes. Its memory is used again for every batch.
type batch struct {
	in, out     [batchSize]unix.Mmsghdr
	inAt, outAt [batchSize]unix.Iovec
	from        [batchSize]unix.RawSockaddrInet6 // large enough for IPv4 too
	room        [batchSize][packetSize]byte
	callers     [batchSize]caller
	noted       [batchSize]int // what is still to be answered when the batch is, or -1
	packet      packet
	local       netip.AddrPort // the socket's

	raw        syscall.RawConn
	n          int // packets, or answers, that the last call moved
	first      int // the first answer that is not yet sent
	ready      int // answers
	failed     syscall.Errno
	recv, post func(fd uintptr) bool // made once: a method value is an allocation
}

func newBatch(conn *net.UDPConn) (*batch, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	b := &batch{raw: raw, local: localAddrPort(conn.LocalAddr())}
	for i := range b.in {
		b.inAt[i] = unix.Iovec{Base: &b.room[i][0]}
		b.inAt[i].SetLen(packetSize)
		b.in[i].Hdr.Iov, b.out[i].Hdr.Iov = &b.inAt[i], &b.outAt[i]
		b.in[i].Hdr.SetIovlen(1)
		b.out[i].Hdr.SetIovlen(1)
		b.in[i].Hdr.Name = (*byte)(unsafe.Pointer(&b.from[i]))
		b.in[i].Hdr.Namelen = unix.SizeofSockaddrInet6
	}
	b.recv, b.post = b.recvmmsg, b.sendmmsg
	return b, nil
}

func (b *batch) recvmmsg(fd uintptr) bool {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&b.in[0])), batchSize, 0, 0, 0)
	b.n, b.failed = int(n), errno
	return errno != unix.EAGAIN && errno != unix.EINTR
}

func (b *batch) sendmmsg(fd uintptr) bool {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&b.out[b.first])), uintptr(b.ready-b.first), 0, 0, 0)
	b.n, b.failed = int(n), errno
	return errno != unix.EAGAIN && errno != unix.EINTR
}

// serveUDP answers on one socket until it is closed.
func (s *Server) serveUDP(ctx context.Context, conn *net.UDPConn) error {
	b, err := newBatch(conn)
	if err != nil {
		return fmt.Errorf("serving UDP: %w", err)
	}
	for failures := 0; ; {
		if err := b.raw.Read(b.recv); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("serving UDP: %w", err)
		}
		if b.failed != 0 { // short of memory, it may be: not for ever
			if failures++; failures > maxFailures {
				return fmt.Errorf("serving UDP: recvmmsg: %w", b.failed)
			}
			pause(ctx, 10*time.Millisecond)
			continue
		}
		failures = 0
		read := b.n
		for i := range read { // all of them, before one is looked at: that may take a while
			b.callers[i] = caller{client: addrPort(&b.from[i]), local: b.local}
			b.noted[i] = s.arrived(&b.callers[i], b.room[i][:b.in[i].Len])
		}
		t := s.turn()
		b.ready = 0
		for i := range read {
			s.serveOne(ctx, conn, b, i, &t)
		}
		b.write()
		for _, noted := range b.noted[:read] {
			s.answered(noted)
		}
		s.sent.Add(int64(b.ready))
	}
}

// serveOne answers the ith packet of b into the same bytes, or hands it on.
func (s *Server) serveOne(ctx context.Context, conn *net.UDPConn, b *batch, i int, t *turn) {
	p := &b.packet
	p.msg = b.room[i][:b.in[i].Len]
	p.from = b.callers[i]
	namelen := b.in[i].Hdr.Namelen
	b.in[i].Hdr.Namelen = unix.SizeofSockaddrInet6 // the kernel sets it for each packet
	switch step, v := s.answer(p, t, false); step {
	case send:
		out := &b.out[b.ready]
		out.Hdr.Name, out.Hdr.Namelen = b.in[i].Hdr.Name, namelen
		b.outAt[b.ready].Base = &p.msg[0]
		b.outAt[b.ready].SetLen(len(p.msg))
		b.ready++
	case ask:
		to, noted := p.from.client, b.noted[i]
		b.noted[i] = -1
		s.open(ctx, p, *t, v, func(answer []byte) {
			_, _ = conn.WriteToUDPAddrPort(answer, to) // a client that is gone needs no answer
			s.answered(noted)
		})
	}
}

// write sends the answers. One that cannot be sent is passed over.
func (b *batch) write() {
	for b.first = 0; b.first < b.ready; {
		if err := b.raw.Write(b.post); err != nil {
			return // the socket is closed; the next read says so
		}
		if b.failed != 0 || b.n == 0 {
			b.first++
			continue
		}
		b.first += b.n
	}
}

// addrPort reads an address in the kernel's form.
func addrPort(from *unix.RawSockaddrInet6) netip.AddrPort {
	port := (*[2]byte)(unsafe.Pointer(&from.Port)) // in network order
	number := uint16(port[0])<<8 | uint16(port[1])
	if from.Family == unix.AF_INET {
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(from))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), number)
	}
	return netip.AddrPortFrom(netip.AddrFrom16(from.Addr), number)
}
