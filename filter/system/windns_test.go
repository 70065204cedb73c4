package system_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/filter/system"
)

// TestPlanAdapters: what an adapter asks before, while the service is there, and
// when it has gone again, whether or not the journal is still there.
func TestPlanAdapters(t *testing.T) {
	for _, tt := range []struct {
		why     string
		adapter system.WinAdapter
		was     system.WinJournal
		pointed string // what is set while the service is there
		back    string // what is set after it
		lost    string // the same without a journal
	}{
		{
			why:     "DHCP gives the router",
			adapter: system.WinAdapter{Up: true, Given: "192.168.1.1"},
			pointed: "127.0.0.1,192.168.1.1",
		},
		{
			why:     "DHCP gives two",
			adapter: system.WinAdapter{Up: true, Given: "192.168.1.1 192.168.1.2"},
			pointed: "127.0.0.1,192.168.1.1,192.168.1.2",
		},
		{
			why:     "the guardian has set a family resolver",
			adapter: system.WinAdapter{Up: true, Set: "1.1.1.3,1.0.0.3", Given: "192.168.1.1"},
			pointed: "127.0.0.1,1.1.1.3,1.0.0.3", back: "1.1.1.3,1.0.0.3", lost: "1.1.1.3,1.0.0.3",
		},
		{
			why:     "with a space between, as older programs write it",
			adapter: system.WinAdapter{Up: true, Set: "1.1.1.3 1.0.0.3"},
			pointed: "127.0.0.1,1.1.1.3,1.0.0.3", back: "1.1.1.3,1.0.0.3", lost: "1.1.1.3,1.0.0.3",
		},
		{
			why:     "somebody set what DHCP gives: without the journal it is taken for that",
			adapter: system.WinAdapter{Up: true, Set: "192.168.1.1", Given: "192.168.1.1"},
			pointed: "127.0.0.1,192.168.1.1", back: "192.168.1.1", lost: "",
		},
		{
			why:     "no network yet",
			adapter: system.WinAdapter{Up: true},
			pointed: "127.0.0.1",
		},
		{
			why:     "left by a crash, and the network is another now",
			adapter: system.WinAdapter{Up: true, Set: "127.0.0.1,192.168.1.1", Given: "10.0.0.1"},
			was:     system.WinJournal{"{a}": ""},
			pointed: "127.0.0.1,10.0.0.1", back: "", lost: "",
		},
		{
			why:     "left by a crash, with what the guardian set",
			adapter: system.WinAdapter{Up: true, Set: "127.0.0.1,1.1.1.3", Given: "10.0.0.1"},
			was:     system.WinJournal{"{a}": "1.1.1.3"},
			pointed: "127.0.0.1,1.1.1.3", back: "1.1.1.3", lost: "1.1.1.3",
		},
		{
			why:     "left by a crash, and nothing stands behind it",
			adapter: system.WinAdapter{Up: true, Set: "127.0.0.1"},
			pointed: "127.0.0.1",
		},
		{
			why:     "a journal that names the service itself",
			adapter: system.WinAdapter{Up: true, Set: "127.0.0.1,192.168.1.1", Given: "192.168.1.1"},
			was:     system.WinJournal{"{a}": "127.0.0.1"},
			pointed: "127.0.0.1,192.168.1.1", back: "", lost: "",
		},
		{
			why:     "changed by the guardian since the journal was written",
			adapter: system.WinAdapter{Up: true, Set: "9.9.9.9"},
			was:     system.WinJournal{"{a}": "1.1.1.3"},
			pointed: "127.0.0.1,9.9.9.9", back: "9.9.9.9", lost: "9.9.9.9",
		},
		{
			why:     "a VPN's tunnel is the VPN's",
			adapter: system.WinAdapter{Up: true, VPN: true, Set: "10.8.0.1"},
			pointed: "10.8.0.1", back: "10.8.0.1", lost: "10.8.0.1",
		},
		{
			why:     "what belongs to one network stays with it",
			adapter: system.WinAdapter{Up: true, Profile: "8.8.8.8", Given: "192.168.1.1"},
			pointed: "", back: "", lost: "",
		},
		{
			why:     "not connected",
			adapter: system.WinAdapter{Set: "8.8.8.8"},
			pointed: "8.8.8.8", back: "8.8.8.8", lost: "8.8.8.8",
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			tt.adapter.ID = "{a}"
			changes, journal := system.PlanAdapters([]system.WinAdapter{tt.adapter}, system.Us, tt.was)
			now := system.Apply([]system.WinAdapter{tt.adapter}, changes)
			if got := now[0].Set; got != tt.pointed {
				t.Errorf("set is %q, want %q", got, tt.pointed)
			}
			if id := system.Unpointed(now, system.Us, journal); id != "" {
				t.Errorf("right after it, %s is not pointed at us", id)
			}
			again, same := system.PlanAdapters(now, system.Us, journal)
			if len(again) > 0 || !maps.Equal(same, journal) {
				t.Errorf("the second time: %v, journal %v, want nothing to do and %v", again, same, journal)
			}
			now[0].Up = false // unplugged is no reason to leave it pointed at nobody
			if got := system.Apply(now, system.PlanUndo(now, system.Us, journal))[0].Set; got != tt.back {
				t.Errorf("afterwards set is %q, want %q", got, tt.back)
			}
			if got := system.Apply(now, system.PlanUndo(now, system.Us, nil))[0].Set; got != tt.lost {
				t.Errorf("afterwards, without the journal, set is %q, want %q", got, tt.lost)
			}
		})
	}
}

