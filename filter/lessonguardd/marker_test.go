package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/system"
)

// TestBetween: what a service tells of the time since the last one lived.
func TestBetween(t *testing.T) {
	now := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)
	boot := system.Boot{ID: "b", At: now.Add(-3 * time.Hour)}
	before := system.Boot{ID: "a", At: now.Add(-50 * time.Hour)}
	just := system.Boot{ID: "c", At: now.Add(-20 * time.Second)}
	unnamed := system.Boot{At: boot.At}
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, tt := range []struct {
		why     string
		last    system.Boot
		stopped bool
		alive   time.Time
		boot    system.Boot
		want    filter.NoticeKind
		from    time.Time
	}{
		{"killed", boot, false, ago(time.Second), boot, filter.NoticeKilled, ago(time.Second)},
		{"killed, where boots have no names", unnamed, false, ago(time.Second), system.Boot{At: boot.At.Add(time.Second)}, filter.NoticeKilled, ago(time.Second)},
		{"updated", boot, true, ago(2 * time.Second), boot, "", now},
		{"stopped", boot, true, ago(time.Hour), boot, filter.NoticeStopped, ago(time.Hour)},
		{"the PC was shut down", before, true, ago(20 * time.Hour), just, "", now},
		{"the power was cut", before, false, ago(20 * time.Hour), just, "", now},
		{"shut down, and started late", before, true, ago(20 * time.Hour), boot, filter.NoticeStopped, boot.At},
		{"stopped, then the clock was set back", boot, true, now.Add(time.Hour), boot, "", now},
		{"killed, then the clock was set back", boot, false, now.Add(time.Hour), boot, filter.NoticeKilled, now},
		{"killed, where the boot's time moved with the clock", system.Boot{At: boot.At.Add(-time.Hour)}, false, ago(time.Second), unnamed, "", now},
		{"nothing is known of boots", system.Boot{}, true, ago(time.Second), system.Boot{}, "", now},
	} {
		n := between(ending{tt.last, tt.stopped}, tt.alive, tt.boot, now)
		if n.Kind != tt.want || n.Kind != "" && (!n.From.Equal(tt.from) || !n.To.Equal(now)) {
			t.Errorf("%s: %s from %v to %v, want %q from %v", tt.why, n.Kind, n.From, n.To, tt.want, tt.from)
		}
	}
}

// TestMarker: what is written down is what the next service reads.
func TestMarker(t *testing.T) {
	dir, now := t.TempDir(), time.Now().Truncate(time.Second)
	boot := system.Boot{ID: "b", At: now.Add(-time.Hour)}
	m := newMarker(dir, boot, func() time.Time { return now })
	begin := func(want filter.NoticeKind) {
		t.Helper()
		notices, err := m.begin()
		if err != nil || len(notices) > 1 || len(notices) == 1 && notices[0].Kind != want || len(notices) == 0 && want != "" {
			t.Fatalf("%v, %v, want %q", notices, err, want)
		}
		if err := m.lives(); err != nil {
			t.Fatal(err)
		}
	}
	begin("") // the first ever
	now = now.Add(time.Minute)
	begin(filter.NoticeKilled)
	if err := m.end(); err != nil {
		t.Fatal(err)
	}
	begin("")
	if err := os.Remove(filepath.Join(dir, "running.json")); err != nil {
		t.Fatal(err)
	}
	if err := m.lives(); err != nil { // it is made again
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	begin(filter.NoticeKilled)
	if err := os.WriteFile(filepath.Join(dir, "running.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.begin(); err == nil {
		t.Error("a damaged marker is no error")
	}
	if aside, _ := filepath.Glob(filepath.Join(dir, "running.json.damaged-*")); len(aside) != 1 {
		t.Errorf("set aside: %v", aside)
	}
	begin(filter.NoticeKilled) // marked all the same
}
