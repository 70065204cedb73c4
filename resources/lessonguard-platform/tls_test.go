package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/platform"
)

// certify writes a certificate for this computer and returns who vouches for it.
func certify(t *testing.T, cert, key string, serial int64) *x509.CertPool {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "platform"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return pool
}

// TestTLS serves families and the inbox by TLS of its own, to other computers
// too.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pool := certify(t, cert, key, 1)
	out, stop := start(t, "--state", filepath.Join(dir, "state"), "--practice", "--listen", "0.0.0.0:0", "--oversight-key", filepath.Join(dir, "o.key"), "--tls-cert", cert, "--tls-key", key)
	address := out.find(t, `DSL sign-in: (https://[^/]+)/`)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(address, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := platform.New(platform.Config{URL: "https://127.0.0.1:" + port, Roots: pool})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Enrol(t.Context(), out.find(t, `Family invite code: (.+)\n`), resources.NewID()); err != nil {
		t.Fatal(err)
	}
	stranger, err := platform.New(platform.Config{URL: "https://127.0.0.1:" + port})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Profile(t.Context()); err == nil {
		t.Error("a certificate that nobody vouches for is taken")
	}
	web := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	form := url.Values{"password": {out.find(t, signIn)}}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://127.0.0.1:"+port+"/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if cookies := resp.Cookies(); len(cookies) != 1 || !cookies[0].Secure || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("cookies %v, headers %v", cookies, resp.Header)
	}
	old := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11} //nolint:gosec // must be refused
	if conn, err := tls.Dial("tcp", "127.0.0.1:"+port, old); err == nil {
		conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
	web.CloseIdleConnections()
	if code := stop(); code != 0 {
		t.Errorf("stopped: %d: %s", code, out)
	}
}

// TestCertificateChanges reads a new certificate while the platform runs, and
// keeps the old one while the new one is half there.
func TestCertificateChanges(t *testing.T) {
	dir := t.TempDir()
	c := &certificate{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem"), log: slog.New(slog.DiscardHandler)}
	certify(t, c.cert, c.key, 1)
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	serial := func(now time.Time) int64 {
		x, err := x509.ParseCertificate(c.get(now).Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return x.SerialNumber.Int64()
	}
	now := time.Now()
	if got := serial(now); got != 1 {
		t.Errorf("serves %d, want 1", got)
	}
	change := func(at time.Time) {
		for _, path := range []string{c.cert, c.key} {
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(c.cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	change(now.Add(time.Hour))
	if got := serial(now.Add(2 * time.Minute)); got != 1 {
		t.Errorf("with half of a new one it serves %d, want 1", got)
	}
	certify(t, c.cert, c.key, 2)
	change(now.Add(2 * time.Hour))
	if got := serial(now.Add(150 * time.Second)); got != 1 {
		t.Errorf("within the minute it serves %d, want 1", got)
	}
	if got := serial(now.Add(4 * time.Minute)); got != 2 {
		t.Errorf("later it serves %d, want 2", got)
	}
}

// TestTLSBadInput names what is wrong with a certificate before it serves.
func TestTLSBadInput(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certify(t, cert, key, 1)
	args := func(more ...string) []string {
		return append([]string{"--state", filepath.Join(dir, "state"), "--practice", "--listen", "127.0.0.1:0"}, more...)
	}
	fails(t, "go together", args("--tls-cert", cert)...)
	fails(t, "go together", args("--tls-key", key)...)
	fails(t, "missing.pem", args("--tls-cert", filepath.Join(dir, "missing.pem"), "--tls-key", key)...)
	fails(t, cert, args("--tls-cert", key, "--tls-key", cert)...)
	fails(t, "needs TLS", args("--behind-tls", "--listen", "0.0.0.0:0")...)
}
