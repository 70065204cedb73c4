package resolve_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lessonguard/filter/resolve"
)

// TestNoPortsLeft: who takes every port that the kernel draws from keeps nobody
// from the resolvers, and the filter from being one.
func TestNoPortsLeft(t *testing.T) {
	const mark = "LESSONGUARD_TEST_PORTS"
	if os.Getenv(mark) == "" {
		if os.Getuid() != 0 {
			t.Skip("skipped: it needs root for a network namespace")
		}
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), mark+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("in its network: %v\n%s", err, out)
		}
		return
	}
	if out, err := exec.CommandContext(t.Context(), "ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Skipf("skipped: %v: %s", err, out)
	}
	const first, last = 40000, 40040
	up := newUpstream(t)
	changes := make(chan resolve.Health, 16)
	s := start(t, func(c *resolve.Config) { c.OnHealth = func(h resolve.Health) { changes <- h } }, up)
	await(t, changes, true)
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", fmt.Appendf(nil, "%d %d", first, last), 0); err != nil {
		t.Skipf("skipped: %v", err)
	}
	for port := first; port <= last; port++ {
		if conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", fmt.Sprintf(":%d", port)); err == nil {
			defer conn.Close()
		}
	}
	if conn, err := net.Dial("udp", "127.0.0.1:1"); err == nil {
		conn.Close()
		t.Fatal("a port is left")
	}
	client := &dns.Client{Timeout: 10 * time.Second, Dialer: &net.Dialer{LocalAddr: &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2000}}}
	for i := range 40 { // more than there are sockets from before
		name := fmt.Sprintf("n%d.example.", i)
		up.add(name + " 60 IN A 192.0.2.1")
		answer, _, err := client.Exchange(query(name, dns.TypeA), s.Addr().String())
		if err != nil || answer.Rcode != dns.RcodeSuccess {
			t.Fatalf("question %d: %v, %v", i, answer, err)
		}
	}
	for probed := up.count("."); up.count(".") < probed+2; {
		s.Nudge()
		time.Sleep(50 * time.Millisecond)
	}
	if !s.Health().Up {
		t.Error("the resolvers are taken for dead")
	}
}
