package system

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// leftovers are what the service left: sockets with questions that it had not
// read, and the memory of those that it had not answered.
type leftovers struct {
	sockets    []heldSocket
	unanswered []byte
}

// A heldSocket is a UDP socket of the service's.
type heldSocket struct {
	fd    int
	local netip.AddrPort
}

// newLeftovers tells the service's files apart. Sockets of TCP are only kept
// open: a connection is refused when they close, and programs ask again.
func newLeftovers(fds []int) *leftovers {
	l := &leftovers{}
	for _, fd := range fds {
		kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
		if err != nil { // no socket
			if data, err := unix.Mmap(fd, 0, unansweredSize, unix.PROT_READ, unix.MAP_SHARED); err == nil {
				l.unanswered = data
			}
			continue
		}
		name, err := unix.Getsockname(fd)
		if kind != unix.SOCK_DGRAM || err != nil {
			continue
		}
		l.sockets = append(l.sockets, heldSocket{fd, sockaddr(name)})
	}
	return l
}

func sockaddr(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// answer answers all of it with "ask again over TCP": that is a new connection,
// which goes to whom it was meant for. It goes on with what still comes in until
// forget returns, which makes the kernel send that elsewhere.
func (l *leftovers) answer(forget func() error) error {
	l.answerNoted()
	l.answerQueued()
	forgotten := make(chan error, 1)
	go func() { forgotten <- forget() }()
	for {
		select {
		case err := <-forgotten:
			return err
		default:
			l.await()
			l.answerQueued()
		}
	}
}

// answerNoted answers what the service had read.
func (l *leftovers) answerNoted() {
	for _, q := range readUnanswered(l.unanswered) {
		for _, s := range l.sockets {
			if s.local == q.local {
				s.answer(q.query, toSockaddr(q.client))
				break
			}
		}
	}
}

// await waits for a question, a millisecond at most.
func (l *leftovers) await() {
	var all []unix.PollFd
	for _, s := range l.sockets {
		all = append(all, unix.PollFd{Fd: int32(s.fd), Events: unix.POLLIN})
	}
	_, _ = unix.Poll(all, 1)
}

// answerQueued answers what waits in the sockets.
func (l *leftovers) answerQueued() {
	room := make([]byte, 4096)
	for _, s := range l.sockets {
		const many = 4096 // more than wait in a socket: those who flood us do not keep us here
		for range many {
			n, from, err := unix.Recvfrom(s.fd, room, unix.MSG_DONTWAIT)
			if err != nil {
				break
			}
			s.answer(room[:n], from)
		}
	}
}

func (s heldSocket) answer(query []byte, to unix.Sockaddr) {
	if answer := askOverTCP(query); answer != nil {
		_ = unix.Sendto(s.fd, answer, unix.MSG_DONTWAIT, to)
	}
}

func toSockaddr(at netip.AddrPort) unix.Sockaddr {
	if at.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
}

// askOverTCP returns an empty, truncated answer to a query (RFC 1035 section
// 4.1.1, RFC 7766 section 5), with an OPT record when the query has one: some
// clients take us for an old server else. It returns nil for what is no query.
func askOverTCP(query []byte) []byte {
	const header = 12
	if len(query) < header || query[2]&0x80 != 0 || binary.BigEndian.Uint16(query[4:]) != 1 {
		return nil
	}
	end := header
	for {
		if end >= len(query) || query[end] > 63 {
			return nil
		}
		if query[end] == 0 {
			break
		}
		end += int(query[end]) + 1
	}
	end += 5 // the root, type and class
	if end > len(query) {
		return nil
	}
	answer := append([]byte(nil), query[:end]...)
	answer[2] = query[2]&0x79 | 0x82 // its opcode and RD; QR and TC
	answer[3] = 0x80                 // RA
	clear(answer[6:header])
	if binary.BigEndian.Uint16(query[10:]) > 0 {
		answer[11] = 1
		answer = append(answer, 0, 0, 41, 1232>>8, 1232&0xff, 0, 0, 0, 0, 0, 0)
	}
	return answer
}
