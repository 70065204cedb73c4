package system

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"unsafe"

	"github.com/ti-mo/conntrack"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Origins tells where a redirected question was going, which only the kernel's
// connection tracking knows. It may be used by several goroutines.
type Origins struct{ conns chan *conntrack.Conn }

// maxOriginConns is how many look-ups go on at once; others wait for their turn.
const maxOriginConns = 4

// OpenOrigins opens the connections to the kernel that look-ups need.
func OpenOrigins() (*Origins, error) {
	o := &Origins{conns: make(chan *conntrack.Conn, maxOriginConns)}
	for range maxOriginConns {
		c, err := conntrack.Dial(nil)
		if err != nil {
			_ = o.Close()
			return nil, fmt.Errorf("opening connection tracking: %w", err)
		}
		o.conns <- c
	}
	return o, nil
}

// Close closes the connections. No look-up may be under way or follow.
func (o *Origins) Close() error {
	var errs []error
	for {
		select {
		case c := <-o.conns:
			errs = append(errs, c.Close())
		default:
			return errors.Join(errs...)
		}
	}
}

// UDP returns where the packet was going that client sent and that came in at
// local, an address of the service. It reports false for a question that was
// asked of the service itself, and where the kernel has forgotten: a client that
// waits for 30 s asks again, and that is a new question.
func (o *Origins) UDP(client, local netip.AddrPort) (netip.AddrPort, bool) {
	c := <-o.conns
	defer func() { o.conns <- c }()
	var f conntrack.Flow
	// The answer's way, local to client, is what nobody else's packets have.
	f.TupleReply.IP.SourceAddress, f.TupleReply.IP.DestinationAddress = local.Addr().Unmap(), client.Addr().Unmap().WithZone("")
	f.TupleReply.Proto = conntrack.ProtoTuple{Protocol: unix.IPPROTO_UDP, SourcePort: local.Port(), DestinationPort: client.Port()}
	got, err := c.Get(f)
	if err != nil {
		return netip.AddrPort{}, false
	}
	to := netip.AddrPortFrom(got.TupleOrig.IP.DestinationAddress, got.TupleOrig.Proto.DestinationPort)
	return to, to != netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
}

// TCP returns where an accepted connection was going; like [Origins.UDP].
func (o *Origins) TCP(conn syscall.Conn) (to netip.AddrPort, ok bool) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return to, false
	}
	var local netip.AddrPort
	if err := raw.Control(func(fd uintptr) { local, to = tcpOrigin(int(fd)) }); err != nil {
		return to, false
	}
	return to, to.IsValid() && to != local
}

// tcpOrigin asks SO_ORIGINAL_DST (IP6T_SO_ORIGINAL_DST has the same number).
func tcpOrigin(fd int) (local, to netip.AddrPort) {
	const soOriginalDst = 80
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return local, to
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		local = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
		// The answer has the form of sockaddr_in, as long as this structure.
		if m, err := unix.GetsockoptIPv6Mreq(fd, unix.SOL_IP, soOriginalDst); err == nil {
			b := m.Multiaddr
			to = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), uint16(b[2])<<8|uint16(b[3]))
		}
	case *unix.SockaddrInet6:
		local = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr).Unmap(), uint16(sa.Port))
		if m, err := unix.GetsockoptIPv6MTUInfo(fd, unix.SOL_IPV6, soOriginalDst); err == nil {
			port := *(*[2]byte)(unsafe.Pointer(&m.Addr.Port)) // in network order
			to = netip.AddrPortFrom(netip.AddrFrom16(m.Addr.Addr), uint16(port[0])<<8|uint16(port[1]))
		}
	}
	return local, to
}

// The kernel tracks connections, and a packet of one that it knows keeps the way
// of the first. So those of questions are forgotten when the way changes: by the
// kernel itself (CTA_FILTER, Linux 5.8, and CTA_STATUS, 5.15), because there may
// be thousands and the family waits.

// forgetDirect makes the kernel forget the questions that go past the service.
// A connection counts from its first packet, and that is the resolver's where an
// answer came after the question was forgotten: so those from port 53 go too.
func forgetDirect() error {
	return errors.Join(forget(nl.CTA_PROTO_DST_PORT, 0), forget(nl.CTA_PROTO_SRC_PORT, 0))
}

// forgetRedirected makes the kernel forget those that come to the service.
func forgetRedirected() error { return forget(nl.CTA_PROTO_DST_PORT, statusDNAT) }

// Of linux/netfilter/nfnetlink_conntrack.h and nf_conntrack_common.h, and the
// flags of CTA_FILTER.
const (
	ctDelete           = 2 // IPCTNL_MSG_CT_DELETE
	ctaFilter          = 25
	ctaStatusMask      = 26
	ctaFilterOrigFlags = 1
	filterProtocol     = 1 << 3
	filterFromPort     = 1 << 4
	filterToPort       = 1 << 5
	statusDNAT         = 1 << 5
)

// forget deletes the connections of which a port is 53, and whose destination is
// translated or not.
func forget(port int, status uint32) error {
	filtered := uint32(filterProtocol | filterToPort)
	if port == nl.CTA_PROTO_SRC_PORT {
		filtered = filterProtocol | filterFromPort
	}
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		for _, protocol := range []byte{unix.IPPROTO_UDP, unix.IPPROTO_TCP} {
			req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_CTNETLINK<<8|ctDelete, unix.NLM_F_ACK)
			req.AddData(&nl.Nfgenmsg{NfgenFamily: family, Version: 1}) // version 0 disregards the family
			tuple := nl.NewRtAttr(unix.NLA_F_NESTED|nl.CTA_TUPLE_ORIG, nil)
			proto := tuple.AddRtAttr(unix.NLA_F_NESTED|nl.CTA_TUPLE_PROTO, nil)
			proto.AddRtAttr(nl.CTA_PROTO_NUM, []byte{protocol})
			proto.AddRtAttr(port, binary.BigEndian.AppendUint16(nil, 53))
			req.AddData(tuple)
			filter := nl.NewRtAttr(unix.NLA_F_NESTED|ctaFilter, nil)
			filter.AddRtAttr(ctaFilterOrigFlags, nl.Uint32Attr(filtered))
			req.AddData(filter)
			req.AddData(nl.NewRtAttr(nl.CTA_STATUS, binary.BigEndian.AppendUint32(nil, status)))
			req.AddData(nl.NewRtAttr(ctaStatusMask, binary.BigEndian.AppendUint32(nil, statusDNAT)))
			if _, err := req.Execute(unix.NETLINK_NETFILTER, 0); err != nil {
				return fmt.Errorf("making the kernel forget the questions under way: %w", err)
			}
		}
	}
	return nil
}
