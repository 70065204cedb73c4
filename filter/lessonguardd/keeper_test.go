package main

import (
	"strings"
	"testing"
	"time"
)

// TestKeeper plays days through the state machine, a letter a step of a second:
//
//	. a resolver answers        a none answers
//	c none answers, and the PC has no link, or no resolver to ask
//	m none answers, and the PC slept, its clock was set or the network changed
//	S none answers, and a step of an hour: the PC was too busy, or asleep unnoticed
//	o outside lessons, where only they are filtered: a resolver answers
//	O likewise: none answers
//
// and wants, for each, h hold, l let go, r rest.
func TestKeeper(t *testing.T) {
	for _, tt := range []struct{ why, steps, want string }{
		{"all is well", "....", "hhhh"},
		{"dead for nine seconds", "." + strings.Repeat("a", 9) + ".", "h" + strings.Repeat("h", 9) + "h"},
		{"dead for ten", "." + strings.Repeat("a", 10), "h" + strings.Repeat("h", 9) + "l"},
		{"taken back on the first answer", strings.Repeat("a", 12) + ".a", strings.Repeat("h", 9) + "lllhh"},
		{"an answer in between", "aaaaaaaaa.aaaaaaaaa", strings.Repeat("h", 19)},
		{"at start, before the first probe", "aa.", "hhh"},
		{"the cable is out, for as long as you like", strings.Repeat("c", 60), strings.Repeat("h", 60)},
		{"the cable out and in, again and again", strings.Repeat("aaaaaaaaac", 5), strings.Repeat("h", 50)},
		{"in again, and still nobody answers", "ccc" + strings.Repeat("a", 10), strings.Repeat("h", 12) + "l"},
		{"let go, then the cable is out: nothing answers yet", strings.Repeat("a", 10) + "ccaa.", strings.Repeat("h", 9) + "lllllh"},
		{"sleep does not count", "aaaaaaaaam" + strings.Repeat("a", 9), strings.Repeat("h", 19)},
		{"and then ten seconds do", "aaaaaaaaam" + strings.Repeat("a", 10), strings.Repeat("h", 19) + "l"},
		{"let go, then asleep: nothing answers yet", strings.Repeat("a", 10) + "m.", strings.Repeat("h", 9) + "llh"},
		{"an hour unnoticed is two seconds", "SSSSS", "hhhhl"},
		{"lessons only", "oo..oo", "rrhhrr"},
		{"lessons only, and dead before it begins", strings.Repeat("O", 12) + "a.", strings.Repeat("r", 12) + "lh"},
		{"lessons only, and alive again before it begins", strings.Repeat("O", 12) + "oa.", strings.Repeat("r", 13) + "hh"},
	} {
		var k keeper
		got := ""
		for _, letter := range tt.steps {
			s := step{passed: time.Second, reachable: true, wanted: true}
			switch letter {
			case '.':
				s.answers = true
			case 'c':
				s.reachable = false
			case 'm':
				s.moved = true
			case 'S':
				s.passed = time.Hour
			case 'o':
				s.answers, s.wanted = true, false
			case 'O':
				s.wanted = false
			}
			got += string("hlr"[k.next(s)])
		}
		if got != tt.want {
			t.Errorf("%s: %s:\n got %s\nwant %s", tt.why, tt.steps, got, tt.want)
		}
	}
}

// TestKeeperBackwards: a clock that goes backwards neither lets go nor keeps
// from it.
func TestKeeperBackwards(t *testing.T) {
	var k keeper
	dead := step{reachable: true, wanted: true, passed: time.Second}
	for range 5 {
		k.next(dead)
		back := dead
		back.passed = -time.Hour
		if got := k.next(back); got != holdIt {
			t.Fatalf("let go after a step backwards")
		}
	}
	for range 4 {
		k.next(dead)
	}
	if got := k.next(dead); got != letItGo {
		t.Errorf("not let go after ten seconds")
	}
}
