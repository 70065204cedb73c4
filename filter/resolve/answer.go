package resolve

import (
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter"
)

// A turn is what all packets of one batch are answered with: the same rules at
// the same time.
type turn struct {
	rules *filter.Rules
	at    time.Time
	nanos int64 // at, by the server's clock
	from  *groups
}

func (s *Server) turn() turn {
	at, nanos := s.now()
	return turn{rules: s.config.Decider.Now(), at: at, nanos: nanos, from: s.groups.Load()}
}

// answer does with p all that can be done at once. It returns ask, with the
// verdict, for an open question that only an upstream can answer.
func (s *Server) answer(p *packet, t *turn, stream bool) (step, filter.Verdict) {
	if step := p.read(t.rules.Key(), stream); step != ask {
		return step, filter.Verdict{}
	}
	v := s.decide(p, t)
	switch {
	case v.Blocked():
		s.seen(t.rules, p.audience, &p.name, v)
		p.block(v.Action)
		return send, v
	case p.local(), p.checkup(t.rules):
		return send, v
	case p.qtype == dns.TypeANY:
		p.any()
		return send, v
	case v.Rewrite != 0 && p.qtype == dns.TypeHTTPS:
		p.nothing(dns.RcodeSuccess) // the engine's own record would lead round the rewrite
		return send, v
	case v.Reason == filter.Protected:
		return ask, v // never in our cache
	}
	name := &p.name
	if v.Rewrite != 0 {
		name = &p.target
		t.rules.Key().Text(t.rules.Rewrite(v.Rewrite), name)
	}
	if p.to = s.bound(p, t); p.to == nil {
		p.refuse(dns.RcodeServerFailure)
		return send, v
	}
	k := p.key(p.to.source)
	e := s.kept(k).get(name, k)
	if e == nil {
		return ask, v
	}
	left := e.left(t.nanos)
	if left <= 0 {
		return ask, v
	}
	s.serve(p, t, v, e, ttl(left))
	return send, v
}

// key returns what an answer to p from a source is kept under, but for the name.
func (p *packet) key(from source) key {
	return key{from: from, qtype: p.qtype, do: p.do, cd: p.cd}
}

// serve answers p, whose question is open, with e, unless what the answer leads
// to is closed.
func (s *Server) serve(p *packet, t *turn, v filter.Verdict, e *entry, ttl uint32, why ...uint16) {
	if !v.Fixed {
		for targets := e.targets; len(targets) > 0; {
			n, ok := t.rules.Key().Wire(targets, &p.target)
			if !ok {
				break
			}
			if closed := s.target(p, t, v); closed.Blocked() {
				s.seen(t.rules, p.audience, &p.target, closed)
				p.block(closed.Action)
				return
			}
			targets = targets[n:]
		}
	}
	switch {
	case e.private && !mayBePrivate(p, t, v):
		p.nothing(dns.RcodeSuccess, dns.ExtendedErrorCodeFiltered)
	case v.Rewrite != 0 && e.rcode != dns.RcodeSuccess && p.standIn(t.rules.Addresses(v.Rewrite)):
	case v.Rewrite != 0:
		p.addresses(e, ttl)
	default:
		p.answer(e, ttl, why...)
	}
}

// mayBePrivate reports whether p's name may have an address of a private
// network: it is the network's own, or the guardian has said so.
func mayBePrivate(p *packet, t *turn, v filter.Verdict) bool {
	if v.Reason == filter.Plumbing || v.Reason == filter.Protected {
		return true
	}
	if allowed := t.rules.Policy().Rebinding; len(allowed) > 0 {
		name := filter.Name(p.name.Bytes())
		for _, parent := range allowed {
			if name.Under(parent) {
				return true
			}
		}
	}
	return false
}

func (s *Server) seen(r *filter.Rules, a filter.Audience, name *filter.Suffixes, v filter.Verdict) {
	if s.config.Seen != nil && !v.Private {
		s.config.Seen(r, a, name, v)
	}
}
