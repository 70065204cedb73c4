package system

import (
	"bufio"
	"io"
	"strings"
)

// resolvConf adds what a resolv.conf(5) says. Of several search lines the last
// one holds.
func (n *Network) resolvConf(r io.Reader) error {
	var search []string
	lines := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line, _, _ = strings.Cut(line, ";")
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "nameserver":
			n.resolver(fields[1])
		case "search", "domain":
			search = fields[1:]
		}
	}
	for _, domain := range search {
		n.domain(domain)
	}
	return lines.Err()
}
