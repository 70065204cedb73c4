package system_test

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"lessonguard/filter/system"
)

// withAccounts gives the namespace two accounts of people.
func withAccounts(t testing.TB) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "passwd")
	const text = "root:x:0:0::/:\nresolver:x:500:500::/:\nann:x:5001:5001::/:\nben:x:5002:5002::/:\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
		unix.Mount(file, "/etc/passwd", "", unix.MS_BIND, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// as makes a socket as a program of the account with the number would.
func as[T any](t testing.TB, uid int, open func() (T, error)) T {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Setfsuid(uid); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Setfsuid(0) }()
	made, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestAskers: whose program sent a question.
func TestAskers(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	withAccounts(t)
	askers, err := system.OpenAskers()
	if err != nil {
		t.Fatal(err)
	}
	udp := func(at string) func() (*net.UDPConn, error) {
		return func() (*net.UDPConn, error) {
			return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)))
		}
	}
	connected := func(to string) func() (*net.UDPConn, error) {
		return func() (*net.UDPConn, error) {
			return net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to)))
		}
	}
	four, six := listenUDP(t, "127.0.0.1:5354"), listenUDP(t, "[::1]:5354")
	for _, tt := range []struct {
		why     string
		uid     int
		open    func() (*net.UDPConn, error)
		at      *net.UDPConn
		to      string
		account string
	}{
		{"connected", 5001, connected("192.0.2.53:53"), four, "", "ann"},
		{"of another account", 5002, connected("192.0.2.53:53"), four, "", "ben"},
		{"not connected", 5001, udp("0.0.0.0:0"), four, "192.0.2.53:53", "ann"},
		{"bound to an address", 5002, udp("192.0.2.2:0"), four, "192.0.2.53:53", "ben"},
		{"asking us", 5001, connected("127.0.0.1:5354"), four, "", "ann"},
		{"asking us, not connected", 5002, udp("0.0.0.0:0"), four, "127.0.0.1:5354", "ben"},
		{"IPv6", 5001, connected("[2001:db8::53]:53"), six, "", "ann"},
		{"IPv6, not connected", 5002, udp("[::]:0"), six, "[2001:db8::53]:53", "ben"},
		{"IPv6, asking us", 5001, connected("[::1]:5354"), six, "", "ann"},
		{"IPv4 from an IPv6 socket", 5002, udp("[::]:0"), four, "[::ffff:192.0.2.53]:53", "ben"},
		{"IPv4 from an IPv6 socket, connected", 5001, mapped(netip.MustParseAddrPort("192.0.2.53:53")), four, "", "ann"},
		{"of a service", 500, connected("192.0.2.53:53"), four, "", ""},
		{"of root", 0, connected("192.0.2.53:53"), four, "", ""},
		{"of an account without a name here", 5003, connected("192.0.2.53:53"), four, "", "5003"},
		{"from a port that several may share", 5001, udp("0.0.0.0:5353"), four, "192.0.2.53:53", ""},
	} {
		conn := as(t, tt.uid, tt.open)
		q := send(t, conn, tt.at, tt.to)
		if got, ok := askers.Of("udp", q.client, q.local); got != tt.account || ok != (tt.account != "") {
			t.Errorf("%s: %q, %v, want %q", tt.why, got, ok, tt.account)
		}
		if got, ok := askers.Of("tcp", q.client, q.local); ok {
			t.Errorf("%s: the same over TCP: %q", tt.why, got)
		}
		conn.Close()
		if got, ok := askers.Of("udp", q.client, q.local); ok {
			t.Errorf("%s: gone: %q", tt.why, got)
		}
	}
}

// mapped connects an IPv6 socket to an IPv4 address.
func mapped(to netip.AddrPort) func() (*net.UDPConn, error) {
	return func() (*net.UDPConn, error) {
		fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return nil, err
		}
		file := os.NewFile(uintptr(fd), "mapped")
		defer file.Close()
		if err := unix.Connect(fd, &unix.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}); err != nil {
			return nil, err
		}
		conn, err := net.FileConn(file)
		if err != nil {
			return nil, err
		}
		return conn.(*net.UDPConn), nil
	}
}

// TestAskersOfStreams: the same over TCP.
func TestAskersOfStreams(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	withAccounts(t)
	askers, err := system.OpenAskers()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ service, to string }{
		{"127.0.0.1:5354", "192.0.2.53:53"},
		{"[::1]:5354", "[2001:db8::53]:53"},
		{"127.0.0.1:5355", "127.0.0.1:5355"},
	} {
		l, err := net.Listen("tcp", tt.service)
		if err != nil {
			t.Fatal(err)
		}
		for uid, want := range map[int]string{5001: "ann", 5002: "ben", 0: ""} {
			program := as(t, uid, func() (net.Conn, error) {
				return net.Dial("tcp", tt.to)
			})
			stream, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			client, local := netip.MustParseAddrPort(stream.RemoteAddr().String()), netip.MustParseAddrPort(stream.LocalAddr().String())
			if got, ok := askers.Of("tcp", client, local); got != want || ok != (want != "") {
				t.Errorf("%s by %d: %q, %v, want %q", tt.to, uid, got, ok, want)
			}
			program.Close()
			stream.Close()
		}
		l.Close()
	}
}

func BenchmarkAskers(b *testing.B) {
	if !inNetwork(b) {
		return
	}
	network(b)
	withAccounts(b)
	askers, err := system.OpenAskers()
	if err != nil {
		b.Fatal(err)
	}
	conn := as(b, 5001, func() (*net.UDPConn, error) {
		return net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.53:53")))
	})
	q := send(b, conn, listenUDP(b, "127.0.0.1:5354"), "")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := askers.Of("udp", q.client, q.local); !ok {
			b.Fatal("not found")
		}
	}
}
