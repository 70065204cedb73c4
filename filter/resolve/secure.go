package resolve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	dnsproxy "github.com/AdguardTeam/dnsproxy/upstream"
	"github.com/miekg/dns"
)

// A secure upstream speaks DNS over TLS, HTTPS or QUIC.
//
// The library under it keeps connections for the next query, but takes no
// context: a query that nobody awaits any more goes on until secureTimeout. That
// is why each has a goroutine of its own, and why places are counted.
type secure struct {
	url     string
	options *dnsproxy.Options

	mu   sync.Mutex
	line *line
}

// A line is the connections to one resolver that the library keeps.
type line struct {
	dnsproxy.Upstream
	places chan struct{} // one for each query under way
	heard  atomic.Int64  // answers
}

const (
	// secureTimeout is how long the library may try, longer than any query
	// waits, so that a slow handshake is of use to the next.
	secureTimeout = 5 * time.Second
	// lineSilence is the longest that a query waits on a line that once answered:
	// see drop.
	lineSilence = probeTimeout
	// maxCrossing bounds the queries under way on one line: over TLS each has a
	// connection of its own.
	maxCrossing = 32
	// padding is what the lengths of queries are multiples of, so that they say
	// little about the name (RFC 8467 section 4.1).
	padding = 128
)

var (
	errLate        = errors.New("an encrypted resolver does not answer")
	errCertificate = errors.New("an encrypted resolver shows no certificate that vouches for its address")
	errUnreachable = errors.New("an encrypted resolver cannot be reached, or does not speak as its address says")
)

func newSecure(url string, roots *x509.CertPool, b dnsproxy.Resolver) *secure {
	return &secure{url: url, options: &dnsproxy.Options{
		// The library writes the names that are asked for, even into errors.
		Logger:    slog.New(slog.DiscardHandler),
		RootCAs:   roots,
		Bootstrap: b,
		Timeout:   secureTimeout,
	}}
}

func (u *secure) exchange(ctx context.Context, query []byte, wait time.Duration) ([]byte, error) {
	q, err := unpackQuery(query)
	if err != nil {
		return nil, err
	}
	l, err := u.open()
	if err != nil {
		return nil, err
	}
	before := l.heard.Load()
	if before > 0 {
		wait = min(wait, lineSilence)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case l.places <- struct{}{}:
	case <-timer.C:
		u.drop(l, before)
		return nil, errLate
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := make(chan heard, 1)
	go func() {
		defer func() { <-l.places }()
		done <- l.ask(q)
	}()
	select {
	case h := <-done:
		return h.answer, h.err
	case <-timer.C:
		u.drop(l, before)
		return nil, errLate
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// unpackQuery reads a query into the form that the library takes, with an id of
// its own, and padded.
func unpackQuery(query []byte) (*dns.Msg, error) {
	q := new(dns.Msg)
	if err := q.Unpack(query); err != nil {
		return nil, errBadAnswer // err may hold the name
	}
	q.Id = dns.Id()
	if opt := q.IsEdns0(); opt != nil {
		short := (len(query) + 4) % padding // 4: the option's own header
		opt.Option = append(opt.Option, &dns.EDNS0_PADDING{Padding: make([]byte, (padding-short)%padding)})
	}
	return q, nil
}

// open returns the line to the resolver.
func (u *secure) open() (*line, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.line == nil {
		up, err := dnsproxy.AddressToUpstream(u.url, u.options)
		if err != nil {
			return nil, fmt.Errorf("opening an encrypted resolver: %w", err) // holds the address alone
		}
		u.line = &line{Upstream: up, places: make(chan struct{}, maxCrossing)}
	}
	return u.line, nil
}

// drop gives up a line that once answered, and from which nothing came while a
// query waited in vain: the network may have changed under its connections, and
// the library would wait for them. A line that never answered is not given up,
// for it may still be being set up.
func (u *secure) drop(l *line, before int64) {
	if before == 0 || l.heard.Load() != before {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.line == l {
		u.line = nil
		go func() { _ = l.Close() }() // it waits for what is being dialled
	}
}

// close lets go of the connections. A query that still comes opens new ones.
func (u *secure) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.line != nil {
		_ = u.line.Close()
		u.line = nil
	}
}

// ask waits for the answer to q.
func (l *line) ask(q *dns.Msg) heard {
	m, err := l.Exchange(q)
	if err != nil {
		return heard{err: plainly(err)}
	}
	l.heard.Add(1)
	query, err := q.Pack()
	if err != nil {
		return heard{err: errBadAnswer}
	}
	m.Compress = true
	answer, err := m.Pack()
	if err != nil || matches(query, answer) == otherQuestion { // the library does not always look
		return heard{err: errBadAnswer}
	}
	return heard{answer: answer}
}

// plainly says what went wrong, without the library's words: they hold names.
func plainly(err error) error {
	var (
		certificate *tls.CertificateVerificationError
		unnamed     x509.HostnameError
		unknown     x509.UnknownAuthorityError
		expired     x509.CertificateInvalidError
	)
	switch {
	case errors.Is(err, errNoBootstrap):
		return errNoBootstrap
	case errors.As(err, &certificate), errors.As(err, &unnamed), errors.As(err, &unknown), errors.As(err, &expired):
		return errCertificate
	case errors.Is(err, context.DeadlineExceeded):
		return errLate
	}
	return errUnreachable
}
