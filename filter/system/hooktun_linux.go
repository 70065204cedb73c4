package system

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"unsafe"

	"github.com/godbus/dbus/v5"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// The tun hook makes a network link of its own and tells systemd-resolved that
// every name is resolved over it. The link is not persistent: when we die the
// kernel removes it, and resolved asks the router again. It catches whoever asks
// resolved, and nobody who asks a resolver of their own.
type tunHook struct {
	config HookConfig

	mu   sync.Mutex
	link *os.File // nil unless the hook is set
}

const (
	tunName = ownLink
	// tunAddr is link-local and nobody's: resolved uses only links with an address.
	tunAddr  = "169.254.253.53/32"
	resolve1 = "org.freedesktop.resolve1"
)

func newTun(c HookConfig) *tunHook { return &tunHook{config: c} }

func (*tunHook) Name() string { return "tun" }

func (h *tunHook) possible(ctx context.Context) error {
	if _, _, err := loopback(h.config.Listen); err != nil {
		return err
	}
	err := onBus(ctx, func(ctx context.Context, bus *dbus.Conn) error {
		running, err := runs(ctx, bus, resolve1)
		if err == nil && !running {
			err = errors.New("it does not run")
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reaching systemd-resolved: %w", err)
	}
	conf, err := os.ReadFile("/etc/resolv.conf")
	if err != nil || !strings.Contains(string(conf), "nameserver 127.0.0.5") { // .53 or .54, its stubs
		return errors.New("this PC does not resolve through systemd-resolved: resolv.conf does not name it")
	}
	f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("making a network link: %w", err)
	}
	return f.Close()
}

func (h *tunHook) Set(ctx context.Context, _ HookRules) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := listening(ctx, h.config.Listen); err != nil {
		return err
	}
	if h.link != nil && tunUp() != nil {
		h.link.Close() // what it was is gone
		h.link = nil
	}
	link := h.link
	if link == nil {
		var err error
		if link, err = openTun(); err != nil {
			return err
		}
	}
	if err := h.point(ctx); err != nil {
		if h.link == nil {
			link.Close()
		}
		return err
	}
	h.link = link
	return nil
}

// openTun makes the link, gives it its address and reads away what comes to it.
func openTun() (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("making a network link: %w", err)
	}
	var req struct { // struct ifreq
		name  [unix.IFNAMSIZ]byte
		flags uint16
		_     [22]byte
	}
	copy(req.name[:], tunName)
	req.flags = unix.IFF_TUN | unix.IFF_NO_PI
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TUNSETIFF, uintptr(unsafe.Pointer(&req))); errno != 0 {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("making the network link %s: %w", tunName, errno)
	}
	f := os.NewFile(uintptr(fd), tunName) // once it is a link: only then can it be waited on
	go func() {
		for b := make([]byte, 2048); ; {
			if _, err := f.Read(b); err != nil {
				return // closed
			}
		}
	}()
	link, err := netlink.LinkByName(tunName)
	if err == nil {
		err = netlink.LinkSetUp(link)
	}
	if err == nil {
		var addr *netlink.Addr
		if addr, err = netlink.ParseAddr(tunAddr); err == nil {
			err = netlink.AddrAdd(link, addr)
		}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("setting up the network link %s: %w", tunName, err)
	}
	return f, nil
}

func tunUp() error {
	link, err := net.InterfaceByName(tunName)
	if err != nil {
		return fmt.Errorf("the network link %s is gone", tunName)
	}
	if link.Flags&net.FlagUp == 0 {
		return fmt.Errorf("the network link %s is down", tunName)
	}
	return nil
}

// A resolvedServer is an element of SetLinkDNSEx and of the property DNSEx, as
// in org.freedesktop.resolve1(5); a resolvedDomain one of SetLinkDomains.
type resolvedServer struct {
	Family int32
	Addr   []byte
	Port   uint16
	Name   string
}

