package system

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// A question to the kernel about one packet stands in the path of a DNS query,
// so it is made of two system calls that do not wait, in memory that is there
// already: netlink answers a request before the call that sends it returns.

// kernelSockets are connections to one part of the kernel, for look-ups that go
// on at once; others wait for their turn.
type kernelSockets struct{ free chan *kernelSocket }

const maxKernelSockets = 4

// A kernelSocket is one of them. Only who has taken it from free uses it.
type kernelSocket struct {
	fd     int
	number uint32 // of the last request
	ask    [256]byte
	answer [2048]byte
}

// openKernel opens connections to the part of the kernel with the number family
// (NETLINK_NETFILTER, NETLINK_SOCK_DIAG).
func openKernel(family int) (*kernelSockets, error) {
	k := &kernelSockets{free: make(chan *kernelSocket, maxKernelSockets)}
	for range maxKernelSockets {
		fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, family)
		if err == nil {
			if err = unix.Connect(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
				_ = unix.Close(fd)
			}
		}
		if err != nil {
			_ = k.close()
			return nil, fmt.Errorf("opening a connection to the kernel: %w", err)
		}
		k.free <- &kernelSocket{fd: fd}
	}
	return k, nil
}

// close closes the connections. No look-up may be under way or follow.
func (k *kernelSockets) close() error {
	var errs []error
	for {
		select {
		case s := <-k.free:
			errs = append(errs, unix.Close(s.fd))
		default:
			return errors.Join(errs...)
		}
	}
}

var errNoSuchThing = errors.New("the kernel knows of no such thing")

// request sends what follows the header of a netlink message in s.ask, up to
// end, and returns what follows it in the answer, which is good until the next
// request.
func (s *kernelSocket) request(kind uint16, end int) ([]byte, error) {
	s.number++
	native := binary.NativeEndian
	native.PutUint32(s.ask[0:], uint32(end))
	native.PutUint16(s.ask[4:], kind)
	native.PutUint16(s.ask[6:], unix.NLM_F_REQUEST)
	native.PutUint32(s.ask[8:], s.number)
	native.PutUint32(s.ask[12:], 0)
	if _, err := unix.Write(s.fd, s.ask[:end]); err != nil {
		return nil, err
	}
	for { // what an earlier request left is passed over
		n, err := unix.Read(s.fd, s.answer[:])
		if err != nil {
			return nil, err
		}
		if n < unix.SizeofNlMsghdr || native.Uint32(s.answer[8:]) != s.number {
			continue
		}
		size := int(native.Uint32(s.answer[0:]))
		if size < unix.SizeofNlMsghdr || size > n || native.Uint16(s.answer[4:]) == unix.NLMSG_ERROR {
			return nil, errNoSuchThing
		}
		return s.answer[unix.SizeofNlMsghdr:size], nil
	}
}

// attribute appends a netlink attribute to b.
func attribute(b []byte, kind uint16, data []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(4+len(data)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// nested appends a netlink attribute that holds others, which are appended by
// inner.
func nested(b []byte, kind uint16, inner func([]byte) []byte) []byte {
	at := len(b)
	b = inner(attribute(b, kind|unix.NLA_F_NESTED, nil))
	binary.NativeEndian.PutUint16(b[at:], uint16(len(b)-at))
	return b
}

// find returns the data of the first attribute of a kind in b; nil: there is
// none.
func find(b []byte, kind uint16) []byte {
	for len(b) >= 4 {
		size := int(binary.NativeEndian.Uint16(b))
		if size < 4 || size > len(b) {
			return nil
		}
		if binary.NativeEndian.Uint16(b[2:])&^uint16(unix.NLA_F_NESTED|unix.NLA_F_NET_BYTEORDER) == kind {
			return b[4:size]
		}
		b = b[min((size+3)&^3, len(b)):]
	}
	return nil
}
