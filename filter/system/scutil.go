package system

import (
	"bufio"
	"io"
	"strings"
)

// scutil adds what "scutil --dns" prints on macOS. Its first part lists the
// resolvers that any name may go to; one with a domain of its own serves names
// under that domain alone, as mDNS and VPNs do, and its domain is the network's.
// The second part, on scoped queries, repeats them for each interface.
func (n *Network) scutil(r io.Reader) error {
	var resolvers, search []string
	var domain string
	flush := func() {
		if domain == "" {
			for _, r := range resolvers {
				n.resolver(r)
			}
		} else if len(resolvers) > 0 {
			n.domain(domain)
		}
		for _, s := range search {
			n.domain(s)
		}
		resolvers, search, domain = nil, nil, ""
	}
	lines := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "DNS configuration (for scoped queries)") {
			break
		}
		if strings.HasPrefix(line, "resolver #") {
			flush()
			continue
		}
		label, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch label = strings.TrimSpace(label); {
		case strings.HasPrefix(label, "nameserver["):
			resolvers = append(resolvers, value)
		case strings.HasPrefix(label, "search domain["):
			search = append(search, value)
		case label == "domain":
			domain = value
		}
	}
	flush()
	return lines.Err()
}
