package resolve

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// A key is what an answer is kept under. What one resolver said is never the
// answer to a question that goes to another.
type key struct {
	name  string // as [filter.Suffixes.Bytes] gives it
	from  source
	qtype uint16
	do    bool
	cd    bool
}

// An entry is one answer in the form in which it goes out again: the bytes of
// the message between the question and the additional records. Its compressed
// names point to the question, which the same name always makes equally long.
type entry struct {
	body      []byte
	answers   uint16
	authority uint16
	ttls      []uint16 // where in body the TTLs are
	answerEnd uint16   // where in body the answer records end
	rcode     int
	ad        bool
	private   bool          // an address in it is of a private network
	targets   []byte        // the names that it leads on to, in wire form
	life      time.Duration // how long it may be kept; 0: for this question only
	until     int64         // of life, in nanoseconds of the server's clock
}

// failed reports whether the resolver had no answer to give.
func (e *entry) failed() bool { return e.rcode != dns.RcodeSuccess && e.rcode != dns.RcodeNameError }

const (
	maxLife     = 24 * time.Hour
	maxNoLife   = time.Hour   // of a negative answer (RFC 2308 section 5 says one to three hours)
	failureLife = time.Second // of a failure (RFC 9520 section 3.2 says one second or more)
)

var errBadAnswer = errors.New("the answer is not a DNS message that answers the question")

// newEntry reads the message that answers the question in wire form; the two
// have been matched.
func newEntry(msg, question []byte) (*entry, error) {
	var m dns.Msg
	if err := m.Unpack(msg); err != nil {
		return nil, errBadAnswer // err may hold the name
	}
	qtype := binary.BigEndian.Uint16(question[len(question)-4:])
	e := &entry{rcode: m.Rcode, ad: m.AuthenticatedData}
	if e.failed() {
		e.rcode, e.life = dns.RcodeServerFailure, failureLife
		return e, nil
	}
	// It goes out again as we print it, and is judged by what we then read:
	// what came in may hold names that point into the header, or into records
	// that are left out, and say one thing here and another at the client.
	m.Extra, m.Compress = nil, true
	clean, err := m.Pack()
	if err != nil || m.Unpack(clean) != nil {
		return nil, errBadAnswer
	}
	if err := e.keep(clean, headerSize+len(question)); err != nil {
		return nil, err
	}
	e.life = lifetime(&m, qtype)
	for _, rr := range m.Answer {
		switch rr := rr.(type) {
		case *dns.A:
			e.private = e.private || isPrivate(rr.A)
		case *dns.AAAA:
			e.private = e.private || isPrivate(rr.AAAA)
		case *dns.CNAME:
			e.leadsTo(rr.Target)
		case *dns.HTTPS:
			e.service(&rr.SVCB)
		case *dns.SVCB:
			e.service(rr)
		}
	}
	return e, nil
}

// keep takes the answer and authority records out of msg, and notes where their
// TTLs are.
func (e *entry) keep(msg []byte, end int) error {
	// An answer without a question ends before end; one that grew past what a
	// message can be, as names were written out, has places that no uint16 holds.
	if end > len(msg) || len(msg) > dns.MaxMsgSize {
		return errBadAnswer
	}
	e.answers, e.authority = binary.BigEndian.Uint16(msg[6:]), binary.BigEndian.Uint16(msg[8:])
	at := end
	for i := range e.answers + e.authority {
		ttl, ok := skipName(msg, at)
		if !ok || ttl+10 > len(msg) {
			return errBadAnswer
		}
		at = ttl + 10 + int(binary.BigEndian.Uint16(msg[ttl+8:]))
		if at > len(msg) {
			return errBadAnswer
		}
		e.ttls = append(e.ttls, uint16(ttl+4-end))
		if i < e.answers {
			e.answerEnd = uint16(at - end)
		}
	}
	e.body = msg[end:at:at]
	return nil
}

// lifetime is how long m may be kept: as long as its shortest-lived record, or,
// where it says that there is nothing, as long as the zone's SOA says (RFC
// 2308); without one it is not kept.
func lifetime(m *dns.Msg, qtype uint16) time.Duration {
	life, found := uint32(maxLife/time.Second), false
	for _, rr := range m.Answer {
		life = min(life, rr.Header().Ttl)
		found = found || rr.Header().Rrtype == qtype
	}
	if found && m.Rcode == dns.RcodeSuccess {
		return time.Duration(life) * time.Second
	}
	for _, rr := range m.Ns {
		if soa, ok := rr.(*dns.SOA); ok {
			return min(time.Duration(min(life, soa.Hdr.Ttl, soa.Minttl))*time.Second, maxNoLife)
		}
	}
	return 0
}

// leadsTo notes a name that the answer leads on to.
func (e *entry) leadsTo(name string) {
	var wire [256]byte
	if n, err := dns.PackDomainName(name, wire[:], 0, nil, false); err == nil {
		e.targets = append(e.targets, wire[:n]...)
	}
}

// service notes what a service record (RFC 9460) says: the name it leads on to,
// as an alias does, and the addresses it gives with it.
func (e *entry) service(rr *dns.SVCB) {
	if rr.Target != "." {
		e.leadsTo(rr.Target)
	}
	for _, value := range rr.Value {
		switch hint := value.(type) {
		case *dns.SVCBIPv4Hint:
			for _, ip := range hint.Hint {
				e.private = e.private || isPrivate(ip)
			}
		case *dns.SVCBIPv6Hint:
			for _, ip := range hint.Hint {
				e.private = e.private || isPrivate(ip)
			}
		}
	}
}

// size is about how much memory the entry takes, kept under name.
func (e *entry) size(name string) int {
	return 350 + len(name) + len(e.body) + 2*len(e.ttls) + len(e.targets)
}

// answer puts e into p as the answer, with ttl for all its records: that none
// lives longer than the shortest-lived is the truth about the whole.
func (p *packet) answer(e *entry, ttl uint32, why ...uint16) {
	p.start(e.rcode)
	room := 0
	if p.edns {
		room = optSize + 6*len(why)
	}
	if p.end+len(e.body)+room > p.limit {
		p.truncate(e.rcode)
		return
	}
	if e.ad && (p.ad || p.do) {
		p.msg[3] |= flagAD
	}
	p.msg = append(p.msg, e.body...)
	for _, at := range e.ttls {
		binary.BigEndian.PutUint32(p.msg[p.end+int(at):], ttl)
	}
	p.counts(1, e.answers, e.authority)
	p.finish(e.rcode, why...)
}

// private are the networks that no name of the public internet has business to
// lead into: a page under such a name could talk to the family's router or to
// programs on this PC (DNS rebinding).
var private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("::/127"), // unspecified and loopback
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
}

func isPrivate(ip []byte) bool {
	addr, ok := netip.AddrFromSlice(ip)
	if !ok {
		return false
	}
	addr = addr.Unmap() // ::ffff:192.168.1.1 is reached as 192.168.1.1
	for _, p := range private {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
