package resolve

import (
	"encoding/binary"

	"github.com/miekg/dns"

	"lessonguard/filter"
)

// A packet is one query, and then the answer to it in the same bytes. A message
// parsed into values and printed again costs more than everything else that is
// done for a closed or cached name, so that these are read and answered here.
type packet struct {
	msg   []byte // the query; once answered, the answer
	limit int    // the longest answer that the client takes
	end   int    // where the question ends
	qtype uint16
	edns  bool // the query carried EDNS, so the answer does
	do    bool // DNSSEC records are wanted (RFC 3225)
	cd    bool // and are not to be checked upstream
	ad    bool // the client understands the AD bit (RFC 6840 section 5.7)

	from     caller
	audience filter.Audience // whose question it is
	theirs   bool            // audience is known, or cannot be
	to       *group          // whom it is asked, once it is open

	name   filter.Suffixes // the question's
	target filter.Suffixes // room for that of an alias
}

const (
	headerSize  = 12
	minLimit    = 512   // of a client without EDNS (RFC 1035)
	udpLimit    = 1232  // the size that EDNS answers announce and keep to (DNS flag day 2020)
	streamLimit = 65535 // over TCP
	optSize     = 11    // of an OPT record without options
	blockTTL    = 10    // seconds; short, so that a name is soon open once it is allowed
	maxTTL      = 30    // seconds, of anything handed out, so that a closed name soon is
)

// A step is what is to be done next with a packet.
type step uint8

const (
	drop step = iota // nothing: whoever sent it awaits no answer
	send             // the packet holds the answer
	ask              // decide; later: ask upstream
)

// Flags in the second 16 bits of a header.
const (
	flagQR = 1 << 15
	flagTC = 1 << 9
	flagRD = 1 << 8
	flagRA = 1 << 7
	flagAD = 1 << 5
	flagCD = 1 << 4
	opcode = 0xf << 11
)

// read reads the query in p.msg. Where it cannot be answered as a question, the
// reason goes into the packet as the answer.
func (p *packet) read(key filter.HashKey, stream bool) step {
	p.edns, p.do, p.end, p.limit = false, false, headerSize, minLimit
	if len(p.msg) < headerSize {
		return drop
	}
	flags := binary.BigEndian.Uint16(p.msg[2:])
	if flags&flagQR != 0 {
		return drop // two servers that answered answers would never stop
	}
	p.cd, p.ad = flags&flagCD != 0, flags&flagAD != 0
	if flags&opcode != 0 {
		return p.refuse(dns.RcodeNotImplemented)
	}
	if binary.BigEndian.Uint16(p.msg[4:]) != 1 {
		return p.refuse(dns.RcodeFormatError)
	}
	n, ok := key.Wire(p.msg[headerSize:], &p.name)
	end := headerSize + n + 4
	if !ok || end > len(p.msg) {
		return p.refuse(dns.RcodeFormatError)
	}
	version, ok := p.readEDNS(end)
	if !ok {
		return p.refuse(dns.RcodeFormatError)
	}
	if stream {
		p.limit = streamLimit
	}
	p.end = end
	p.qtype = binary.BigEndian.Uint16(p.msg[end-4:])
	class := binary.BigEndian.Uint16(p.msg[end-2:])
	switch {
	case version != 0:
		return p.refuse(dns.RcodeBadVers)
	case class != dns.ClassINET,
		p.qtype == dns.TypeAXFR, p.qtype == dns.TypeIXFR, p.qtype == dns.TypeMAILA, p.qtype == dns.TypeMAILB,
		p.qtype == dns.TypeTSIG, p.qtype == dns.TypeTKEY, p.qtype == dns.TypeOPT, p.qtype == dns.TypeNone:
		return p.refuse(dns.RcodeRefused)
	}
	return ask
}

// readEDNS looks for the OPT record (RFC 6891) in what follows the question.
// It returns ok false if that is no row of records.
func (p *packet) readEDNS(at int) (version byte, ok bool) {
	m := p.msg
	additional := int(binary.BigEndian.Uint16(m[10:]))
	records := int(binary.BigEndian.Uint16(m[6:])) + int(binary.BigEndian.Uint16(m[8:])) + additional
	for ; records > 0; records-- {
		name := at
		if at, ok = skipName(m, at); !ok || at+10 > len(m) {
			return 0, false
		}
		fixed := m[at:]
		at += 10 + int(binary.BigEndian.Uint16(fixed[8:]))
		if at > len(m) {
			return 0, false
		}
		if binary.BigEndian.Uint16(fixed) != dns.TypeOPT {
			continue
		}
		if p.edns || m[name] != 0 || records > additional || !validOptions(fixed[10:at-name-1]) {
			return 0, false // RFC 6891 section 6.1.1: one, at the root, among the additional
		}
		p.edns, version, p.do = true, fixed[5], fixed[6]&0x80 != 0
		p.limit = min(max(int(binary.BigEndian.Uint16(fixed[2:])), minLimit), udpLimit)
	}
	return version, true
}

func validOptions(options []byte) bool {
	for len(options) > 0 {
		if len(options) < 4 {
			return false
		}
		size := 4 + int(binary.BigEndian.Uint16(options[2:]))
		if size > len(options) {
			return false
		}
		options = options[size:]
	}
	return true
}

