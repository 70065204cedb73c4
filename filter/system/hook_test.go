package system_test

import (
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"testing"

	"lessonguard/filter/system"
)

func TestChoose(t *testing.T) {
	missing := errors.New("nft is missing")
	denied := errors.New("no tun")
	hooks := func(nft, tun error) []system.FakeHook {
		return []system.FakeHook{{Called: "nft", Why: nft}, {Called: "tun", Why: tun}, {Called: "resolv.conf"}}
	}
	for _, tt := range []struct {
		why      string
		nft, tun error
		names    []string
		want     string
	}{
		{"everything is there", nil, nil, nil, "nft"},
		{"the best is missing", missing, nil, nil, "tun"},
		{"only the last is left", missing, denied, nil, "resolv.conf"},
		{"one is named", nil, nil, []string{"tun"}, "tun"},
		{"two are named, the better is missing", missing, nil, []string{"tun", "nft"}, "tun"},
	} {
		got, err := system.FirstOf(t.Context(), hooks(tt.nft, tt.tun), tt.names...)
		if err != nil || got.Name() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.why, got, err, tt.want)
		}
	}
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{[]string{"nft", "tun"}, "Lessonguard cannot become this PC's resolver; not by nft: nft is missing; not by tun: no tun"},
		{[]string{"magic"}, `Lessonguard cannot become this PC's resolver; there is no hook named "magic"`},
	} {
		_, err := system.FirstOf(t.Context(), hooks(missing, denied), tt.names...)
		if !errors.Is(err, system.ErrNoHook) || err.Error() != tt.want {
			t.Errorf("%v: got %v, want %s", tt.names, err, tt.want)
		}
	}
}

// TestElsewhere shows that a system without hooks says so, and puts up no
// pretence of one.
func TestElsewhere(t *testing.T) {
	if slices.Contains([]string{"linux", "windows", "darwin"}, runtime.GOOS) {
		t.Skip("this system has hooks")
	}
	if h, err := system.Choose(t.Context(), system.HookConfig{}); h != nil || !errors.Is(err, system.ErrNoHook) {
		t.Errorf("Choose = %v, %v, want ErrNoHook", h, err)
	}
	if err := system.Restore(t.Context(), system.HookConfig{}); !errors.Is(err, system.ErrNoHook) {
		t.Errorf("Restore = %v, want ErrNoHook", err)
	}
}

func TestOnlyLinkLocal(t *testing.T) {
	for _, tt := range []struct {
		resolvers []string
		want      bool
	}{
		{nil, false},
		{[]string{"[fe80::1%eth0]:53"}, true},
		{[]string{"[fe80::1%eth0]:53", "192.168.1.1:53"}, false},
		{[]string{"169.254.1.1:53"}, false},
		{[]string{"[2001:db8::1]:53"}, false},
	} {
		var n system.Network
		for _, r := range tt.resolvers {
			n.Resolvers = append(n.Resolvers, netip.MustParseAddrPort(r))
		}
		if got := system.OnlyLinkLocal(n); got != tt.want {
			t.Errorf("%v: got %t, want %t", tt.resolvers, got, tt.want)
		}
	}
}
