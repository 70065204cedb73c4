package filter

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// ErrBadName is returned for text that is not a DNS name.
var ErrBadName = errors.New("not a name that can be looked up")

// A Name is a DNS name in the one form used here: ASCII (IDNA 2008,
// non-transitional), lower case, no trailing dot, at most 253 bytes in labels
// of at most 63. Make one with [ParseName]; from there on it needs no checking.
type Name string

// The profile that names go through: what a browser would look up, save that
// underscores are let by, which DNS names and blocklists hold.
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.BidiRule())

// ParseName returns s in its one form, or an error wrapping [ErrBadName].
func ParseName(s string) (Name, error) {
	n := strings.TrimSuffix(s, ".")
	if plain, ok := lowerASCII(n); ok {
		n = plain
	} else {
		ascii, err := lookup.ToASCII(n)
		if err != nil || !utf8.ValidString(n) {
			return "", fmt.Errorf("%w: %q", ErrBadName, s)
		}
		// Some mappings are not stable: a name has one form or is none.
		if again, err := lookup.ToASCII(ascii); err != nil || again != ascii {
			return "", fmt.Errorf("%w: %q", ErrBadName, s)
		}
		n = ascii
	}
	if n == "" || len(n) > 253 {
		return "", fmt.Errorf("%w: %q", ErrBadName, s)
	}
	for label := range strings.SplitSeq(n, ".") {
		if !validLabel(label) {
			return "", fmt.Errorf("%w: %q", ErrBadName, s)
		}
	}
	return Name(n), nil
}

// lowerASCII lowers s if it is ASCII without an encoded label, which is nearly
// every name there is and needs no IDNA.
func lowerASCII(s string) (string, bool) {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return "", false
		}
	}
	s = strings.ToLower(s)
	if strings.HasPrefix(s, "xn--") || strings.Contains(s, ".xn--") {
		return "", false
	}
	return s, true
}

// validLabel takes letters, digits, hyphens inside and underscores (RFC 2181
// section 11 allows more; no host that a list could mean has them).
func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for i := range len(label) {
		c := label[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// IsPublicSuffix reports whether n is a suffix under which anyone can register
// or host names (publicsuffix.org), such as co.uk or github.io. A single label
// is one too.
func (n Name) IsPublicSuffix() bool {
	suffix, _ := publicsuffix.PublicSuffix(string(n))
	return suffix == string(n)
}

// IsTopLevel reports whether n is a top-level domain that there is, such as com:
// a single label that is not a public suffix for want of anything known of it.
func (n Name) IsTopLevel() bool {
	suffix, icann := publicsuffix.PublicSuffix(string(n))
	return icann && suffix == string(n) && !strings.Contains(suffix, ".")
}

// IsPrivateTLD reports whether n is a single label that is no top-level domain
// of the internet's, such as a home router's "lan": nobody can register a name
// under it.
func (n Name) IsPrivateTLD() bool {
	suffix, icann := publicsuffix.PublicSuffix(string(n))
	return suffix == string(n) && !icann && !strings.Contains(suffix, ".")
}

// Under reports whether n is parent or lies under it.
func (n Name) Under(parent Name) bool {
	return n == parent || len(n) > len(parent) && n[len(n)-len(parent)-1] == '.' && strings.HasSuffix(string(n), string(parent))
}

// UnmarshalText implements [encoding.TextUnmarshaler], so that a name read from
// a file or the wire has been checked.
func (n *Name) UnmarshalText(text []byte) (err error) {
	*n, err = ParseName(string(text))
	return err
}
