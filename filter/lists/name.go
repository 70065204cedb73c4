package lists

import (
	"net/netip"
	"unsafe"

	"lessonguard/filter"
)

// plain maps the bytes of names that need no IDNA to their lower case, and
// every other byte to 0.
var plain = func() (t [256]byte) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = byte(c), byte(c)
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = byte(c)
	}
	t['-'], t['_'], t['.'] = '-', '_', '.'
	return t
}()

// allPlain reports whether s is made of the bytes of names, and nothing else.
func allPlain(s []byte) bool {
	for _, c := range s {
		if plain[c] == 0 {
			return false
		}
	}
	return true
}

// canonical appends what [filter.ParseName] returns for s, without allocating
// for the names that need no IDNA, which nearly all are.
func canonical(to, s []byte) ([]byte, bool) {
	begin := len(to)
	n := s
	if len(n) > 0 && n[len(n)-1] == '.' {
		n = n[:len(n)-1]
	}
	label, ok := 0, len(n) > 0 && len(n) <= 253
	for i, c := range n {
		switch p := plain[c]; {
		case c == '.':
			ok = ok && goodLabel(n[label:i])
			label = i + 1
			to = append(to, '.')
		case p != 0:
			to = append(to, p)
		case c >= 0x80:
			return parse(to[:begin], s)
		default:
			ok = false // but see whether IDNA has a say in it
		}
		if i-label == 3 && c == '-' && n[i-1] == '-' && plain[n[label]] == 'x' && plain[n[label+1]] == 'n' {
			return parse(to[:begin], s)
		}
	}
	if !ok || !goodLabel(n[label:]) {
		return to[:begin], false
	}
	return to, true
}

func goodLabel(l []byte) bool {
	return len(l) > 0 && len(l) <= 63 && l[0] != '-' && l[len(l)-1] != '-'
}

// parse is the long way.
func parse(to, s []byte) ([]byte, bool) {
	if len(s) > 4*253 {
		return to, false // no encoding is so much shorter
	}
	n, err := filter.ParseName(string(s))
	return append(to, n...), err == nil
}

// usable says why a canonical name is not one that a list may close, if so.
func usable(n []byte) (Reason, bool) {
	last := n
	for i := len(n) - 1; i >= 0; i-- {
		if n[i] == '.' {
			last = n[i+1:]
			break
		}
	}
	switch string(last) {
	case "localhost", "localdomain", "local", "broadcasthost", "loopback":
		return Local, false
	case "arpa": // reverse zones, home.arpa, and none a site
		return Local, false
	}
	if len(last) == len(n) {
		switch {
		case isLocalLabel(string(n)):
			return Local, false
		case allDigits(n):
			return Address, false // 0, or an IPv4 address as one number
		case filter.Name(n).IsTopLevel():
			return PublicSuffix, false
		}
		return SingleLabel, false
	}
	if allDigits(last) {
		return Address, false // no name ends so (RFC 3696 section 2): a browser sees an address
	}
	// The text is only looked at, and a copy for each of a million names is a
	// tenth of the time that a list takes.
	if filter.Name(unsafe.String(&n[0], len(n))).IsPublicSuffix() {
		return PublicSuffix, false
	}
	return 0, true
}

// isLocalLabel knows the single labels of hosts files.
func isLocalLabel(n string) bool {
	switch n {
	case "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts":
		return true
	}
	return false
}

func allDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}

// isAddress reports whether s is an address, with a port or a prefix length or
// without.
func isAddress(s []byte) bool {
	if !mayBeAddress(s) {
		return false
	}
	text := string(s)
	if s[0] == '[' && s[len(s)-1] == ']' {
		text = text[1 : len(text)-1]
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	if _, err := netip.ParseAddrPort(text); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(text)
	return err == nil
}

// mayBeAddress says no, quickly, to nearly everything that is none: names have
// letters, and IPv6 addresses two colons.
func mayBeAddress(s []byte) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	letters, colons := false, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9', c == '.', c == '/', c == '[', c == ']':
		case c == ':':
			colons++
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			letters = true
		default:
			return false
		}
	}
	return !letters || colons > 1
}

// null reports whether s is an address that blocks what leads to it: this
// host's, or none.
func null(s []byte) bool {
	switch string(s) {
	case "0.0.0.0", "127.0.0.1", "0", "::", "::1":
		return true
	}
	a, err := netip.ParseAddr(string(s))
	return err == nil && a.Zone() == "" && (a.Unmap().IsUnspecified() || a.Unmap().IsLoopback())
}
