package system

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// resolvConf is what programs read.
const resolvConf = "etc/resolv.conf"

// behindStub says where resolvConf may have a stub of this PC, and the system
// writes elsewhere which resolvers the stub asks.
func behindStub() []string {
	return []string{
		"run/systemd/resolve/resolv.conf", // systemd-resolved
		"run/NetworkManager/no-stub-resolv.conf",
		"run/dnsmasq/resolv.conf", // dnsmasq under resolvconf(8)
	}
}

func discover(context.Context) (Network, error) {
	n, err := DiscoverIn("/")
	// Where the links cannot be listed there is no tunnel that we know of.
	if links, linksErr := tunnelLinks(); linksErr == nil && len(links) > 0 {
		n.throughTunnels(links, wayTo)
	}
	return n, err
}

// DiscoverIn is [Discover] on a Linux system whose files lie under root.
func DiscoverIn(root string) (Network, error) {
	n, err := resolversIn(root)
	n.Gateways = append(gateways4(root), gateways6(root)...)
	return n, err
}

// routes returns the lines of a table of the kernel's, by the process itself: the
// service sees no other part of /proc (ProcSubset=pid). A file that cannot be
// read says that there are none: gateways only stand in for resolvers.
func routes(root, table string) []string {
	data, err := os.ReadFile(filepath.Join(root, "proc/self/net", table))
	if err != nil {
		return nil
	}
	return strings.Split(string(data), "\n")
}

// gateways4 reads the IPv4 routes that lead everywhere.
func gateways4(root string) (all []netip.AddrPort) {
	for _, line := range routes(root, "route") {
		// Iface Destination Gateway Flags RefCnt Use Metric Mask: hexadecimal, in
		// the byte order of the machine (proc_net(5)).
		f := strings.Fields(line)
		if len(f) < 8 || f[1] != "00000000" || f[7] != "00000000" {
			continue
		}
		n, err := strconv.ParseUint(f[2], 16, 32)
		if err != nil || n == 0 {
			continue // a link without a router
		}
		var b [4]byte
		binary.NativeEndian.PutUint32(b[:], uint32(n))
		if at := netip.AddrPortFrom(netip.AddrFrom4(b), 53); !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

// gateways6 reads the IPv6 routes that lead everywhere. Their routers are known by
// link-local addresses, which are nothing without the link.
func gateways6(root string) (all []netip.AddrPort) {
	for _, line := range routes(root, "ipv6_route") {
		// Destination, its length, source, its length, router, metric, counts and
		// flags, all hexadecimal, and the link.
		f := strings.Fields(line)
		if len(f) != 10 || strings.Trim(f[0]+f[1], "0") != "" {
			continue
		}
		b, err := hex.DecodeString(f[4])
		router, ok := netip.AddrFromSlice(b)
		if err != nil || !ok || router.IsUnspecified() {
			continue // a link without a router, or a route that refuses
		}
		if router.IsLinkLocalUnicast() {
			router = router.WithZone(f[9])
		}
		if at := netip.AddrPortFrom(router, 53); !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

func resolversIn(root string) (Network, error) {
	n, err := read(root, resolvConf)
	if err != nil || len(n.Resolvers) > 0 && !n.onlyStubs() {
		return n, err
	}
	for _, path := range behindStub() {
		behind, err := read(root, path)
		if err != nil || len(behind.Resolvers) == 0 || behind.onlyStubs() {
			continue // of an older set-up, or not for us to read
		}
		for _, domain := range n.Search {
			behind.domain(string(domain))
		}
		return behind, nil
	}
	// systemd-resolved has nobody to ask: the PC is offline. It would say so to us
	// as to everybody or, where it asks us, ask us.
	n.Resolvers = slices.DeleteFunc(n.Resolvers, func(r netip.AddrPort) bool { return slices.Contains(resolvedStubs, r.Addr()) })
	return n, nil
}

// resolvedStubs are where systemd-resolved answers on this PC.
var resolvedStubs = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 53}), netip.AddrFrom4([4]byte{127, 0, 0, 54})}

// onlyStubs reports whether every resolver is on this PC.
func (n *Network) onlyStubs() bool {
	for _, r := range n.Resolvers {
		if !r.Addr().IsLoopback() {
			return false
		}
	}
	return true
}

func read(root, path string) (Network, error) {
	var n Network
	f, err := os.Open(filepath.Join(root, path))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("finding the resolvers of this PC: %w", err)
	}
	defer f.Close()
	if err := n.resolvConf(f); err != nil {
		return n, fmt.Errorf("reading %s: %w", path, err)
	}
	return n, nil
}