// TestFallbacks: behind the service stands whom the connected adapters asked
// before, and when DHCP has given them another network's, those.
func TestFallbacks(t *testing.T) {
	wifi := system.WinAdapter{ID: "{wifi}", Up: true, Given: "192.168.1.1"}
	cable := system.WinAdapter{ID: "{cable}", Up: true, Set: "1.1.1.3,192.168.1.1"}
	vpn := system.WinAdapter{ID: "{vpn}", Up: true, VPN: true, Set: "10.8.0.1"}
	adapters := []system.WinAdapter{cable, wifi, vpn}
	changes, journal := system.PlanAdapters(adapters, system.Us, nil)
	if got, want := sayAddrs(system.Fallbacks(adapters, system.Us, nil)), "1.1.1.3 192.168.1.1"; got != want {
		t.Errorf("before: %s, want %s", got, want)
	}
	adapters = system.Apply(adapters, changes)
	adapters[1].Given = "10.0.0.1"
	if got, want := sayAddrs(system.Fallbacks(adapters, system.Us, journal)), "1.1.1.3 192.168.1.1 10.0.0.1"; got != want {
		t.Errorf("in another network: %s, want %s", got, want)
	}
	changes, _ = system.PlanAdapters(adapters, system.Us, journal)
	if got, want := system.Asks(system.Apply(adapters, changes)[1]), "127.0.0.1,10.0.0.1"; got != want {
		t.Errorf("in another network the adapter asks %s, want %s", got, want)
	}
}

// TestUnpointed: a change by somebody else is noticed, and an adapter that was
// plugged in this moment is not taken for one.
func TestUnpointed(t *testing.T) {
	journal := system.WinJournal{"{wifi}": ""}
	for _, tt := range []struct {
		why     string
		adapter system.WinAdapter
		want    string
	}{
		{"as we left it", system.WinAdapter{ID: "{wifi}", Up: true, Set: "127.0.0.1,192.168.1.1"}, ""},
		{"given back to DHCP", system.WinAdapter{ID: "{wifi}", Up: true, Given: "192.168.1.1"}, "{wifi}"},
		{"the service put second", system.WinAdapter{ID: "{wifi}", Up: true, Set: "8.8.8.8,127.0.0.1"}, "{wifi}"},
		{"disconnected", system.WinAdapter{ID: "{wifi}", Set: "8.8.8.8"}, ""},
		{"just plugged in", system.WinAdapter{ID: "{usb}", Up: true, Given: "192.168.1.1"}, ""},
	} {
		if got := system.Unpointed([]system.WinAdapter{tt.adapter}, system.Us, journal); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.why, got, tt.want)
		}
	}
}

func TestWinJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "adapters.journal")
	read := func() system.WinJournal {
		t.Helper()
		j, err := system.ReadWinJournal(path)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	if j := read(); len(j) != 0 {
		t.Errorf("before anything was written: %v", j)
	}
	want := system.WinJournal{"{wifi}": "", "{cable}": "1.1.1.3, 1.0.0.3"}
	if err := system.WriteWinJournal(want, path); err != nil {
		t.Fatal(err)
	}
	if got := read(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for range 2 {
		if err := system.WriteWinJournal(nil, path); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("with nothing to undo the file is still there: %v", err)
		}
	}
	for _, tt := range []struct{ why, contents string }{
		{"empty", ""},
		{"torn", `{"version":1,"adapters":{"{wifi}":"1.1.`},
		{"another thing", `[]`},
		{"without a version", `{"adapters":{"{wifi}":""}}`},
		{"of a later program", `{"version":2,"adapters":{"{wifi}":""}}`},
		{"an adapter without a name", `{"version":1,"adapters":{"":"1.1.1.3"}}`},
	} {
		write(t, path, tt.contents)
		if _, err := system.ReadWinJournal(path); err == nil || !strings.Contains(err.Error(), path+".damaged-") {
			t.Errorf("%s: got %v, want an error that says where it is", tt.why, err)
		}
		if j := read(); len(j) != 0 {
			t.Errorf("%s: the second time: %v", tt.why, j)
		}
	}
}

func TestGUIDBytes(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		ok       bool
	}{
		{"{3f2504e0-4f89-41d3-9a0c-0305e82c3301}", "3f2504e04f8941d39a0c0305e82c3301", true},
		{"{3F2504E0-4F89-41D3-9A0C-0305E82C3301}", "3f2504e04f8941d39a0c0305e82c3301", true},
		{in: "3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
		{in: "{3f2504e0-4f89-41d3-9a0c-0305e82c33}"},
		{in: "{3f2504e04f89-41d3-9a0c-0305e82c3301-}"},
		{in: "{3f2504e0-4f89-41d3-9a0c-0305e82c330g}"},
		{in: "{}"},
		{in: ""},
	} {
		got, ok := system.GUIDBytes(tt.in)
		if ok != tt.ok || ok && fmt.Sprintf("%x", got) != tt.want {
			t.Errorf("%q: got %x, %t, want %s, %t", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}
