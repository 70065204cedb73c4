package resolve

import (
	"encoding/binary"
	"net/netip"

	"github.com/miekg/dns"
)

// addresses answers with the addresses in e under the name that was asked,
// which is how safe search answers for an engine.
func (p *packet) addresses(e *entry, ttl uint32) {
	if e.failed() {
		p.refuse(e.rcode)
		return
	}
	p.start(dns.RcodeSuccess)
	for _, at := range e.ttls {
		record := e.body[at-4:]
		size := int(binary.BigEndian.Uint16(record[8:]))
		if at > e.answerEnd || binary.BigEndian.Uint16(record) != p.qtype {
			continue
		}
		if len(p.msg)+12+size+optSize > min(p.limit, udpLimit) {
			break // some addresses are as good as all
		}
		p.record(ttl, record[10:10+size])
	}
	if len(p.msg) == p.end {
		p.nothing(dns.RcodeSuccess)
		return
	}
	p.finish(dns.RcodeSuccess)
}

// standIn answers with the addresses that are known of an engine's safe name, for
// while the name itself cannot be resolved, and reports whether there are any: a
// resolver that has not the name would else take the whole engine from the family.
func (p *packet) standIn(addrs []netip.Addr) bool {
	if len(addrs) == 0 {
		return false
	}
	p.start(dns.RcodeSuccess)
	for _, a := range addrs {
		if a.Is4() == (p.qtype == dns.TypeA) {
			p.record(blockTTL, a.AsSlice())
		}
	}
	if len(p.msg) == p.end {
		p.nothing(dns.RcodeSuccess)
		return true
	}
	p.finish(dns.RcodeSuccess)
	return true
}
