package resolve

import (
	"github.com/miekg/dns"

	"lessonguard/filter"
)

// local answers names that never leave the PC, and reports whether p's was one:
// localhost (RFC 6761 section 6.3), invalid (section 6.4) and onion (RFC 7686).
// A resolver that was asked for them could answer what it liked.
func (p *packet) local() bool {
	if p.name.Len() == 0 {
		return false
	}
	switch string(p.name.Suffix(0)) {
	case "localhost":
		switch p.qtype {
		case dns.TypeA:
			p.start(dns.RcodeSuccess)
			p.record(maxTTL, home4[:])
			p.finish(dns.RcodeSuccess)
		case dns.TypeAAAA:
			p.start(dns.RcodeSuccess)
			p.record(maxTTL, home6[:])
			p.finish(dns.RcodeSuccess)
		default:
			p.nothing(dns.RcodeSuccess)
		}
	case "invalid", "onion":
		p.nothing(dns.RcodeNameError)
	default:
		return false
	}
	return true
}

// checkup answers the name by which a checkup finds out whether it is us that
// the PC asks, and reports whether p's was one.
func (p *packet) checkup(rules *filter.Rules) bool {
	addr, ok := rules.Checkup(&p.name)
	switch {
	case ok && p.qtype == dns.TypeA:
		a := addr.As4()
		p.start(dns.RcodeSuccess)
		p.record(maxTTL, a[:])
		p.finish(dns.RcodeSuccess)
	case ok:
		p.nothing(dns.RcodeSuccess)
	}
	return ok
}
