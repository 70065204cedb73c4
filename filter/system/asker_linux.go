package system

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"os/user"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Askers tell the account whose program sent a question: the owner of the socket
// that it came from (sock_diag(7)). They may be used by several goroutines.
type Askers struct {
	sockets *kernelSockets
	origins *Origins // nil: there are none
	// The ports that the kernel gives to programs that ask for none. On others,
	// as that of mDNS, sockets of several accounts may lie.
	first, last uint16
	accounts    accounts
}

// OpenAskers opens the connections to the kernel that look-ups need.
func OpenAskers() (*Askers, error) {
	a := &Askers{first: 32768, last: 60999, accounts: accounts{known: map[uint32]account{}}}
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(text), &a.first, &a.last)
	}
	var err error
	if a.sockets, err = openKernel(unix.NETLINK_SOCK_DIAG); err != nil {
		return nil, err
	}
	// Without connection tracking nothing is redirected.
	a.origins, _ = OpenOrigins()
	return a, nil
}

// Of returns the account whose program sent what came from client over "udp" or
// "tcp" and came in at local, an address of the service. It reports false where
// the socket is gone or cannot be told from others, and for root and the accounts
// of services, such as systemd-resolved and nscd, which ask for everybody.
func (a *Askers) Of(network string, client, local netip.AddrPort) (account string, ok bool) {
	client, local = unmapped(client), unmapped(local)
	protocol := protocolOf(network)
	if protocol == unix.IPPROTO_UDP && (client.Port() < a.first || client.Port() > a.last) {
		return "", false
	}
	var uid uint32
	var connected bool
	here := client.Addr().IsLoopback()
	if here {
		// Asked of us, unless its sender went out of its way.
		if uid, connected, ok = a.owner(protocol, client, local); ok && connected {
			return a.accounts.name(uid)
		}
	}
	from, to, tracked := client, local, false
	if a.origins != nil {
		from, to, tracked = a.origins.way(network, client, local)
	}
	if tracked && (from != client || to != local) {
		uid, _, ok = a.owner(protocol, from, to)
	} else if !here {
		uid, _, ok = a.owner(protocol, client, local)
	}
	if !ok {
		return "", false
	}
	return a.accounts.name(uid)
}

// owner returns whose socket sends from from to to, and whether it sends there
// alone.
func (a *Askers) owner(protocol byte, from, to netip.AddrPort) (uid uint32, connected, ok bool) {
	s := <-a.sockets.free
	defer func() { a.sockets.free <- s }()
	if protocol == unix.IPPROTO_UDP {
		// The kernel looks for the socket that would receive a packet with these
		// addresses: one from to to from.
		return s.owner(protocol, to, from, from, to)
	}
	return s.owner(protocol, from, to, from, to)
}

const (
	diagRequestSize = unix.SizeofNlMsghdr + 56 // struct inet_diag_req_v2
	diagUID         = 64                       // in struct inet_diag_msg
	sockDiagFamily  = 20                       // SOCK_DIAG_BY_FAMILY
)

func (s *kernelSocket) owner(protocol byte, src, dst, from, to netip.AddrPort) (uid uint32, connected, ok bool) {
	if src.Addr().Is4() != dst.Addr().Is4() {
		return 0, false, false
	}
	b := s.ask[:diagRequestSize]
	clear(b)
	r := b[unix.SizeofNlMsghdr:]
	r[0], r[1] = unix.AF_INET, protocol
	if src.Addr().Is6() {
		r[0] = unix.AF_INET6
	}
	binary.NativeEndian.PutUint32(r[4:], ^uint32(0)) // in any state
	putDiag(r[8:], src, dst)
	binary.NativeEndian.PutUint64(r[48:], ^uint64(0)) // INET_DIAG_NOCOOKIE
	answer, err := s.request(sockDiagFamily, len(b))
	if err != nil || len(answer) < diagUID+4 {
		return 0, false, false
	}
	// What was found must be what was asked for: a TCP look-up also finds who
	// listens.
	its, others := readDiag(answer[0], answer[4:])
	anyAddr := its.Addr().IsUnspecified()
	if its.Port() != from.Port() || !anyAddr && its.Addr() != from.Addr() {
		return 0, false, false
	}
	connected = others == to
	if !connected && (protocol != unix.IPPROTO_UDP || others.Port() != 0) {
		return 0, false, false
	}
	return binary.NativeEndian.Uint32(answer[diagUID:]), connected, true
}

// putDiag writes the addresses of a struct inet_diag_sockid.
func putDiag(b []byte, src, dst netip.AddrPort) {
	binary.BigEndian.PutUint16(b, src.Port())
	binary.BigEndian.PutUint16(b[2:], dst.Port())
	for i, at := range []netip.AddrPort{src, dst} {
		if at.Addr().Is4() {
			four := at.Addr().As4()
			copy(b[4+16*i:], four[:])
		} else {
			sixteen := at.Addr().As16()
			copy(b[4+16*i:], sixteen[:])
		}
	}
}

// readDiag reads them.
func readDiag(family byte, b []byte) (src, dst netip.AddrPort) {
	read := func(i int) netip.Addr {
		if family == unix.AF_INET {
			return netip.AddrFrom4([4]byte(b[4+16*i:]))
		}
		return netip.AddrFrom16([16]byte(b[4+16*i:])).Unmap()
	}
	return netip.AddrPortFrom(read(0), binary.BigEndian.Uint16(b)), netip.AddrPortFrom(read(1), binary.BigEndian.Uint16(b[2:]))
}

// accounts are the names of accounts by number, as the system told them lately.
type accounts struct {
	mu    sync.Mutex
	known map[uint32]account
}

type account struct {
	name  string
	until time.Time
}

const (
	// firstPerson is the first number of an account of somebody's (UID_MIN of
	// login.defs(5)); those below are root's and the services'.
	firstPerson = 1000
	// accountLife is how long a name is believed: accounts are renamed seldom.
	accountLife = 30 * time.Second
	maxAccounts = 256
)

func (a *accounts) name(uid uint32) (string, bool) {
	if uid < firstPerson {
		return "", false
	}
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	it, ok := a.known[uid]
	if !ok || now.After(it.until) {
		if len(a.known) >= maxAccounts {
			clear(a.known)
		}
		// Where the system has no name for it, the number, as the control socket
		// says of a caller.
		it = account{name: strconv.FormatUint(uint64(uid), 10), until: now.Add(accountLife)}
		if u, err := user.LookupId(it.name); err == nil {
			it.name = u.Username
		}
		a.known[uid] = it
	}
	return it.name, true
}
