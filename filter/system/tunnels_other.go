//go:build !linux

package system

import (
	"fmt"
	"net"
)

// tunnels returns the links between two points that have an address by which a
// program could be reached: macOS keeps some without one for itself.
func tunnels() ([]string, error) {
	links, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("listing the network links: %w", err)
	}
	var names []string
	for _, l := range links {
		if l.Flags&net.FlagUp == 0 || l.Flags&net.FlagPointToPoint == 0 {
			continue
		}
		addrs, err := l.Addrs()
		if err != nil {
			continue // it has just gone
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
				names = append(names, l.Name)
				break
			}
		}
	}
	return names, nil
}
