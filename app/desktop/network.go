package desktop

import (
	"context"
	"net"
	"slices"
	"strings"
	"time"
)

// A Network tells when this PC has come to a network, another one or the same
// again. It looks at the addresses of the PC from time to time, which works alike
// everywhere and finds a PC that has slept too.
type Network struct {
	// Came is called each time.
	Came func()
	// Addresses returns those of this PC; nil: [net.InterfaceAddrs].
	Addresses func() ([]net.Addr, error)
	// Every is how often to look; 0: 15 seconds.
	Every time.Duration
}

// Run looks until ctx is done.
func (n Network) Run(ctx context.Context) {
	if n.Addresses == nil {
		n.Addresses = net.InterfaceAddrs
	}
	if n.Every == 0 {
		n.Every = 15 * time.Second
	}
	before := n.here()
	look := time.NewTicker(n.Every)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		now := n.here()
		if now != before && now != "" {
			n.Came()
		}
		before = now
	}
}

// here returns the addresses that lead anywhere; empty: there are none, or they
// cannot be had.
func (n Network) here() string {
	all, err := n.Addresses()
	if err != nil {
		return ""
	}
	var found []string
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
			found = append(found, ip.String())
		}
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}
