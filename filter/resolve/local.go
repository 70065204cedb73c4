package resolve

import "github.com/miekg/dns"

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
