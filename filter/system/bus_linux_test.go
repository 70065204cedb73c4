package system_test

import (
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"testing"

	"lessonguard/filter/system"
)

// TestHungBus: nobody on the system bus who hangs, nor the bus itself, keeps the
// service from choosing a hook, from beginning a lesson, or from anything. The
// test ends, which is what it tests.
func TestHungBus(t *testing.T) {
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Skip("skipped: the directory for tests has a name too long for a socket")
	}
	defer l.Close() // connections wait at it for ever
	listen := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53")}
	for name, address := range map[string]string{
		"nobody answers on the bus": "unix:path=" + l.Addr().String(),
		"there is no bus":           "unix:path=/nonexistent/bus",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
			if _, err := system.Choose(t.Context(), system.HookConfig{Listen: listen}, "tun"); !errors.Is(err, system.ErrNoHook) {
				t.Errorf("choosing the tun hook: %v, want %v", err, system.ErrNoHook)
			}
			if err := system.FlushCache(t.Context()); err != nil {
				t.Errorf("emptying caches: %v, want nil: without a bus there is none of systemd-resolved", err)
			}
		})
	}
	t.Run("systemd-resolved hangs", func(t *testing.T) {
		r := &resolved{hung: map[string]bool{"flush": true}}
		r.run(t)
		if err := system.FlushCache(t.Context()); err == nil {
			t.Error("emptying the cache of one that hangs: no error")
		}
	})
}
