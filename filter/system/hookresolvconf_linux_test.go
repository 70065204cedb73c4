package system_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"lessonguard/filter/system"
)

func TestResolvConfFor(t *testing.T) {
	const mark = "# Made by Lessonguard. What was here before is put back when it stops.\n"
	for _, tt := range []struct{ was, listen, want string }{
		{"", "127.0.0.1:53", "nameserver 127.0.0.1\n"},
		{"# by DHCP\nsearch lan\nnameserver 192.168.1.1\n", "127.0.0.1:53", "nameserver 127.0.0.1\nsearch lan\nnameserver 192.168.1.1\n"},
		{"nameserver 192.168.1.1\nnameserver 192.168.1.2\nnameserver 192.168.1.3\n", "127.0.0.1:53", "nameserver 127.0.0.1\nnameserver 192.168.1.1\nnameserver 192.168.1.2\n"},
		{"nameserver ::1\nnameserver 192.168.1.1\n", "[::1]:53", "nameserver ::1\nnameserver 192.168.1.1\n"},
		{"nameserver 192.168.1.1\noptions rotate edns0\noptions rotate\n", "127.0.0.1:53", "nameserver 127.0.0.1\nnameserver 192.168.1.1\noptions edns0\n"},
	} {
		got := string(system.ResolvConfFor([]byte(tt.was), []netip.AddrPort{netip.MustParseAddrPort(tt.listen)}))
		if got != mark+tt.want {
			t.Errorf("%q: got\n%swant\n%s", tt.was, got, mark+tt.want)
		}
	}
}

// TestResolvConfHook goes the whole way on files of its own: set, set again by a
// process after a crash, noticed, restored.
func TestResolvConfHook(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"etc", "run/NetworkManager", "state"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "run/NetworkManager/resolv.conf"), "nameserver 192.168.1.1\n")
	if err := os.Symlink("../run/NetworkManager/resolv.conf", filepath.Join(root, "etc/resolv.conf")); err != nil {
		t.Fatal(err)
	}
	before := state(t, filepath.Join(root, "etc"))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := system.HookConfig{Root: root, Dir: filepath.Join(root, "state"), Listen: []netip.AddrPort{l.Addr().(*net.TCPAddr).AddrPort()}}
	h := system.NewResolvConf(config)
	if err := h.Check(t.Context()); !errors.Is(err, system.ErrNotHeld) {
		t.Errorf("before: Check = %v, want ErrNotHeld", err)
	}
	for range 2 {
		if err := h.Set(t.Context(), system.HookRules{}); err != nil {
			t.Fatal(err)
		}
		if err := h.Check(t.Context()); err != nil {
			t.Errorf("set: Check = %v", err)
		}
		h = system.NewResolvConf(config) // of another process
	}
	const want = "nameserver 127.0.0.1\nnameserver 192.168.1.1\n"
	got, err := os.ReadFile(filepath.Join(root, "etc/resolv.conf"))
	if err != nil || string(got[len(got)-len(want):]) != want {
		t.Errorf("resolv.conf is %q, %v, want %q at its end", got, err, want)
	}
	if drop, err := os.ReadFile(filepath.Join(root, "run/NetworkManager/conf.d/90-lessonguard.conf")); err != nil {
		t.Errorf("NetworkManager is told %q, %v", drop, err)
	}
	write(t, filepath.Join(root, "etc/resolv.conf"), "nameserver 192.168.1.1\n")
	if err := h.Check(t.Context()); !errors.Is(err, system.ErrLost) {
		t.Errorf("changed: Check = %v, want ErrLost", err)
	}
	if err := os.Remove(filepath.Join(root, "etc/resolv.conf")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../run/NetworkManager/resolv.conf", filepath.Join(root, "etc/resolv.conf")); err != nil {
		t.Fatal(err)
	}
	if err := h.Set(t.Context(), system.HookRules{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.Restore(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := state(t, filepath.Join(root, "etc")); got != before {
			t.Errorf("restored: got\n%swant\n%s", got, before)
		}
	}
	if left := state(t, filepath.Join(root, "run/NetworkManager/conf.d")); left != "" {
		t.Errorf("left to NetworkManager: %s", left)
	}
	// The PC is never pointed at nobody.
	l.Close()
	if err := h.Set(t.Context(), system.HookRules{}); err == nil {
		t.Error("set although nobody answers")
	}
	if got := state(t, filepath.Join(root, "etc")); got != before {
		t.Errorf("refused: got\n%swant\n%s", got, before)
	}
}

// TestResolvConfWithoutJournal takes us out of a resolv.conf whose journal is
// damaged: what was there stands behind us.
func TestResolvConfWithoutJournal(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"etc", "state"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	config := system.HookConfig{Root: root, Dir: filepath.Join(root, "state"), Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53")}}
	ours := system.ResolvConfFor([]byte("nameserver 192.168.1.1\nsearch lan\n"), config.Listen)
	write(t, filepath.Join(root, "etc/resolv.conf"), string(ours))
	write(t, filepath.Join(root, "state/resolvconf.journal"), "{")
	if err := system.NewResolvConf(config).Restore(t.Context()); err == nil {
		t.Error("no word of the damaged journal")
	}
	want := "resolv.conf -rw-r--r-- nameserver 192.168.1.1\nsearch lan\n\n"
	if got := state(t, filepath.Join(root, "etc")); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestResolvConfBelievesNoOther has root put nothing back that the service, taken
// over, could have written down.
func TestResolvConfBelievesNoOther(t *testing.T) {
	for name, tt := range map[string]struct {
		file  string // that is named
		owner int    // of the journal
		link  bool   // the journal is one
	}{
		"another file":      {file: "etc/passwd", owner: os.Geteuid()},
		"another's journal": {file: "etc/resolv.conf", owner: 12345},
		"a link":            {file: "etc/resolv.conf", owner: os.Geteuid(), link: true},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.owner != os.Geteuid() && os.Geteuid() != 0 {
				t.Skip("skipped: it needs root to give a file away")
			}
			root := t.TempDir()
			for _, dir := range []string{"etc", "state"} {
				if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			file, journal := filepath.Join(root, tt.file), filepath.Join(root, "state/resolvconf.journal")
			write(t, file, "what is there")
			at := journal
			if tt.link {
				at = filepath.Join(root, "elsewhere")
				if err := os.Symlink(at, journal); err != nil {
					t.Fatal(err)
				}
			}
			ours := base64.StdEncoding.EncodeToString([]byte("what is there"))
			write(t, at, fmt.Sprintf(`[{"path":%q,"was":{"exists":true,"contents":"eA==","mode":420},"ours":[%q]}]`, file, ours))
			if err := os.Chown(at, tt.owner, -1); err != nil {
				t.Fatal(err)
			}
			config := system.HookConfig{Root: root, Dir: filepath.Join(root, "state"), Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53")}}
			if err := system.NewResolvConf(config).Restore(t.Context()); err != nil {
				t.Error(err)
			}
			if got, err := os.ReadFile(file); err != nil || string(got) != "what is there" {
				t.Errorf("%s is now %q, %v", tt.file, got, err)
			}
		})
	}
}
