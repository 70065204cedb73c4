package system_test

import (
	"bufio"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"lessonguard/filter/system"
)

// A resolved is as much of systemd-resolved as is told whom to ask.
type resolved struct {
	how  string          // DNSOverTLS
	hung map[string]bool // what it never answers
	mu   sync.Mutex
	told []string
}

func (r *resolved) Get(string, string) (dbus.Variant, *dbus.Error) {
	if r.hung["asked"] {
		select {}
	}
	return dbus.MakeVariant(r.how), nil
}

func (r *resolved) say(what string) *dbus.Error {
	if r.hung[what] {
		select {}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, what)
	return nil
}

type dnsServer struct {
	Family int32
	Addr   []byte
	Port   uint16
	Name   string
}

type dnsDomain struct {
	Domain string
	Route  bool
}

func (r *resolved) SetLinkDNSEx(int32, []dnsServer) *dbus.Error       { return r.say("servers") }
func (r *resolved) SetLinkDomains(int32, []dnsDomain) *dbus.Error     { return r.say("domains") }
func (r *resolved) SetLinkDefaultRoute(int32, bool) *dbus.Error       { return nil }
func (r *resolved) SetLinkDNSOverTLS(_ int32, how string) *dbus.Error { return r.say("TLS " + how) }
func (r *resolved) SetLinkDNSSEC(int32, string) *dbus.Error           { return nil }
func (r *resolved) SetLinkLLMNR(int32, string) *dbus.Error            { return nil }
func (r *resolved) SetLinkMulticastDNS(int32, string) *dbus.Error     { return nil }
func (r *resolved) FlushCaches() *dbus.Error                          { return r.say("flush") }

// run has r answer on a bus of its own.
func (r *resolved) run(t *testing.T) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("skipped: dbus-daemon is not installed")
	}
	dir, err := os.MkdirTemp("", "bus") //nolint:usetesting // that of the test has signs in it that an address cannot have
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	address := "unix:path=" + filepath.Join(dir, "bus")
	cmd := exec.CommandContext(t.Context(), daemon, "--session", "--nofork", "--print-address", "--address="+address)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the bus does not run")
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	for _, its := range []string{"org.freedesktop.DBus.Properties", "org.freedesktop.resolve1.Manager"} {
		if err := bus.Export(r, "/org/freedesktop/resolve1", its); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := bus.RequestName("org.freedesktop.resolve1", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// TestTellResolved: systemd-resolved is told to ask us where it insists on TLS,
// and where it cannot be told, what it asks by is left open.
func TestTellResolved(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	here, nobody := l.Addr().(*net.TCPAddr).AddrPort(), netip.MustParseAddrPort("127.0.0.1:1")
	for _, tt := range []struct {
		how          string
		hung         string
		listen       netip.AddrPort
		told, closed bool
	}{
		{"no", "", here, false, true},
		{"opportunistic", "", here, false, true},
		{"yes", "", here, true, true},
		{"yes", "", nobody, false, false}, // it cannot be told
		{"yes", "domains", here, false, false},
		{"yes", "asked", here, false, true},
	} {
		t.Run("", func(t *testing.T) {
			if _, err := os.Stat("/dev/net/tun"); err != nil && (tt.told || tt.hung != "") {
				t.Skip("skipped: no link can be made here")
			}
			r := &resolved{how: tt.how, hung: map[string]bool{tt.hung: true}}
			r.run(t)
			rules, told, leave := system.TellResolved(t.Context(), system.HookConfig{Listen: []netip.AddrPort{tt.listen}}, system.HookRules{CloseBypass: true})
			leave()
			if told != tt.told || rules.CloseBypass != tt.closed {
				t.Errorf("%s, hung %q: told %v, port 853 closed %v, want %v, %v", tt.how, tt.hung, told, rules.CloseBypass, tt.told, tt.closed)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if got := len(r.told) == 4 && r.told[2] == "TLS no"; got != tt.told {
				t.Errorf("it was told %q", r.told)
			}
		})
	}
}