// skipName returns where the name at m[at:] ends. It follows no pointer, so it
// ends even where pointers go in a circle.
func skipName(m []byte, at int) (int, bool) {
	for at < len(m) {
		switch size := int(m[at]); {
		case size == 0:
			return at + 1, true
		case size >= 0xc0:
			return at + 2, at+2 <= len(m)
		case size > 63:
			return 0, false
		default:
			at += 1 + size
		}
	}
	return 0, false
}

// start begins an answer: the header, and the question as it was asked, letter
// by letter, because clients check that (0x20).
func (p *packet) start(rcode int) {
	p.msg = p.msg[:p.end]
	flags := binary.BigEndian.Uint16(p.msg[2:])
	flags = flags&(opcode|flagRD|flagCD) | flagQR | flagRA | uint16(rcode&0xf)
	binary.BigEndian.PutUint16(p.msg[2:], flags)
	questions := uint16(1)
	if p.end == headerSize {
		questions = 0
	}
	p.counts(questions, 0, 0)
}

func (p *packet) counts(questions, answers, authority uint16) {
	binary.BigEndian.PutUint16(p.msg[4:], questions)
	binary.BigEndian.PutUint16(p.msg[6:], answers)
	binary.BigEndian.PutUint16(p.msg[8:], authority)
	binary.BigEndian.PutUint16(p.msg[10:], 0)
}

// finish puts the OPT record under an answer to a query that had one, with the
// Extended DNS Errors (RFC 8914) that say why. Without it systemd-resolved
// takes the server for one that knows no EDNS and asks it differently.
func (p *packet) finish(rcode int, why ...uint16) {
	if !p.edns {
		return
	}
	do := byte(0)
	if p.do {
		do = 0x80
	}
	p.msg = append(p.msg, 0, 0, byte(dns.TypeOPT), udpLimit>>8, udpLimit&0xff, byte(rcode>>4), 0, do, 0, 0, byte(6*len(why)))
	for _, e := range why {
		p.msg = append(p.msg, 0, dns.EDNS0EDE, 0, 2, byte(e>>8), byte(e))
	}
	p.msg[11] = 1
}

// refuse answers with an error and nothing else.
func (p *packet) refuse(rcode int, why ...uint16) step {
	p.start(rcode)
	p.finish(rcode, why...)
	return send
}

// block answers a closed question. A and AAAA get an address that leads
// nowhere, because a name that does not exist would send the client on to the
// network's search list.
func (p *packet) block(action filter.Action) {
	switch {
	case action == filter.Block && p.qtype == dns.TypeA:
		p.start(dns.RcodeSuccess)
		p.record(blockTTL, nowhere[:4])
		p.finish(dns.RcodeSuccess, dns.ExtendedErrorCodeFiltered, dns.ExtendedErrorCodeForgedAnswer)
	case action == filter.Block && p.qtype == dns.TypeAAAA:
		p.start(dns.RcodeSuccess)
		p.record(blockTTL, nowhere[:16])
		p.finish(dns.RcodeSuccess, dns.ExtendedErrorCodeFiltered, dns.ExtendedErrorCodeForgedAnswer)
	case action == filter.NoName:
		p.nothing(dns.RcodeNameError, dns.ExtendedErrorCodeFiltered)
	default:
		p.nothing(dns.RcodeSuccess, dns.ExtendedErrorCodeFiltered)
	}
}

// The addresses that answers by us hold: nowhere is 0.0.0.0 and ::, home 127.0.0.1 and ::1.
var (
	nowhere = [16]byte{}
	home4   = [4]byte{127, 0, 0, 1}
	home6   = [16]byte{15: 1}
)

// record adds an answer record of the type that was asked for, under the name
// that was.
func (p *packet) record(ttl uint32, data []byte) {
	p.msg = append(p.msg, 0xc0, headerSize, byte(p.qtype>>8), byte(p.qtype), 0, byte(dns.ClassINET))
	p.msg = binary.BigEndian.AppendUint32(p.msg, ttl)
	p.msg = append(p.msg, byte(len(data)>>8), byte(len(data)))
	p.msg = append(p.msg, data...)
	p.msg[7]++
}

// nothing answers that there is no such record, or name, with the SOA that lets
// clients remember it for a short while (RFC 2308).
func (p *packet) nothing(rcode int, why ...uint16) {
	p.start(rcode)
	p.msg = append(p.msg, soa...)
	p.msg[9] = 1
	p.finish(rcode, why...)
}

// soa is the record of the zone that answers by us are in: the question's own
// name, and what unbound puts into its local zones.
const soa = "\xc0\x0c\x00\x06\x00\x01\x00\x00\x00\x0a\x00\x2f" +
	"\x09localhost\x00\x06nobody\x07invalid\x00" +
	"\x00\x00\x00\x01" + "\x00\x00\x0e\x10" + "\x00\x00\x04\xb0" + "\x00\x09\x3a\x80" + "\x00\x00\x00\x0a"

// any answers the question for all types with the record that RFC 8482 gives
// for it: nothing needs it, and its answers are the longest there are.
func (p *packet) any() {
	p.start(dns.RcodeSuccess)
	p.msg = append(p.msg, "\xc0\x0c\x00\x0d\x00\x01\x00\x00\x00\x1e\x00\x09\x07RFC8482\x00"...)
	p.msg[7] = 1
	p.finish(dns.RcodeSuccess)
}

// truncate answers that the answer is too long for the client, who asks again
// over TCP.
func (p *packet) truncate(rcode int) {
	p.start(rcode)
	p.msg[2] |= flagTC >> 8
	p.finish(rcode)
}
