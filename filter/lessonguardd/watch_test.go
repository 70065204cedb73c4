package main

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lessonguard/filter"
)

// TestWatching: what is noticed, once each, also over a restart.
func TestWatching(t *testing.T) {
	dir := t.TempDir()
	hosts, program := filepath.Join(dir, "hosts"), filepath.Join(dir, "program")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(hosts, "127.0.0.1 localhost\n")
	write(program, "")
	var tunnels []string
	networks, failing := "eth0 192.0.2.0/24", error(nil)
	resolvers := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:53"), netip.MustParseAddrPort("192.0.2.2:53")}
	other := []netip.AddrPort{netip.MustParseAddrPort("203.0.113.9:53")}
	var got []filter.NoticeKind
	start := func() *watching {
		w := &watching{
			path: filepath.Join(dir, "seen.json"), hosts: hosts, program: program,
			tunnels:   func() ([]string, error) { return tunnels, failing },
			networks:  func() (string, error) { return networks, failing },
			resolvers: func() []netip.AddrPort { return resolvers },
			note:      func(n filter.Notice) { got = append(got, n.Kind) },
			log:       slog.New(slog.DiscardHandler),
		}
		if err := w.load(); err != nil {
			t.Fatal(err)
		}
		return w
	}
	w, now := start(), time.Now()
	for _, tt := range []struct {
		why  string
		do   func()
		want []filter.NoticeKind
	}{
		{"nothing", func() {}, nil},
		{"the hosts file", func() { write(hosts, "127.0.0.1 localhost other\n") }, []filter.NoticeKind{filter.NoticeHosts}},
		{"only its time", func() { _ = os.Chtimes(hosts, now, now) }, nil},
		{"it is gone", func() { _ = os.Remove(hosts) }, []filter.NoticeKind{filter.NoticeHosts}},
		{"and changed while no service ran", func() { write(hosts, "::1 localhost\n"); w = start() }, []filter.NoticeKind{filter.NoticeHosts}},
		{"a tunnel", func() { tunnels = []string{"wg0"} }, []filter.NoticeKind{filter.NoticeTunnel}},
		{"it stays", func() { w = start() }, nil},
		{"a second", func() { tunnels = []string{"wg0", "tun0"} }, []filter.NoticeKind{filter.NoticeTunnel}},
		{"both end", func() { tunnels = nil }, nil},
		{"nothing can be seen", func() { failing = errors.New("no") }, nil},
		{"and again", func() { failing = nil }, nil},
		{"the same resolvers in another order", func() { slices.Reverse(resolvers) }, nil},
		{"other resolvers", func() { resolvers = other }, []filter.NoticeKind{filter.NoticeResolvers}},
		{"none, while a link is renewed", func() { resolvers = nil }, nil},
		{"and the same again", func() { resolvers = other }, nil},
		{"another network, with others", func() { networks, resolvers = "wlan0 198.51.100.0/24", resolvers[:1] }, nil},
		{"the program is replaced", func() { write(program, "new") }, nil},
		{"it is removed", func() { _ = os.Remove(program) }, []filter.NoticeKind{filter.NoticeRemoved}},
		{"it stays so", func() {}, nil},
	} {
		got = nil
		tt.do()
		for range goneAfter { // longer than anything takes to settle
			now = now.Add(watchEvery)
			w.look(now)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: noticed %v, want %v", tt.why, got, tt.want)
		}
	}
}
