// Internet is what a PC of the lab finds beyond its router, besides plain DNS:
// web pages, and resolvers over TLS (port 853), over HTTPS (443) and on another
// port (1053). All of them ask the router's own. It runs on the router, and is
// never shipped.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	fmt.Fprintln(os.Stderr, "internet:", serve())
	os.Exit(1)
}

// serve answers until something fails.
func serve() error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2", "http/1.1"}}
	dot, err := tls.Listen("tcp", ":853", &tls.Config{Certificates: config.Certificates})
	if err != nil {
		return err
	}
	other, err := net.ListenPacket("udp", ":1053")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/dns-query", overHTTPS)
	mux.HandleFunc("/", page)
	secure := &http.Server{Addr: ":443", Handler: mux, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second}
	plain := &http.Server{Addr: ":80", Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error)
	go func() { failed <- secure.ListenAndServeTLS("", "") }()
	go func() { failed <- plain.ListenAndServe() }()
	go func() { failed <- overTLS(dot) }()
	go func() { failed <- elsewhere(other) }()
	return <-failed
}

// page says on standard output what was asked for, for the tests of browsers.
func page(w http.ResponseWriter, r *http.Request) {
	fmt.Println("page", r.Host+r.URL.Path)
	fmt.Fprintf(w, "<!doctype html><title>lab</title><p>THE PAGE OF %s", r.Host)
}

// overHTTPS is RFC 8484.
func overHTTPS(w http.ResponseWriter, r *http.Request) {
	query, err := base64.RawURLEncoding.DecodeString(r.URL.Query().Get("dns"))
	if r.Method == http.MethodPost {
		query, err = io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := ask(query)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/dns-message")
	_, _ = w.Write(answer)
}

// overTLS is RFC 7858.
func overTLS(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			for {
				_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
				var size [2]byte
				if _, err := io.ReadFull(conn, size[:]); err != nil {
					return
				}
				query := make([]byte, binary.BigEndian.Uint16(size[:]))
				if _, err := io.ReadFull(conn, query); err != nil {
					return
				}
				answer, err := ask(query)
				if err != nil {
					return
				}
				if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
					return
				}
			}
		}()
	}
}

// elsewhere is plain DNS.
func elsewhere(l net.PacketConn) error {
	for room := make([]byte, 4096); ; {
		n, from, err := l.ReadFrom(room)
		if err != nil {
			return err
		}
		if answer, err := ask(room[:n]); err == nil {
			_, _ = l.WriteTo(answer, from)
		}
	}
}

// ask asks the router's resolver.
func ask(query []byte) ([]byte, error) {
	conn, err := net.Dial("udp", "192.168.77.1:53")
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := conn.Write(query); err != nil {
		return nil, err
	}
	room := make([]byte, 4096)
	n, err := conn.Read(room)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, errors.New("the router's resolver does not answer")
	}
	return room[:n], err
}

// selfSigned makes a certificate that nobody vouches for.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, DNSNames: []string{"*.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