type resolvedDomain struct {
	Domain string
	Route  bool
}

func (h *tunHook) servers() (servers []resolvedServer) {
	for _, at := range h.config.Listen {
		family := int32(unix.AF_INET)
		if at.Addr().Is6() {
			family = unix.AF_INET6
		}
		servers = append(servers, resolvedServer{Family: family, Addr: at.Addr().AsSlice(), Port: at.Port()})
	}
	return servers
}

// point tells resolved to ask us for every name, and to forget what it knows.
func (h *tunHook) point(ctx context.Context) error {
	link, err := net.InterfaceByName(tunName)
	if err != nil {
		return fmt.Errorf("finding the network link %s: %w", tunName, err)
	}
	index := int32(link.Index)
	return onBus(ctx, func(ctx context.Context, bus *dbus.Conn) error {
		for _, call := range []struct {
			method string
			args   []any
		}{
			{"SetLinkDNSEx", []any{index, h.servers()}},
			{"SetLinkDomains", []any{index, []resolvedDomain{{".", true}}}},
			{"SetLinkDefaultRoute", []any{index, true}},
			// To ourselves, on this PC, and for answers that nobody signed.
			{"SetLinkDNSOverTLS", []any{index, "no"}},
			{"SetLinkDNSSEC", []any{index, "no"}},
			{"SetLinkLLMNR", []any{index, "no"}},
			{"SetLinkMulticastDNS", []any{index, "no"}},
			{"FlushCaches", nil},
		} {
			err := bus.Object(resolve1, "/org/freedesktop/resolve1").CallWithContext(ctx, resolve1+".Manager."+call.method, 0, call.args...).Err
			if err != nil {
				return fmt.Errorf("telling systemd-resolved to ask us (%s): %w", call.method, err)
			}
		}
		return nil
	})
}

func (h *tunHook) Check(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link == nil {
		return ErrNotHeld
	}
	if err := tunUp(); err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	link, err := net.InterfaceByName(tunName)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	var servers []resolvedServer
	var domains []resolvedDomain
	err = onBus(ctx, func(ctx context.Context, bus *dbus.Conn) error {
		var path dbus.ObjectPath
		if err := bus.Object(resolve1, "/org/freedesktop/resolve1").CallWithContext(ctx, resolve1+".Manager.GetLink", 0, int32(link.Index)).Store(&path); err != nil {
			return err
		}
		object := bus.Object(resolve1, path)
		if err := object.StoreProperty(resolve1+".Link.DNSEx", &servers); err != nil {
			return err
		}
		return object.StoreProperty(resolve1+".Link.Domains", &domains)
	})
	if err != nil {
		return fmt.Errorf("asking systemd-resolved about our link: %w", err)
	}
	if !sameServers(servers, h.servers()) || len(domains) != 1 || domains[0] != (resolvedDomain{".", true}) {
		return fmt.Errorf("%w: systemd-resolved was told not to ask us", ErrLost)
	}
	return nil
}

// sameServers compares but for the port: resolved leaves out 53.
func sameServers(a, b []resolvedServer) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, _ := netip.AddrFromSlice(a[i].Addr)
		if y, _ := netip.AddrFromSlice(b[i].Addr); x != y {
			return false
		}
	}
	return true
}

// Restore removes the link, also that of a service that hangs.
func (h *tunHook) Restore(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link != nil {
		h.link.Close()
		h.link = nil
	}
	link, err := netlink.LinkByName(tunName)
	if errors.As(err, new(netlink.LinkNotFoundError)) {
		return nil
	}
	if err == nil {
		err = netlink.LinkDel(link)
	}
	if err != nil && !errors.Is(err, unix.ENODEV) {
		return fmt.Errorf("removing the network link %s: %w", tunName, err)
	}
	h.config.Log.Info("removed the network link " + tunName + ", which sent systemd-resolved's questions to Lessonguard")
	return nil
}
