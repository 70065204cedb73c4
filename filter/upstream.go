package filter

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// An Upstream says where a resolver is and how it is spoken to: in plain DNS,
// over TLS (RFC 7858), HTTPS (RFC 8484) or QUIC (RFC 9250). It can be compared,
// and is made by [ParseUpstream].
type Upstream struct {
	// Plain is where it is spoken to in plain DNS; it is not valid where URL is set.
	Plain netip.AddrPort
	// URL is where it is spoken to in secret, with its port and, for HTTPS,
	// its path: tls://dns.example:853, https://192.0.2.1:443/dns-query.
	URL string
}

// ErrBadUpstream is wrapped by every error of [ParseUpstream].
var ErrBadUpstream = errors.New("not the address of a resolver: give an IP address such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53, " +
	"or tls://NAME, https://NAME/dns-query or quic://NAME, where NAME may also be an IP address")

// securePorts are the schemes of encrypted DNS, and the ports that they have
// where none is given.
var securePorts = map[string]string{"tls": "853", "https": "443", "quic": "853"}

// ParseUpstream reads the address of a resolver, as on the command line and in
// a policy: an IP address, with a port where it is not 53, or a URL.
func ParseUpstream(s string) (Upstream, error) {
	if strings.Contains(s, "://") {
		return parseSecure(s)
	}
	if at, err := netip.ParseAddrPort(s); err == nil && at.Port() != 0 && isHost(at.Addr()) {
		return Upstream{Plain: netip.AddrPortFrom(at.Addr().Unmap(), at.Port())}, nil
	}
	ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil || !isHost(ip) {
		return Upstream{}, fmt.Errorf("%q is %w", s, ErrBadUpstream)
	}
	return Upstream{Plain: netip.AddrPortFrom(ip.Unmap(), 53)}, nil
}

// isHost reports whether there can be a resolver at ip.
func isHost(ip netip.Addr) bool { return !ip.IsUnspecified() && !ip.IsMulticast() }

func parseSecure(s string) (Upstream, error) {
	u, err := url.Parse(s)
	if err != nil {
		return Upstream{}, fmt.Errorf("%q is %w", s, ErrBadUpstream)
	}
	wrong := func(what string) (Upstream, error) {
		return Upstream{}, fmt.Errorf("%q has %s and is %w", u.Redacted(), what, ErrBadUpstream)
	}
	port, known := securePorts[u.Scheme]
	if !known {
		return wrong("another scheme")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return wrong("more than a scheme, a name, a port and a path")
	}
	host, ok := secureHost(u.Hostname())
	if !ok {
		return wrong("no name or IP address that a resolver could have")
	}
	if strings.HasSuffix(u.Host, ":") {
		return wrong("a bad port")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return wrong("a bad port")
		}
		port = p
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	switch {
	case u.Scheme != "https" && path != "":
		return wrong("a path, which only https has")
	case u.Scheme == "https" && path == "":
		path = "/dns-query" // the one that resolvers share (RFC 8484 leaves it to them)
	case u.Scheme == "https":
		path = u.EscapedPath()
	}
	return Upstream{URL: u.Scheme + "://" + net.JoinHostPort(host, port) + path}, nil
}

// secureHost returns an IP address, or a name of the public DNS, in its one form.
func secureHost(s string) (string, bool) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.Unmap().String(), isHost(ip) && ip.Zone() == ""
	}
	n, err := ParseName(s)
	if err != nil || !strings.Contains(string(n), ".") || numeric(string(n)) {
		return "", false
	}
	return string(n), true
}

// numeric reports whether n ends like a mistyped IPv4 address: no name of the
// public DNS ends in digits.
func numeric(n string) bool {
	_, err := strconv.ParseUint(n[strings.LastIndexByte(n, '.')+1:], 10, 64)
	return err == nil
}

// String returns the address as [ParseUpstream] reads it.
func (u Upstream) String() string {
	switch {
	case u.URL != "":
		return u.URL
	case u.Plain.Port() == 53:
		return u.Plain.Addr().String()
	}
	return u.Plain.String()
}
