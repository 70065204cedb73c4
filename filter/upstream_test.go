package filter_test

import (
	"errors"
	"strings"
	"testing"

	"lessonguard/filter"
)

func TestParseUpstream(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"192.0.2.1", "192.0.2.1"},
		{"192.0.2.1:53", "192.0.2.1"},
		{"192.0.2.1:5353", "192.0.2.1:5353"},
		{"2001:db8::1", "2001:db8::1"},
		{"[2001:db8::1]", "2001:db8::1"},
		{"[2001:db8::1]:5353", "[2001:db8::1]:5353"},
		{"::ffff:192.0.2.1", "192.0.2.1"},
		{"tls://dns.example", "tls://dns.example:853"},
		{"TLS://DNS.Example.:8853/", "tls://dns.example:8853"},
		{"tls://192.0.2.1", "tls://192.0.2.1:853"},
		{"tls://[2001:db8::1]", "tls://[2001:db8::1]:853"},
		{"quic://dns.example", "quic://dns.example:853"},
		{"https://dns.example", "https://dns.example:443/dns-query"},
		{"https://dns.example/", "https://dns.example:443/dns-query"},
		{"https://dns.example:8443/family/", "https://dns.example:8443/family/"},
		{"https://bücher.example/dns-query", "https://xn--bcher-kva.example:443/dns-query"},
	} {
		u, err := filter.ParseUpstream(tt.text)
		if err != nil || u.String() != tt.want {
			t.Errorf("%s: got %s, %v, want %s", tt.text, u, err, tt.want)
			continue
		}
		if again, err := filter.ParseUpstream(u.String()); err != nil || again != u {
			t.Errorf("%s: does not come back: got %s, %v", u, again, err)
		}
	}
	for _, bad := range []string{
		"", "dns.example", "192.0.2.1:0", "0.0.0.0", "::", "224.0.0.1", "224.0.0.1:53", "192.0.2.300", "192.0.2.1:99999",
		"tls://", "tls://:853", "tls://dns.example:", "tls://dns.example:0", "tls://dns.example:99999", "tls://localhost",
		"tls://dns.example/dns-query", "tls://0.0.0.0", "tls://192.0.2.300", "tls://[fe80::1%25eth0]", "tls://dns example",
		"quic://-.example", "https://dns.example/?dns=x", "https://dns.example/#x", "https://user:secret@dns.example/",
		"http://dns.example/dns-query", "h3://dns.example", "sdns://AAAA", "udp://192.0.2.1", "tls://%zz",
	} {
		u, err := filter.ParseUpstream(bad)
		if !errors.Is(err, filter.ErrBadUpstream) {
			t.Errorf("%q: got %s, %v, want ErrBadUpstream", bad, u, err)
			continue
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error says the password: %v", bad, err)
		}
	}
}

// TestPolicyUpstreams: a policy takes the addresses that the resolver takes.
func TestPolicyUpstreams(t *testing.T) {
	for _, tt := range []struct {
		upstream string
		ok       bool
	}{
		{"9.9.9.9", true},
		{"9.9.9.9:53", true},
		{"tls://dns.quad9.net", true},
		{"https://dns.quad9.net/dns-query", true},
		{"quic://9.9.9.9", true},
		{"dns.quad9.net", false},
		{"tls://dns.quad9.net/dns-query", false},
		{"ftp://dns.quad9.net", false},
		{"0.0.0.0", false},
	} {
		p := filter.DefaultPolicy()
		p.Upstreams = []string{tt.upstream}
		err := p.Check()
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, filter.ErrBadPolicy) {
			t.Errorf("%s: got %v, want ok %v", tt.upstream, err, tt.ok)
		}
	}
}
