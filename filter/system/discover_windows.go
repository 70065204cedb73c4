package system

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// discover asks Windows for its network adapters, those first that it routes by.
// While the hook is set the service stands before the resolvers of each.
func discover(context.Context) (Network, error) {
	adapters, err := adaptersUp()
	if err != nil {
		return Network{}, fmt.Errorf("asking Windows for its network adapters: %w", err)
	}
	var n Network
	for _, a := range adapters {
		for server := a.FirstDnsServerAddress; server != nil; server = server.Next {
			if ip := server.Address.IP(); ip != nil {
				if addr, ok := netip.AddrFromSlice(ip); ok {
					n.resolver(zoned(addr.Unmap(), a).String())
				}
			}
		}
		n.domain(windows.UTF16PtrToString(a.DnsSuffix))
		for suffix := a.FirstDnsSuffix; suffix != nil; suffix = suffix.Next {
			n.domain(windows.UTF16ToString(suffix.String[:]))
		}
	}
	return n.withoutUs(func() bool {
		rules, err := readNRPT()
		us := netip.AddrFrom4([4]byte{127, 0, 0, 1})
		return err == nil && slices.ContainsFunc(rules, func(r winNRPTRule) bool { return r.isOurs(us) })
	}), nil
}

// zoned says on which adapter a link-local address is.
func zoned(addr netip.Addr, a *windows.IpAdapterAddresses) netip.Addr {
	if addr.Is6() && addr.IsLinkLocalUnicast() {
		return addr.WithZone(fmt.Sprint(a.Ipv6IfIndex))
	}
	return addr
}

// adaptersUp returns the adapters that are connected, the cheapest route first.
func adaptersUp() ([]*windows.IpAdapterAddresses, error) {
	const flags = windows.GAA_FLAG_SKIP_UNICAST | windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	size := uint32(16 << 10) // what Microsoft recommends to start with
	for {
		room := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&room[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		switch {
		case errors.Is(err, windows.ERROR_BUFFER_OVERFLOW) && size <= 4<<20:
			continue // size says how much it needs
		case errors.Is(err, windows.ERROR_NO_DATA):
			return nil, nil
		case err != nil:
			return nil, err
		}
		var up []*windows.IpAdapterAddresses
		for a := first; a != nil; a = a.Next {
			if a.OperStatus == windows.IfOperStatusUp && a.IfType != windows.IF_TYPE_SOFTWARE_LOOPBACK {
				up = append(up, a)
			}
		}
		slices.SortStableFunc(up, func(a, b *windows.IpAdapterAddresses) int {
			return cmp.Compare(min(a.Ipv4Metric, a.Ipv6Metric), min(b.Ipv4Metric, b.Ipv6Metric))
		})
		return up, nil
	}
}
