package filter

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ParseSite returns the name of the site that somebody wrote or copied from a
// browser: a name such as example.org, or a whole web address, of which the host
// is taken. A leading www is left out, since a rule holds for everything under its
// name. It returns an error wrapping [ErrBadName] for what is no site, such as a
// number or a single word.
func ParseSite(text string) (Name, error) {
	host := strings.TrimSpace(text)
	if !strings.Contains(host, "://") {
		host = "//" + strings.TrimPrefix(host, "//")
	}
	u, err := url.Parse(host)
	if err != nil || u.User != nil { // an email address is no site
		return "", fmt.Errorf("%w: %q", ErrBadName, text)
	}
	n, err := ParseName(u.Hostname())
	if err != nil {
		return "", err
	}
	if _, err := netip.ParseAddr(string(n)); err == nil || !strings.Contains(string(n), ".") {
		return "", fmt.Errorf("%w: %q", ErrBadName, text)
	}
	if bare, ok := strings.CutPrefix(string(n), "www."); ok && !Name(bare).IsPublicSuffix() {
		n = Name(bare)
	}
	return n, nil
}
