package system

import (
	"context"
	"net"
	"slices"
	"strings"
	"time"
)

// Tunnels returns the names of the links of this PC that are up and lead its
// traffic through another's: VPNs and their like.
func Tunnels() ([]string, error) { return tunnels() }

// NetworkNews calls told whenever this PC's resolvers or search domains may have
// changed, until ctx is done. What it misses is found by looking now and then.
func NetworkNews(ctx context.Context, told func()) error { return networkNews(ctx, told) }

// HostsFile returns where the file lies whose names are looked up before any
// resolver is asked, hosts(5).
func HostsFile() string { return hostsFile() }

// Networks says which networks this PC is on, by the prefixes of its addresses.
// It is the same text as long as they are the same.
func Networks() (string, error) {
	links, err := net.Interfaces()
	if err != nil {
		return "", err
	}
	var all []string
	for _, l := range links {
		addrs, err := l.Addrs()
		if err != nil || l.Flags&net.FlagLoopback != 0 || l.Name == ownLink {
			continue
		}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			// An IPv6 address comes and goes; where there is IPv4 it says enough.
			if ok && n.IP.To4() != nil && !n.IP.IsLinkLocalUnicast() {
				all = append(all, l.Name+" "+(&net.IPNet{IP: n.IP.Mask(n.Mask), Mask: n.Mask}).String())
			}
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ", "), nil
}

// A Boot is one time that the PC was started.
type Boot struct {
	ID string    `json:"id,omitempty"` // where the system gives each a name
	At time.Time `json:"at"`
}

// ThisBoot returns when this PC was started.
func ThisBoot() (Boot, error) { return thisBoot() }

// Same reports whether b and o are the same. Without a name that is not sure: a
// clock that is set moves the time of the start, too.
func (b Boot) Same(o Boot) bool {
	if b.ID != "" || o.ID != "" {
		return b.ID == o.ID
	}
	return b.At.Sub(o.At).Abs() < 2*time.Minute
}

// Asleep returns for how long this PC has slept since it was started. It reports
// false where the system does not say: a wall clock that has gone on may have
// been set.
func Asleep() (time.Duration, bool) { return asleep() }
