package resolve_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"

	"lessonguard/filter/resolve"
)

// identity makes a certificate for dns.example and 127.0.0.1, and the roots that
// vouch for it.
func identity(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"dns.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, roots
}

// reply catches what a handler answers.
type reply struct {
	dns.ResponseWriter
	msg []byte
}

func (r *reply) WriteMsg(m *dns.Msg) (err error) {
	r.msg, err = m.Pack()
	return err
}

// secure speaks encrypted DNS in front of up.
type secure struct {
	up    *upstream
	port  string
	conns atomic.Int64 // that were opened
	odd   atomic.Int64 // queries that are not padded

	mu   sync.Mutex
	mute map[net.Conn]bool // connections on which nothing is answered any more
}

// counted counts connections.
type counted struct {
	net.Listener
	*secure
}

func (c counted) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.conns.Add(1)
	}
	return conn, err
}

func (s *secure) answer(query []byte) []byte {
	if len(query)%128 != 0 {
		s.odd.Add(1)
	}
	q, r := new(dns.Msg), &reply{}
	if q.Unpack(query) != nil {
		return nil
	}
	s.up.ServeDNS(r, q)
	return r.msg
}

// stop has every connection that is open now fall silent.
func (s *secure) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.mute {
		s.mute[conn] = true
	}
}

// newSecure serves up by a scheme.
func newSecure(t *testing.T, scheme string, up *upstream, cert tls.Certificate) *secure {
	t.Helper()
	s := &secure{up: up, mute: map[net.Conn]bool{}}
	var at net.Addr
	switch scheme {
	case "tls":
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at = l.Addr()
		t.Cleanup(func() { l.Close() })
		go s.serveTLS(tls.NewListener(counted{l, s}, &tls.Config{Certificates: []tls.Certificate{cert}}))
	case "https":
		srv := httptest.NewUnstartedServer(http.HandlerFunc(s.serveHTTP))
		srv.Listener = counted{srv.Listener, s}
		srv.TLS, srv.EnableHTTP2 = &tls.Config{Certificates: []tls.Certificate{cert}}, true
		srv.StartTLS()
		t.Cleanup(srv.Close)
		at = srv.Listener.Addr()
	case "quic":
		l, err := quic.ListenAddr("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"doq"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		at = l.Addr()
		t.Cleanup(func() { l.Close() })
		go s.serveQUIC(l)
	}
	_, s.port, _ = net.SplitHostPort(at.String())
	return s
}

func (s *secure) serveTLS(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.mute[conn] = false
		s.mu.Unlock()
		go func() {
			defer conn.Close()
			for {
				query, err := framed(conn)
				if err != nil {
					return
				}
				s.mu.Lock()
				mute := s.mute[conn]
				s.mu.Unlock()
				if mute {
					continue
				}
				answer := s.answer(query)
				if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
					return
				}
			}
		}()
	}
}

func (s *secure) serveHTTP(w http.ResponseWriter, r *http.Request) {
	query, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("dns"))
	if err != nil || r.URL.Path != "/dns-query" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/dns-message")
	_, _ = w.Write(s.answer(query))
}

func (s *secure) serveQUIC(l *quic.Listener) {
	for {
		conn, err := l.Accept(context.Background())
		if err != nil {
			return
		}
		s.conns.Add(1)
		go func() {
			for {
				stream, err := conn.AcceptStream(context.Background())
				if err != nil {
					return
				}
				query, err := framed(stream)
				if err != nil {
					return
				}
				answer := s.answer(query)
				_, _ = stream.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
				_ = stream.Close()
			}
		}()
	}
}

// framed reads a message with its length before it.
func framed(r io.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	msg := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(r, msg)
	return msg, err
}

// book is a log to read in.
type book struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// chosen starts a server whose guardian chose a resolver, and waits for the
// first round of probes.
func chosen(t *testing.T, address string, roots *x509.CertPool, system ...*upstream) (*server, *book, bool) {
	t.Helper()
	at, err := resolve.ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	log, told := &book{}, make(chan resolve.Health, 8)
	s := start(t, func(c *resolve.Config) {
		usual := c.Resolvers
		c.Resolvers = func() resolve.Resolvers {
			return resolve.Resolvers{System: usual().System, Chosen: []resolve.Address{at}}
		}
		c.Roots, c.Log, c.OnHealth = roots, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), func(h resolve.Health) { told <- h }
	}, system...)
	return s, log, (<-told).Up
}

