package catalogue

import (
	"fmt"
	"io/fs"
	"net/netip"
)

// DoH reads the addresses of public resolvers that answer DNS over HTTPS and
// nothing else, in the order of the file.
func DoH(fsys fs.FS) ([]netip.Prefix, error) {
	const path = "lists/doh.toml"
	var file struct {
		Providers []struct {
			ID, Title, Source string
			Addresses         []netip.Addr
			Networks          []netip.Prefix
		}
	}
	if err := decode(fsys, path, &file); err != nil {
		return nil, err
	}
	var all []netip.Prefix
	for _, p := range file.Providers {
		if p.ID == "" || p.Title == "" || p.Source == "" || len(p.Addresses)+len(p.Networks) == 0 {
			return nil, fmt.Errorf("reading %s: provider %q has no id, title, source or addresses", path, p.ID)
		}
		for _, a := range p.Addresses {
			all = append(all, netip.PrefixFrom(a, a.BitLen()))
		}
		all = append(all, p.Networks...)
	}
	for _, p := range all {
		if !isPublic(p) {
			return nil, fmt.Errorf("reading %s: %s is not the address or network of a public resolver", path, p)
		}
	}
	return all, nil
}

// isPublic reports whether a prefix can be a resolver's on the internet, and is
// small enough to be one's alone.
func isPublic(p netip.Prefix) bool {
	a := p.Addr()
	return p.IsValid() && p == p.Masked() && a.IsGlobalUnicast() && !a.IsPrivate() &&
		(a.Is4() && p.Bits() >= 24 || a.Is6() && !a.Is4In6() && p.Bits() >= 32)
}
