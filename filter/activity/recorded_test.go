package activity_test

import (
	"bytes"
	"testing"
	"time"

	"lessonguard/filter/activity"
)

// TestClock plays what happens to clocks, and looks at what is shown and what
// is in the file afterwards. Every play begins with "old.example" blocked.
func TestClock(t *testing.T) {
	const days = 24 * time.Hour
	type play struct {
		*pc
		s *activity.Store
	}
	run := func(p *play, d time.Duration) {
		for ; d > 0; p.once(p.s) {
			step := min(d, 6*time.Hour)
			p.pass(step)
			d -= step
		}
	}
	set := func(p *play, d time.Duration) { p.now = p.now.Add(d); p.once(p.s) }
	off := func(p *play, d time.Duration) {
		p.once(p.s)
		p.now = p.now.Add(d)
		p.s = p.boot()
		p.once(p.s)
	}
	block := func(p *play, name string) { p.s.Seen("ann", []byte(name), game); p.once(p.s) }

	for _, tt := range []struct {
		why    string
		play   func(*play)
		shown  string
		onDisk bool // old.example, whatever is shown
	}{
		{"a week less an hour", func(p *play) { run(p, 7*days-time.Hour) }, "old.example", true},
		{"a week", func(p *play) { run(p, 7*days) }, "", false},
		{"asleep overnight", func(p *play) { run(p, time.Hour); set(p, 12*time.Hour); block(p, "new.example") }, "new.example old.example", true},
		{"asleep, seven nights", func(p *play) {
			for range 7 {
				run(p, 8*time.Hour)
				set(p, 16*time.Hour)
			}
		}, "", false},
		{"off for eight days: gone at the start", func(p *play) { off(p, 8*days) }, "", false},
		{"off for six days", func(p *play) { off(p, 6*days) }, "old.example", true},
		{"off for six days and on for one", func(p *play) { off(p, 6*days); run(p, days) }, "", false},
		{"a wrong year: hidden, not deleted", func(p *play) { set(p, 365*days); run(p, 30*time.Minute) }, "", true},
		{"a wrong year, put right", func(p *play) {
			set(p, 365*days)
			block(p, "then.example")
			run(p, 30*time.Minute)
			set(p, -365*days)
			block(p, "new.example")
		}, "new.example then.example old.example", true},
		{"what a wrong year stamped goes in its time", func(p *play) {
			set(p, 365*days)
			run(p, 30*time.Minute)
			set(p, -365*days)
			run(p, 7*days)
		}, "", false},
		{"a wrong year that stands", func(p *play) { set(p, 365*days); run(p, time.Hour) }, "", false},
		{"a wrong year over a restart", func(p *play) { set(p, 365*days); off(p, time.Minute) }, "", true},
		{"a wrong year that stands over restarts", func(p *play) {
			set(p, 365*days)
			for range 4 {
				run(p, 20*time.Minute)
				off(p, time.Minute)
			}
		}, "", false},
		{"asleep for five days", func(p *play) { run(p, time.Hour); set(p, 5*days); run(p, 2*time.Hour) }, "old.example", true},
		{"back a month: not kept longer", func(p *play) { set(p, -30*days); run(p, 7*days) }, "", false},
		{"back a month and on, again and again", func(p *play) {
			for range 7 {
				set(p, -30*days)
				run(p, 12*time.Hour)
				set(p, 30*days)
				run(p, 12*time.Hour)
			}
		}, "", false},
		{"back an hour a day", func(p *play) {
			for range 7 {
				run(p, days)
				set(p, -time.Hour)
			}
		}, "", false},
		{"a flat battery: 1970 at each start, then the network", func(p *play) {
			for range 6 {
				wall := p.now
				off(p, time.Unix(1000, 0).Sub(p.now))
				run(p, 2*time.Minute)
				set(p, wall.Add(20*time.Hour).Sub(p.now))
				run(p, 2*time.Hour)
			}
		}, "old.example", true},
		{"a flat battery, for a week", func(p *play) {
			for range 8 {
				wall := p.now
				off(p, time.Unix(1000, 0).Sub(p.now))
				run(p, 2*time.Minute)
				set(p, wall.Add(20*time.Hour).Sub(p.now))
				run(p, 2*time.Hour)
			}
		}, "", false},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := &play{pc: newPC(t)}
			p.s = p.boot()
			block(p, "old.example")
			tt.play(p)
			a := read(t, p.s, "ann")
			if got := names(a); got != tt.shown {
				t.Errorf("shown %q, want %q", got, tt.shown)
			}
			for _, b := range a.Blocked {
				if b.Last.After(p.now) || p.now.Sub(b.Last) > activity.Keep {
					t.Errorf("%s was last blocked at %v, and it is %v", b.Name, b.Last, p.now)
				}
			}
			if got := bytes.Contains(onDisk(t, p.dir), []byte("old.example")); got != tt.onDisk {
				t.Errorf("on the disk %t, want %t", got, tt.onDisk)
			}
		})
	}
}

// TestSteady reads the same twice while the clock's second is not the running
// time's: what is shown depends on what was blocked alone.
func TestSteady(t *testing.T) {
	p := newPC(t)
	p.now = p.now.Add(900 * time.Millisecond)
	s := p.boot()
	s.Seen("ann", []byte("game.example"), game)
	p.pass(200 * time.Millisecond)
	want := asJSON(t, read(t, s, "ann"))
	for range 20 {
		p.pass(170 * time.Millisecond)
		if got := asJSON(t, read(t, s, "ann")); got != want {
			t.Fatalf("after %v:\n got %s\nwant %s", p.running, got, want)
		}
	}
}