// TestSecure: what is open is asked of the encrypted resolver that the guardian
// chose, over one connection; its own name, and protected names, of the system's.
func TestSecure(t *testing.T) {
	cert, roots := identity(t)
	for _, tt := range []struct{ scheme, host, path string }{
		{"tls", "dns.example", ""},
		{"tls", "127.0.0.1", ""},
		{"https", "dns.example", "/dns-query"},
		{"https", "127.0.0.1", ""},
		{"quic", "dns.example", ""},
		{"quic", "127.0.0.1", ""},
	} {
		t.Run(tt.scheme+" "+tt.host, func(t *testing.T) {
			system, far := newUpstream(t), newUpstream(t)
			system.add("dns.example. 60 IN A 127.0.0.1")
			system.add("childline.example. 60 IN A 192.0.2.1")
			names := []string{"a.example.", "b.example.", "c.example.", "d.example."}
			for _, n := range names {
				far.add(n + " 60 IN A 192.0.2.7")
			}
			sec := newSecure(t, tt.scheme, far, cert)
			s, log, up := chosen(t, tt.scheme+"://"+tt.host+":"+sec.port+tt.path, roots, system)
			if !up {
				t.Fatalf("not up: %s", log)
			}
			for _, n := range names {
				if got, want := summary(s.ask(t, "udp", query(n, dns.TypeA))), "NOERROR; "+n+" 30 IN A 192.0.2.7"; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
			if got, want := summary(s.ask(t, "udp", query("nowhere.example.", dns.TypeA))), "NXDOMAIN; SOA 30"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got, want := summary(s.ask(t, "udp", query("childline.example.", dns.TypeA))), "NOERROR; childline.example. 30 IN A 192.0.2.1"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if got := far.count("childline.example."); got != 0 {
				t.Errorf("the protected name went to the chosen resolver")
			}
			for _, n := range append(names, "nowhere.example.") {
				if system.count(n) != 0 {
					t.Errorf("%s was asked of the system's resolver", n)
				}
			}
			if got, want := system.count("dns.example."), map[bool]int{true: 2, false: 0}[tt.host == "dns.example"]; got != want {
				t.Errorf("the resolver was looked up by %d queries, want %d", got, want)
			}
			if got := sec.conns.Load(); got != 1 {
				t.Errorf("%d connections, want 1", got)
			}
			if got := sec.odd.Load(); got > 1 { // a probe has no EDNS
				t.Errorf("%d queries were not padded", got)
			}
			for _, n := range append(names, "nowhere.example.", "childline") {
				if strings.Contains(log.String(), strings.TrimSuffix(n, ".")) {
					t.Errorf("the log has %s: %s", n, log)
				}
			}
		})
	}
}

// TestSecureRefused: a resolver that is not what its address says is not
// believed, and the log says why, without the names that were asked for.
func TestSecureRefused(t *testing.T) {
	cert, roots := identity(t)
	_, others := identity(t)
	far, system := newUpstream(t), newUpstream(t)
	far.add("open.example. 60 IN A 192.0.2.7")
	system.add("impostor.example. 60 IN A 127.0.0.1")
	for _, tt := range []struct {
		scheme, host string
		roots        *x509.CertPool
		system       []*upstream
		why          string
	}{
		{"tls", "127.0.0.1", others, nil, "certificate"},
		{"https", "127.0.0.1", others, nil, "certificate"},
		{"quic", "127.0.0.1", others, nil, "certificate"},
		{"tls", "impostor.example", roots, []*upstream{system}, "certificate"},
		{"tls", "nowhere.example", roots, []*upstream{system}, "cannot be looked up"},
		{"tls", "dns.example", roots, nil, "cannot be looked up"},
	} {
		t.Run(tt.scheme+" "+tt.host, func(t *testing.T) {
			sec := newSecure(t, tt.scheme, far, cert)
			s, log, up := chosen(t, tt.scheme+"://"+tt.host+":"+sec.port, tt.roots, tt.system...)
			if up {
				t.Errorf("up")
			}
			q := query("open.example.", dns.TypeA)
			q.SetEdns0(1232, false)
			if got, want := summary(s.ask(t, "udp", q)), "SERVFAIL; OPT 1232; EDE 23"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if !strings.Contains(log.String(), tt.why) || strings.Contains(log.String(), "open.example") {
				t.Errorf("the log does not say %q, or holds a name: %s", tt.why, log)
			}
		})
	}
	if got := far.count("open.example."); got != 0 {
		t.Errorf("%d questions went to a resolver that was not to be believed", got)
	}
}

// TestSecureSilent: when all connections fall silent, as on another network, the
// question itself is still answered, over a new one.
func TestSecureSilent(t *testing.T) {
	cert, roots := identity(t)
	far := newUpstream(t)
	far.add("before.example. 60 IN A 192.0.2.7")
	far.add("after.example. 60 IN A 192.0.2.8")
	sec := newSecure(t, "tls", far, cert)
	s, log, up := chosen(t, "tls://127.0.0.1:"+sec.port, roots)
	if !up {
		t.Fatalf("not up: %s", log)
	}
	s.ask(t, "udp", query("before.example.", dns.TypeA))
	sec.stop()
	if got, want := summary(s.ask(t, "udp", query("after.example.", dns.TypeA))), "NOERROR; after.example. 30 IN A 192.0.2.8"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
