// Package resolve is the DNS server of the filter: it reads a question, asks
// the rules for the verdict, and answers on the spot, from its cache, or from
// an upstream.
//
// What is closed or cached is answered in the packet that asked, without a
// goroutine or an allocation (packet.go, batch_linux.go); the rest goes through
// github.com/miekg/dns. Encrypted resolvers are spoken to by
// github.com/AdguardTeam/dnsproxy. The package holds no policy and reads no list. It never
// writes the name of a site into a log or an error.
package resolve

import (
	"crypto/x509"
	"log/slog"
	"net/netip"
	"syscall"
	"time"

	"lessonguard/filter"
)

// A Decider gives the rules in force. It is asked for every batch of questions,
// so it must do no more than one atomic load.
type Decider interface {
	Now() *filter.Rules
}

// Config is what [Listen] makes a [Server] from.
type Config struct {
	// Addrs are the loopback addresses to answer on, over UDP and TCP.
	Addrs   []netip.AddrPort
	Decider Decider
	// Resolvers tells which resolvers to ask. It is called at the start and
	// before each round of probes, at most once a second, from one goroutine.
	Resolvers func() Resolvers
	// Seen, where it is set, is told of each question that was closed, except
	// those whose verdict is Private, and by which rules: others may be in force
	// by then, and an audience is a number in its own rules only. It stands in the path of the query: it
	// must not wait, nor keep s, which is used again; it is called from several
	// goroutines at once. Where an alias in the answer closed the question, s is
	// that alias.
	Seen func(r *filter.Rules, a filter.Audience, s *filter.Suffixes, v filter.Verdict)
	// Origin, where it is set, tells where a question was going before a hook
	// brought it here: a packet that came from client, in at local, which is one
	// of Addrs. It reports false for a question that was asked of us. It is called
	// for open questions only, in the path of the query and from several goroutines
	// at once. StreamOrigin is the same for a connection, and set with it.
	Origin       func(client, local netip.AddrPort) (to netip.AddrPort, ok bool)
	StreamOrigin func(conn syscall.Conn) (to netip.AddrPort, ok bool)
	// Asker, where it is set, tells the OS account whose program sent a question
	// over "udp" or "tcp", from client in at local. It reports false where that is not known, or where
	// the program asks on behalf of others. It is called only while accounts have
	// audiences of their own, in the path of the query and from several goroutines
	// at once.
	Asker func(network string, client, local netip.AddrPort) (account string, ok bool)
	// Unanswered, where it is set, is told of each question over UDP from when it
	// is read until it is answered, in the path of the query.
	Unanswered Unanswered
	// OnHealth, where it is set, is told of [Server.Health] after the first round
	// of probes, and then of each change.
	OnHealth func(Health)
	// CacheBytes bounds the memory of the cache; 0 is 2 MiB.
	CacheBytes int
	// Roots vouch for resolvers that are spoken to over TLS, HTTPS or QUIC; nil
	// is the system's.
	Roots *x509.CertPool
	Log   *slog.Logger
	// Clock tells the time; nil is [time.Now].
	Clock func() time.Time
}

// Unanswered notes questions, so that somebody can answer them should the
// service die. It may be called from several goroutines.
type Unanswered interface {
	// Add notes the message query, which client sent and which came in at local.
	// It returns what Done takes, and does not keep query.
	Add(client, local netip.AddrPort, query []byte) int
	// Done forgets the question.
	Done(int)
}

// Resolvers are the upstreams of this PC.
type Resolvers struct {
	// System are those that the network gave the PC, the preferred one first.
	// Where there are any, protected names are asked of these alone, whatever
	// the guardian chose: what the guardian chose may show the guardian what
	// was asked. Plain ones also say where a resolver is whose address holds a
	// name.
	System []Address
	// Chosen are those that the guardian chose instead; none: System.
	Chosen []Address
	// Apart are resolvers of the PC that know what no other does, as that of a VPN
	// which carries an office alone: what the system asks of one goes there,
	// whatever the guardian chose.
	Apart []netip.AddrPort
	// StandIns are the PC's routers. One is asked in the place of System while
	// none of System answers our probes; what a resolver that answers says, that it
	// cannot say too, is taken from it.
	StandIns []Address
	// Alone has the stand-ins probed, so that they count for [Health], and asked
	// nothing: the PC is behind a VPN, and its questions are none of its router's
	// business, answered or not.
	Alone bool
}
