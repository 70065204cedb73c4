package system

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"unsafe"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Origins tells where a redirected question was going, which only the kernel's
// connection tracking knows. It may be used by several goroutines.
type Origins struct{ kernel *kernelSockets }

// OpenOrigins opens the connections to the kernel that look-ups need.
func OpenOrigins() (*Origins, error) {
	kernel, err := openKernel(unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("opening connection tracking: %w", err)
	}
	return &Origins{kernel}, nil
}

// Close closes the connections. No look-up may be under way or follow.
func (o *Origins) Close() error { return o.kernel.close() }

// UDP returns where a packet was going that client sent and that came in at local,
// an address of the service. It reports false for a
// question that was asked of the service itself, and where the kernel has
// forgotten: a client that waits for 30 s asks again, and that is a new question.
func (o *Origins) UDP(client, local netip.AddrPort) (netip.AddrPort, bool) {
	_, to, ok := o.way("udp", client, local)
	return to, ok && to != netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
}

// way returns from which socket, and where to, the program sent what came in at
// local from client. Both may have been translated.
func (o *Origins) way(network string, client, local netip.AddrPort) (from, to netip.AddrPort, ok bool) {
	s := <-o.kernel.free
	defer func() { o.kernel.free <- s }()
	client, local = unmapped(client), unmapped(local)
	if client.Addr().Is4() != local.Addr().Is4() {
		return from, to, false
	}
	family := byte(unix.AF_INET)
	if client.Addr().Is6() {
		family = unix.AF_INET6
	}
	b := append(s.ask[:unix.SizeofNlMsghdr], family, 0, 0, 0) // struct nfgenmsg
	// The answer's way, local to client, is what nobody else's packets have.
	b = appendTuple(b, protocolOf(network), local, client)
	answer, err := s.request(unix.NFNL_SUBSYS_CTNETLINK<<8|ctGet, len(b))
	if err != nil || len(answer) < 4 {
		return from, to, false
	}
	return readTuple(find(answer[4:], nl.CTA_TUPLE_ORIG))
}

func protocolOf(network string) byte {
	if network == "tcp" {
		return unix.IPPROTO_TCP
	}
	return unix.IPPROTO_UDP
}

func unmapped(at netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
}

// appendTuple appends CTA_TUPLE_REPLY to b.
func appendTuple(b []byte, protocol byte, from, to netip.AddrPort) []byte {
	src, dst := uint16(nl.CTA_IP_V4_SRC), uint16(nl.CTA_IP_V4_DST)
	if from.Addr().Is6() {
		src, dst = nl.CTA_IP_V6_SRC, nl.CTA_IP_V6_DST
	}
	fromIP, toIP := from.Addr().AsSlice(), to.Addr().AsSlice()
	return nested(b, nl.CTA_TUPLE_REPLY, func(b []byte) []byte {
		b = nested(b, nl.CTA_TUPLE_IP, func(b []byte) []byte {
			return attribute(attribute(b, src, fromIP), dst, toIP)
		})
		return nested(b, nl.CTA_TUPLE_PROTO, func(b []byte) []byte {
			b = attribute(b, nl.CTA_PROTO_NUM, []byte{protocol})
			b = attribute(b, nl.CTA_PROTO_SRC_PORT, []byte{byte(from.Port() >> 8), byte(from.Port())})
			return attribute(b, nl.CTA_PROTO_DST_PORT, []byte{byte(to.Port() >> 8), byte(to.Port())})
		})
	})
}

// readTuple reads a tuple of the kernel's.
func readTuple(tuple []byte) (from, to netip.AddrPort, ok bool) {
	ip, proto := find(tuple, nl.CTA_TUPLE_IP), find(tuple, nl.CTA_TUPLE_PROTO)
	src, dst := find(ip, nl.CTA_IP_V4_SRC), find(ip, nl.CTA_IP_V4_DST)
	if src == nil {
		src, dst = find(ip, nl.CTA_IP_V6_SRC), find(ip, nl.CTA_IP_V6_DST)
	}
	srcIP, ok1 := netip.AddrFromSlice(src)
	dstIP, ok2 := netip.AddrFromSlice(dst)
	srcPort, dstPort := find(proto, nl.CTA_PROTO_SRC_PORT), find(proto, nl.CTA_PROTO_DST_PORT)
	if !ok1 || !ok2 || len(srcPort) != 2 || len(dstPort) != 2 {
		return from, to, false
	}
	return netip.AddrPortFrom(srcIP, binary.BigEndian.Uint16(srcPort)), netip.AddrPortFrom(dstIP, binary.BigEndian.Uint16(dstPort)), true
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
// kernel itself where it can choose among them, because there may be thousands
// and the family waits. It can dump by CTA_FILTER since Linux 5.8, but delete by
// it only since about 6.12; on an older one they are read and deleted one by one.

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
	ctGet              = 1 // IPCTNL_MSG_CT_GET
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
	err := whereKnown(
		func() error { return forgetAll(port, status) },
		func() error { return forgetEach(port, status == statusDNAT) },
	)
	if err != nil {
		return fmt.Errorf("making the kernel forget the questions under way: %w", err)
	}
	return nil
}

// whereKnown does it in the new way, or in the old one where the kernel does not
// know the new.
func whereKnown(newWay, oldWay func() error) error {
	err := newWay()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EOPNOTSUPP) {
		return oldWay()
	}
	return err
}

// forgetAll has the kernel choose them.
func forgetAll(port int, status uint32) error {
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
				return err
			}
		}
	}
	return nil
}

// forgetEach chooses them here.
func forgetEach(port int, translated bool) error {
	for _, family := range []netlink.InetFamily{unix.AF_INET, unix.AF_INET6} {
		_, err := netlink.ConntrackDeleteFilters(netlink.ConntrackTable, family, ofQuestions{port, translated})
		if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) { // one that came meanwhile comes the new way
			return err
		}
	}
	return nil
}

// ofQuestions matches the connections of which a port is 53, and whose destination
// is translated or not.
type ofQuestions struct {
	port       int // CTA_PROTO_SRC_PORT or CTA_PROTO_DST_PORT
	translated bool
}

// MatchConntrackFlow implements [netlink.CustomConntrackFilter].
func (q ofQuestions) MatchConntrackFlow(f *netlink.ConntrackFlow) bool {
	port := f.Forward.DstPort
	if q.port == nl.CTA_PROTO_SRC_PORT {
		port = f.Forward.SrcPort
	}
	asked := f.Forward.Protocol == unix.IPPROTO_UDP || f.Forward.Protocol == unix.IPPROTO_TCP
	translated := !f.Reverse.SrcIP.Equal(f.Forward.DstIP) || f.Reverse.SrcPort != f.Forward.DstPort
	return asked && port == 53 && translated == q.translated
}
