package resolve_test

import (
	"bytes"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lessonguard/filter"
	"lessonguard/filter/resolve"
)

// packets returns the packet path of a server that has one answer in its cache.
func packets(t testing.TB) *resolve.Packets {
	t.Helper()
	d := &decider{}
	d.set(nil)
	s, err := resolve.Listen(t.Context(), resolve.Config{
		Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0")}, Decider: d,
		Resolvers: func() resolve.Resolvers { return resolve.Resolvers{} },
		Seen:      func(*filter.Rules, filter.Audience, *filter.Suffixes, filter.Verdict) {},
		Log:       slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p := s.Packets()
	for _, kept := range []struct {
		name    string
		qtype   uint16
		records []string
	}{
		{"open.example.", dns.TypeA, []string{"open.example. 300 IN A 192.0.2.1", "open.example. 300 IN A 192.0.2.2"}},
		{"alias.example.", dns.TypeA, []string{"alias.example. 300 IN CNAME open.example.", "open.example. 300 IN A 192.0.2.1"}},
		{"cloak.example.", dns.TypeA, []string{"cloak.example. 300 IN CNAME www.porn.example.", "www.porn.example. 300 IN A 192.0.2.1"}},
		{"long.example.", dns.TypeTXT, []string{`long.example. 300 IN TXT "` + strings.Repeat("x", 255) + `" "` + strings.Repeat("y", 255) + `" "z"`}},
		{"safe.search.example.", dns.TypeA, []string{"safe.search.example. 300 IN A 192.0.2.9"}},
	} {
		m := new(dns.Msg).SetReply(query(kept.name, kept.qtype))
		m.Compress = true
		for _, text := range kept.records {
			rr, err := dns.NewRR(text)
			if err != nil {
				t.Fatal(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		if err := p.Keep(m); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func wire(t testing.TB, q *dns.Msg) []byte {
	t.Helper()
	b, err := q.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// room returns msg in a buffer as large as a socket's.
func room(msg []byte) []byte { return append(make([]byte, 0, 2048), msg...) }

// TestBadPackets: what is no question is answered with what is wrong with it, or
// not at all.
func TestBadPackets(t *testing.T) {
	good := wire(t, query("porn.example.", dns.TypeA))
	edit := func(change func(m []byte) []byte) []byte { return change(bytes.Clone(good)) }
	opt := "\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00"
	for _, tt := range []struct {
		why  string
		msg  []byte
		want string // empty: silence
	}{
		{"nothing", nil, ""},
		{"half a header", good[:11], ""},
		{"an answer", edit(func(m []byte) []byte { m[2] |= 0x80; return m }), ""},
		{"a header alone", good[:12], "FORMERR"},
		{"no question", edit(func(m []byte) []byte { m[5] = 0; return m }), "FORMERR"},
		{"two questions", edit(func(m []byte) []byte { m[5] = 2; return append(m, m[12:]...) }), "FORMERR"},
		{"a question cut short", good[:len(good)-1], "FORMERR"},
		{"a name that points to itself", append(bytes.Clone(good[:12]), 0xc0, 12, 0, 1, 0, 1), "FORMERR"},
		{"a label of 64 bytes", append(bytes.Clone(good[:12]), append([]byte{64}, make([]byte, 80)...)...), "FORMERR"},
		{"a name that is too long", append(bytes.Clone(good[:12]), append(bytes.Repeat([]byte("\x3f"+strings.Repeat("a", 63)), 4), 0, 0, 1, 0, 1)...), "FORMERR"},
		{"a record that is not there", edit(func(m []byte) []byte { m[11] = 1; return m }), "FORMERR"},
		{"two OPT records", edit(func(m []byte) []byte { m[11] = 2; return append(m, opt+opt...) }), "FORMERR; OPT 1232"},
		{"an OPT record among the answers", edit(func(m []byte) []byte { m[7] = 1; return append(m, opt...) }), "FORMERR"},
		{"an OPT record that is not the root's", edit(func(m []byte) []byte { m[11] = 1; return append(m, "\x01a"+opt...) }), "FORMERR"},
		{"an option longer than its record", edit(func(m []byte) []byte {
			m[11] = 1
			return append(m, "\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x05\x00\x0a\x00\x09x"...)
		}), "FORMERR"},
		{"EDNS version 1", edit(func(m []byte) []byte {
			m[11] = 1
			return append(m, "\x00\x00\x29\x10\x00\x00\x01\x00\x00\x00\x00"...)
		}), "BADSIG; OPT 1232"}, // as miekg/dns calls 16, which is BADVERS here
		{"a notification", edit(func(m []byte) []byte { m[2] |= 4 << 3; return m }), "NOTIMP"},
		{"an update", edit(func(m []byte) []byte { m[2] |= 5 << 3; return m }), "NOTIMP"},
		{"class CHAOS", edit(func(m []byte) []byte { m[len(m)-1] = 3; return m }), "REFUSED"},
		{"class ANY", edit(func(m []byte) []byte { m[len(m)-1] = 255; return m }), "REFUSED"},
		{"a zone transfer", edit(func(m []byte) []byte { m[len(m)-3] = 252; return m }), "REFUSED"},
		{"bytes after the question", edit(func(m []byte) []byte { return append(m, 1, 2, 3) }), "NOERROR; porn.example. 10 IN A 0.0.0.0"},
	} {
		for _, stream := range []bool{false, true} {
			answer, open := packets(t).Answer(room(tt.msg), stream)
			got := ""
			if answer != nil {
				m := new(dns.Msg)
				if err := m.Unpack(answer); err != nil {
					t.Errorf("%s: %v", tt.why, err)
				}
				if got = summary(m); m.Id != uint16(tt.msg[0])<<8|uint16(tt.msg[1]) || !m.Response {
					t.Errorf("%s: the answer has id %d, QR %v", tt.why, m.Id, m.Response)
				}
			}
			if got != tt.want || open {
				t.Errorf("%s: got %q, open %v, want %q", tt.why, got, open, tt.want)
			}
		}
	}
}

// TestFlags: what the answer's header and OPT record repeat of the question's.
func TestFlags(t *testing.T) {
	p := packets(t)
	for _, name := range []string{"porn.example.", "open.example.", "mask.icloud.com."} {
		for bits := range 16 {
			q := query(name, dns.TypeA)
			q.RecursionDesired, q.CheckingDisabled, q.AuthenticatedData = bits&1 != 0, bits&2 != 0, bits&4 != 0
			q.Zero = bits&8 != 0
			if name == "open.example." && q.CheckingDisabled {
				continue // kept under another key
			}
			q.SetEdns0(512, false)
			answer, _ := p.Answer(room(wire(t, q)), false)
			m := new(dns.Msg)
			if err := m.Unpack(answer); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if m.RecursionDesired != q.RecursionDesired || m.CheckingDisabled != q.CheckingDisabled ||
				!m.RecursionAvailable || m.Authoritative || m.AuthenticatedData || m.Truncated || m.Zero {
				t.Errorf("%s with %+v: answered with %+v", name, q.MsgHdr, m.MsgHdr)
			}
		}
	}
	q := query("porn.example.", dns.TypeA)
	q.SetEdns0(4096, true)
	m := new(dns.Msg)
	if answer, _ := p.Answer(room(wire(t, q)), false); m.Unpack(answer) != nil || !m.IsEdns0().Do() {
		t.Error("the DO bit did not come back (RFC 3225)")
	}
}

// TestSize: an answer that is longer than the client takes is cut, over UDP.
func TestSize(t *testing.T) {
	p := packets(t)
	for _, tt := range []struct {
		size   uint16 // 0: no EDNS
		stream bool
		cut    bool
	}{{0, false, true}, {512, false, true}, {100, false, true}, {600, false, false}, {65535, false, false}, {0, true, false}} {
		q := query("long.example.", dns.TypeTXT)
		if tt.size > 0 {
			q.SetEdns0(tt.size, false)
		}
		answer, _ := p.Answer(room(wire(t, q)), tt.stream)
		m := new(dns.Msg)
		if err := m.Unpack(answer); err != nil {
			t.Fatal(err)
		}
		if m.Truncated != tt.cut || len(m.Answer) == 0 != tt.cut || (m.IsEdns0() != nil) != (tt.size > 0) {
			t.Errorf("size %d, TCP %v: TC %v with %d records, OPT %v", tt.size, tt.stream, m.Truncated, len(m.Answer), m.IsEdns0())
		}
	}
}

// built is the answer to q that miekg/dns makes from the design's page, for a
// name that is listed; the packet path has to give the same.
func built(q *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	m.AuthenticatedData = false
	hdr := dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 10}
	why := []uint16{dns.ExtendedErrorCodeFiltered}
	switch hdr.Rrtype {
	case dns.TypeA:
		m.Answer = []dns.RR{&dns.A{Hdr: hdr, A: make([]byte, 4)}}
		why = append(why, dns.ExtendedErrorCodeForgedAnswer)
	case dns.TypeAAAA:
		m.Answer = []dns.RR{&dns.AAAA{Hdr: hdr, AAAA: make([]byte, 16)}}
		why = append(why, dns.ExtendedErrorCodeForgedAnswer)
	default:
		hdr.Rrtype = dns.TypeSOA
		m.Ns = []dns.RR{&dns.SOA{Hdr: hdr, Ns: "localhost.", Mbox: "nobody.invalid.", Serial: 1, Refresh: 3600, Retry: 1200, Expire: 604800, Minttl: 10}}
	}
	if opt := q.IsEdns0(); opt != nil {
		m.SetEdns0(1232, opt.Do())
		for _, code := range why {
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: code})
		}
	}
	return m
}

// FuzzPacket: whatever comes in, nothing breaks; what is answered is a message
// to the question that was asked; and a listed name is answered as miekg/dns
// would have built the answer.
func FuzzPacket(f *testing.F) {
	for _, name := range []string{".", "porn.example.", "WWW.Porn.Example.", "open.example.", "alias.example.", "cloak.example.", "long.example.", "www.search.example.", "localhost.", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t.u.v.w.x.y.z.porn.example.", `a\.b.porn.example.`} {
		for _, qtype := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeHTTPS, dns.TypeTXT, dns.TypeANY, dns.TypeIXFR} {
			q := query(name, qtype)
			f.Add(wire(f, q), false)
			q.SetEdns0(1400, true)
			f.Add(wire(f, q), true)
			q.IsEdns0().Option = append(q.IsEdns0().Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: "0102030405060708"})
			f.Add(wire(f, q), false)
		}
	}
	p := packets(f)
	f.Fuzz(func(t *testing.T, msg []byte, stream bool) {
		if len(msg) > 2048 {
			return
		}
		answer, open := p.Answer(room(msg), stream)
		if answer == nil {
			return
		}
		if open {
			t.Fatal("answered, and to be asked upstream")
		}
		if !stream && len(answer) > 1232 {
			t.Fatalf("%d bytes over UDP", len(answer))
		}
		got := new(dns.Msg)
		if err := got.Unpack(answer); err != nil {
			t.Fatalf("the answer to %x cannot be read: %v: %x", msg, err, answer)
		}
		if !got.Response || !bytes.Equal(answer[:2], msg[:2]) {
			t.Fatalf("the answer to %x is no answer: %x", msg, answer)
		}
		if len(got.Question) == 0 {
			if got.Rcode != dns.RcodeFormatError && got.Rcode != dns.RcodeNotImplemented {
				t.Fatalf("the answer to %x has no question: %x", msg, answer)
			}
			return
		}
		_, end, err := dns.UnpackDomainName(msg, 12)
		if err != nil || !bytes.Equal(msg[12:end+4], answer[12:end+4]) {
			t.Fatalf("the answer to %x repeats another question: %x", msg, answer)
		}
		q := new(dns.Msg)
		if err := q.Unpack(msg); err != nil || got.Rcode != dns.RcodeSuccess || q.Truncated || q.Authoritative ||
			!strings.HasSuffix(strings.ToLower(q.Question[0].Name), ".porn.example.") {
			return
		}
		if opt := q.IsEdns0(); opt != nil && opt.Version() != 0 {
			return
		}
		q.Response = false
		if want := built(q); got.String() != want.String() {
			t.Fatalf("got\n%v\nwant\n%v", got, want)
		}
	})
}

// FuzzAnswer: whatever a resolver answers, what goes on to the client is refused
// or a message to the question that was asked.
func FuzzAnswer(f *testing.F) {
	q := query("a.open.example.", dns.TypeA)
	for _, records := range [][]string{
		{"a.open.example. 60 IN A 192.0.2.1"},
		{"a.open.example. 60 IN CNAME b.open.example.", "b.open.example. 60 IN A 192.0.2.1"},
		{"a.open.example. 60 IN HTTPS 1 . alpn=h3 ipv4hint=192.0.2.1"},
		{`a.open.example. 60 IN TXT "x"`, "a.open.example. 60 IN SRV 1 2 3 x.example."},
		{"a.open.example. 60 IN SOA ns.example. root.example. 1 3600 600 86400 60"},
		{"open.example. 60 IN DNAME other.example."},
	} {
		m := new(dns.Msg).SetReply(q)
		m.Compress = len(records) > 1
		for _, text := range records {
			rr, err := dns.NewRR(text)
			if err != nil {
				f.Fatal(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		f.Add(wire(f, m)[12:])
		m.Answer, m.Ns = nil, m.Answer
		m.SetEdns0(1232, false)
		f.Add(wire(f, m)[12:])
	}
	asked := wire(f, q)
	// Records that miekg/dns reads and prints differently: a SOA without data,
	// an NSEC3 that is cut short.
	f.Add(append(bytes.Clone(asked[12:]), "\x00\x00\x06000000\x00\x00"...))
	f.Add(append(bytes.Clone(asked[12:]), "\x00\x002000000\x00\x0500000"...))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer := append(append(bytes.Clone(asked[:2]), 0x81, 0x80, 0, 1, 0, 2, 0, 1, 0, 1), body...)
		for _, limit := range []int{512, 65535} {
			relayed := resolve.Relay(room(asked), bytes.Clone(answer), limit)
			if relayed == nil {
				continue
			}
			m := new(dns.Msg)
			if err := m.Unpack(relayed); err != nil || len(relayed) > limit || !bytes.Equal(relayed[12:len(asked)], asked[12:]) {
				t.Fatalf("%x was handed on as %x: %v", answer, relayed, err)
			}
		}
	})
}

// TestAllocations: nothing is allocated for a name that is closed or cached.
func TestAllocations(t *testing.T) {
	p := packets(t)
	for _, tt := range []struct {
		name  string
		qtype uint16
	}{
		{"www.porn.example.", dns.TypeA},
		{"www.porn.example.", dns.TypeHTTPS},
		{"open.example.", dns.TypeA},
		{"alias.example.", dns.TypeA},
		{"cloak.example.", dns.TypeA},
		{"long.example.", dns.TypeTXT},
		{"www.search.example.", dns.TypeA},
		{"localhost.", dns.TypeAAAA},
		{"open.example.", dns.TypeANY},
	} {
		q := query(tt.name, tt.qtype)
		q.SetEdns0(1232, false)
		msg, buf := wire(t, q), make([]byte, 0, 2048)
		if got := testing.AllocsPerRun(100, func() {
			if answer, _ := p.Answer(append(buf, msg...), false); answer == nil {
				t.Fatal("not answered")
			}
		}); got != 0 {
			t.Errorf("%s %s: %v allocations, want 0", tt.name, dns.TypeToString[tt.qtype], got)
		}
	}
}

func BenchmarkPacket(b *testing.B) {
	p := packets(b)
	for _, bm := range []struct{ why, name string }{
		{"blocked", "www.porn.example."}, {"cached", "open.example."}, {"alias", "alias.example."}, {"rewritten", "www.search.example."},
	} {
		b.Run(bm.why, func(b *testing.B) {
			msg, buf := wire(b, query(bm.name, dns.TypeA)), make([]byte, 0, 2048)
			b.ReportAllocs()
			for b.Loop() {
				p.Answer(append(buf, msg...), false)
			}
		})
	}
}
