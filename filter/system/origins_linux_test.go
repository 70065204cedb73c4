package system_test

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"lessonguard/filter/system"
)

// inNetwork runs the test again in namespaces of its own (network and mounts), in
// which questions to the resolvers 192.0.2.53 and 2001:db8::53 are redirected to
// port 5354 of this PC, and reports whether this is it.
func inNetwork(t testing.TB) bool {
	t.Helper()
	const mark = "LESSONGUARD_TEST_NETWORK"
	if os.Getenv(mark) != "" {
		return true
	}
	if os.Getuid() != 0 {
		t.Skip("skipped: it needs root for a network namespace")
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("skipped: nft is not installed")
	}
	args := []string{"-test.run=^" + t.Name() + "$", "-test.v"}
	if _, ok := t.(*testing.B); ok {
		args = []string{"-test.run=^$", "-test.bench=^" + t.Name() + "$", "-test.benchmem"}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), mark+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("in its network: %v\n%s", err, out)
	}
	t.Log(string(out))
	return false
}

// network sets the namespace up.
func network(t testing.TB) {
	t.Helper()
	for _, args := range []string{
		"ip link set lo up",
		"ip link add net0 type veth peer name net1",
		"ip link set net1 up",
		"ip link set net0 up",
		"ip address add 192.0.2.2/24 dev net0",
		"ip address add 2001:db8::2/64 dev net0 nodad",
		"ip neighbour add 192.0.2.53 lladdr 02:00:00:00:00:01 dev net0",
		"ip -6 neighbour add 2001:db8::53 lladdr 02:00:00:00:00:01 dev net0",
		"nft add table inet questions",
		"nft add chain inet questions out { type nat hook output priority -110 ; }",
		"nft add rule inet questions out oifname != lo meta l4proto { tcp, udp } th dport 53 redirect to :5354",
	} {
		words := strings.Fields(args)
		if out, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", args, err, out)
		}
	}
}

// A question is a packet that a program sent and the service read.
type question struct {
	client, local netip.AddrPort
}

// send sends a packet from conn to a resolver, and returns it as at reads it.
func send(t testing.TB, conn, at *net.UDPConn, to string) question {
	t.Helper()
	var err error
	if conn.RemoteAddr() != nil {
		_, err = conn.Write([]byte("question"))
	} else {
		_, err = conn.WriteToUDPAddrPort([]byte("question"), netip.MustParseAddrPort(to))
	}
	if err != nil {
		t.Fatal(err)
	}
	_, from, err := at.ReadFromUDPAddrPort(make([]byte, 100))
	if err != nil {
		t.Fatal(err)
	}
	return question{from, netip.MustParseAddrPort(at.LocalAddr().String())}
}

func listenUDP(t testing.TB, at string) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(at)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestOrigins: where questions were going, as the kernel tells it.
func TestOrigins(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	origins, err := system.OpenOrigins()
	if err != nil {
		t.Fatal(err)
	}
	defer origins.Close()
	for _, tt := range []struct{ service, client, to string }{
		{"127.0.0.1:5354", "0.0.0.0:0", "192.0.2.53:53"},
		{"[::1]:5354", "[::]:0", "[2001:db8::53]:53"},
	} {
		at, conn := listenUDP(t, tt.service), listenUDP(t, tt.client)
		q := send(t, conn, at, tt.to)
		if got, ok := origins.UDP(q.client, q.local); !ok || got.String() != tt.to {
			t.Errorf("a packet to %s: %s, %v", tt.to, got, ok)
		}
		q = send(t, listenUDP(t, tt.client), at, tt.service)
		if got, ok := origins.UDP(q.client, q.local); ok {
			t.Errorf("a question that was asked of us: %s", got)
		}

		l, err := net.Listen("tcp", tt.service)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		program, err := net.Dial("tcp", tt.to)
		if err != nil {
			t.Fatal(err)
		}
		defer program.Close()
		stream, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Close()
		if got, ok := origins.TCP(stream.(*net.TCPConn)); !ok || got.String() != tt.to {
			t.Errorf("a connection to %s: %s, %v", tt.to, got, ok)
		}
	}
}

// TestOriginsOfOneSocket: each question of a socket that asks two resolvers has
// a way of its own.
func TestOriginsOfOneSocket(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	origins, err := system.OpenOrigins()
	if err != nil {
		t.Fatal(err)
	}
	defer origins.Close()
	at, conn := listenUDP(t, "127.0.0.1:5354"), listenUDP(t, "0.0.0.0:0")
	for _, to := range []string{"192.0.2.53:53", "192.0.2.54:53", "192.0.2.53:53", "192.0.2.54:53"} {
		q := send(t, conn, at, to)
		if got, ok := origins.UDP(q.client, q.local); !ok || got.String() != to {
			t.Errorf("a packet to %s of a socket that asks two: %s, %v", to, got, ok)
		}
	}
}

func BenchmarkOrigins(b *testing.B) {
	if !inNetwork(b) {
		return
	}
	network(b)
	origins, err := system.OpenOrigins()
	if err != nil {
		b.Fatal(err)
	}
	defer origins.Close()
	q := send(b, listenUDP(b, "0.0.0.0:0"), listenUDP(b, "127.0.0.1:5354"), "192.0.2.53:53")
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := origins.UDP(q.client, q.local); !ok {
			b.Fatal("not found")
		}
	}
}
