package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// A door is where a platform is reached, and how.
type door struct {
	listen    string
	cert, key string // files; empty: without TLS
	proxied   bool   // a web server with TLS stands before it
}

func (d *door) flags(f *flag.FlagSet, listen string) {
	f.StringVar(&d.listen, "listen", listen, "serve on this `address`; other computers reach it only with --tls-cert")
	f.StringVar(&d.cert, "tls-cert", "", "the `file` with the certificate and those that vouch for it (PEM); it is read again when it changes")
	f.StringVar(&d.key, "tls-key", "", "the `file` with the certificate's private key (PEM)")
	f.BoolVar(&d.proxied, "behind-tls", false, "a web server with TLS passes requests on to this: sign-ins are for https only")
}

// secure reports whether browsers reach it by https.
func (d door) secure() bool { return d.cert != "" || d.proxied }

func (d door) scheme() string {
	if d.cert != "" {
		return "https"
	}
	return "http"
}

// open listens. Without TLS it does so for this computer only: what people sign
// in with, and tokens, would otherwise be read on the way.
func (d door) open(ctx context.Context, log *slog.Logger) (net.Listener, error) {
	host, port, err := net.SplitHostPort(d.listen)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, fmt.Errorf("--listen %q is not an address: it looks like 127.0.0.1:8710", d.listen)
	}
	ip := net.ParseIP(host)
	switch {
	case (d.cert == "") != (d.key == ""):
		return nil, errors.New("a certificate and its key go together: --tls-cert FILE --tls-key FILE")
	case d.cert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return nil, fmt.Errorf("--listen %s would be open to other computers, which needs TLS: give --tls-cert and --tls-key, or listen on 127.0.0.1 with a web server with TLS before it and --behind-tls", d.listen)
	}
	var pair *certificate
	if d.cert != "" {
		pair = &certificate{cert: d.cert, key: d.key, log: log}
		if err := pair.load(); err != nil {
			return nil, err
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", d.listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken by another program: stop that one, or choose another with --listen", d.listen)
	}
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", d.listen, err)
	}
	if pair == nil {
		return l, nil
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair.get(time.Now()), nil },
	}), nil
}

// certificateAge is how long a certificate is served before its files are
// looked at again: a new one is got months before the old one ends.
const certificateAge = time.Minute

// A certificate is read from two files, and again when they change. One that
// cannot be read does not take the place of one that could.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed [2]time.Time
	looked  time.Time
}

func (c *certificate) load() error {
	changed, err := c.times()
	if err != nil {
		return fmt.Errorf("reading certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("reading certificate from %s and %s: %w", c.cert, c.key, err)
	}
	c.pair, c.changed = &pair, changed
	return nil
}

func (c *certificate) times() (times [2]time.Time, err error) {
	for i, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return times, err
		}
		times[i] = info.ModTime()
	}
	return times, nil
}

func (c *certificate) get(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.looked) > certificateAge {
		c.looked = now
		if times, err := c.times(); err != nil || times != c.changed {
			if err := c.load(); err != nil { // half of it is there: try again in a minute
				c.log.Warn("serving the certificate from before", "err", err)
			}
		}
	}
	return c.pair
}
