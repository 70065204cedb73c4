package system_test

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lessonguard/filter/system"
)

const holderMark = "LESSONGUARD_TEST_HOLDER"

// TestHolder is the process that holds the hook of TestNftHook.
func TestHolder(t *testing.T) {
	if os.Getenv(holderMark) == "" {
		t.Skip("skipped: it is no test, but a process of another")
	}
	if err := system.Hold(); err != nil {
		t.Fatal(err)
	}
}

// TestNftHook: what the kernel and nft of this machine make of the hook.
func TestNftHook(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	nft := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "nft", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("nft %s: %v: %s", args, err, out)
		}
		return string(out)
	}
	nft("delete", "table", "inet", "questions")
	t.Setenv(holderMark, "yes")
	service := listenUDP(t, "127.0.0.1:5354")
	streams, err := net.Listen("tcp", "127.0.0.1:5354")
	if err != nil {
		t.Fatal(err)
	}
	defer streams.Close()
	origins, err := system.OpenOrigins()
	if err != nil {
		t.Fatal(err)
	}
	defer origins.Close()
	hook, err := system.Choose(t.Context(), system.HookConfig{
		Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5354")}, Own: system.Own{User: 61234},
		Holder: []string{os.Args[0], "-test.run=^TestHolder$"}, Sockets: []syscall.Conn{service},
	}, "nft")
	if err != nil {
		t.Fatal(err)
	}
	if err := hook.Check(t.Context()); !errors.Is(err, system.ErrNotHeld) {
		t.Errorf("before it is set: %v, want %v", err, system.ErrNotHeld)
	}
	program := listenUDP(t, "0.0.0.0:0")
	for _, rules := range []system.HookRules{{}, {CloseBypass: true, DoH: []netip.Prefix{netip.MustParsePrefix("192.0.2.54/32")}}} {
		if err := hook.Set(t.Context(), rules); err != nil {
			t.Fatal(err)
		}
		if err := hook.Check(t.Context()); err != nil {
			t.Errorf("once it is set: %v", err)
		}
		q := send(t, program, service, "192.0.2.53:53")
		if to, ok := origins.UDP(q.client, q.local); !ok || to.String() != "192.0.2.53:53" {
			t.Errorf("a question was going to %s, %v", to, ok)
		}
		for _, to := range []string{"192.0.2.53:853", "192.0.2.54:443"} {
			conn, err := net.DialTimeout("tcp", to, 300*time.Millisecond)
			if err == nil {
				conn.Close()
			}
			if refused := errors.Is(err, unix.ECONNREFUSED); refused != rules.CloseBypass {
				t.Errorf("%s: %v, refused %v, want %v", to, err, refused, rules.CloseBypass)
			}
		}
	}
	holder := children(t)
	for _, signal := range []syscall.Signal{unix.SIGTERM, unix.SIGINT, unix.SIGHUP, unix.SIGABRT} {
		for _, pid := range holder {
			if err := unix.Kill(pid, signal); err != nil {
				t.Fatal(err)
			}
		}
		// The rules go through it.
		if err := hook.Set(t.Context(), system.HookRules{}); err != nil || !slices.Equal(children(t), holder) {
			t.Errorf("what tells the whole group to end (%v) ends its holder: %v", signal, err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "nft", "delete", "table", "inet", "lessonguard").CombinedOutput(); err == nil {
		t.Errorf("another process deleted the table: %s", out)
	}
	if err := system.Restore(t.Context(), system.HookConfig{Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5354")}}); err != nil {
		t.Errorf("another process puts the PC back: %v", err)
	}
	if err := hook.Check(t.Context()); !errors.Is(err, system.ErrLost) {
		t.Errorf("after that: %v, want %v", err, system.ErrLost)
	}
	if err := hook.Set(t.Context(), system.HookRules{}); err != nil {
		t.Errorf("taking it back: %v", err)
	}
	for range 2 {
		if err := hook.Restore(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := hook.Check(t.Context()); !errors.Is(err, system.ErrNotHeld) || strings.Contains(nft("list", "tables"), "lessonguard") {
		t.Errorf("after it is restored: %v, want %v, and no table", err, system.ErrNotHeld)
	}
}

// children returns the processes that this one has started.
func children(t *testing.T) (all []int) {
	t.Helper()
	threads, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads {
		text, err := os.ReadFile(thread)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // a thread may have ended
			t.Fatal(err)
		}
		for field := range strings.FieldsSeq(string(text)) {
			pid, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, pid)
		}
	}
	slices.Sort(all)
	return all
}

// TestNftComplains: nft sets the rules all the same where it only grumbles.
func TestNftComplains(t *testing.T) {
	const noTerminal = "Cannot read termcap database;\nusing dumb terminal settings.\n"
	for _, tt := range []struct {
		said  []string
		heard bool
		told  string
	}{
		{nil, false, ""},
		{[]string{noTerminal}, false, "nft says: Cannot read termcap database;"},
		{[]string{"Error: Could not process rule: File exists\n", "add table\n"}, true, "nft says: Error: Could not process rule: File exists"},
		{[]string{noTerminal, "netlink: Err", "or: cache initialization failed\n", "Error: two\n"}, true, "nft says: netlink: Error: cache initialization failed"},
		{[]string{strings.Repeat("a", 5000)}, false, "nft says: " + strings.Repeat("a", 4096)},
	} {
		if heard, told := system.Complained(tt.said...); heard != tt.heard || told != tt.told {
			t.Errorf("%.60q: %v, %.60q; want %v, %.60q", tt.said, heard, told, tt.heard, tt.told)
		}
	}
}

// TestNftStops: a service that dies as it sets the hook leaves what it said on its
// way to nft. None of that holds once nft has been told to stop.
func TestNftStops(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	config := system.HookConfig{Listen: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:5354")}, Own: system.Own{User: 61234}}
	var lines []string
	for number := 1; number <= 2; number++ {
		rules, err := system.NftRules(config, system.HookRules{CloseBypass: true}, number, true)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, system.NftLine(rules))
	}
	for _, tt := range []struct {
		why  string
		told []string
	}{
		{"nothing said", nil},
		{"half a line", []string{lines[0][:len(lines[0])/2]}},
		{"a line", lines[:1]},
		{"a line and a half", []string{lines[0], lines[1][:len(lines[1])/2]}},
		{"two lines", lines},
	} {
		end, stopped, err := system.StopNft(tt.told...)
		if err != nil || !stopped {
			t.Errorf("%s: stopped %v, %v", tt.why, stopped, err)
		}
		for _, chain := range []string{"questions", "bypass"} {
			out, err := exec.CommandContext(t.Context(), "nft", "list", "chain", "inet", "lessonguard", chain).CombinedOutput()
			if err != nil || strings.Contains(string(out), "redirect") || strings.Contains(string(out), "reject") {
				t.Errorf("%s: %v, the chain is left with rules: %s", tt.why, err, out)
			}
		}
		end()
		if out, err := exec.CommandContext(t.Context(), "nft", "list", "tables").CombinedOutput(); err != nil || strings.Contains(string(out), "lessonguard") {
			t.Errorf("%s: the table is there after its end: %v: %s", tt.why, err, out)
		}
	}
}
