package activity_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"lessonguard/filter"
)

func asJSON(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestKept goes through every verdict there could be, likely or not, and looks
// at what was kept of each: in the answer and in the bytes of the file.
func TestKept(t *testing.T) {
	named := map[filter.Reason]bool{filter.OwnRule: true, filter.NotApproved: true, filter.Listed: true, filter.UnsafeSearch: true}
	counted := map[filter.Reason]bool{
		filter.RestrictedList: true, filter.OwnRule: true, filter.NotApproved: true, filter.Listed: true, filter.UnsafeSearch: true,
	}
	for reason := filter.Protected; reason <= filter.Unlisted; reason++ {
		for _, action := range []filter.Action{filter.Open, filter.Block, filter.NoName, filter.NoData} {
			for bits := range 8 {
				private, unnamed, harm := bits&1 != 0, bits&2 != 0, bits&4 != 0
				v := filter.Verdict{Action: action, Reason: reason, Private: private, Unnamed: unnamed, Category: filter.Games}
				if harm {
					v.Category = filter.SelfHarm
				}
				wantCount := counted[reason] && action != filter.Open && !private
				wantName := wantCount && named[reason] && !unnamed && !(harm && reason == filter.Listed)
				t.Run(fmt.Sprintf("%s/%s/private=%t/unnamed=%t/harm=%t", reason, action, private, unnamed, harm), func(t *testing.T) {
					p := newPC(t)
					s := p.boot()
					s.Seen("ann", []byte("visited.example"), v)
					a := read(t, s, "ann")
					count := 0
					for _, h := range a.Hours {
						count += h.Count
						if h.Reason != reason || (h.Category != nil) != (reason == filter.Listed) {
							t.Errorf("counted as %s %v", h.Reason, h.Category)
						}
					}
					if got := count == 1; got != wantCount {
						t.Errorf("counted %t, want %t", got, wantCount)
					}
					if got := names(a) == "visited.example"; got != wantName {
						t.Errorf("named %t, want %t", got, wantName)
					}
					if got := bytes.Contains(onDisk(t, p.dir), []byte("visited")); got != wantName {
						t.Errorf("name in the file %t, want %t", got, wantName)
					}
					if a.Dropped != 0 {
						t.Errorf("%d dropped, want 0: nothing was for want of room", a.Dropped)
					}
				})
			}
		}
	}
}

// TestNames: bytes from the network are kept as a name only if they are one.
func TestNames(t *testing.T) {
	long := bytes.Repeat([]byte("a."), 150)
	for _, tt := range []struct {
		name  string
		want  string
		count int
	}{
		{"game.example", "game.example", 1},
		{"_x.game.example", "_x.game.example", 1},
		{"xn--mgbh0fb.example", "xn--mgbh0fb.example", 1},
		{"<b>.game.example", "", 1},
		{"a\x00b.game.example", "", 1},
		{"\xff\xfe.game.example", "", 1},
		{string(long) + "example", "", 1},
		{"", "", 1},
		{"games.category.lessonguard.test", "", 0}, // the checkup asks
		{"lessonguard.test", "", 0},
		{"notlessonguard.test", "notlessonguard.test", 1},
	} {
		p := newPC(t)
		s := p.boot()
		s.Seen("ann", []byte(tt.name), game)
		a := read(t, s, "ann")
		if got := names(a); got != tt.want || a.Counts[filter.Games] != tt.count {
			t.Errorf("%q: kept %q and %d, want %q and %d", tt.name, got, a.Counts[filter.Games], tt.want, tt.count)
		}
	}
}

// TestNameIsCopied: the bytes are the packet's, and are used again.
func TestNameIsCopied(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	name := []byte("game.example")
	s.Seen("ann", name, game)
	copy(name, "xxxx")
	if got := names(read(t, s, "ann")); got != "game.example" {
		t.Errorf("kept %q, want game.example", got)
	}
}

// TestFull: what comes faster than it is written is counted without names.
func TestFull(t *testing.T) {
	for _, tt := range []struct {
		why             string
		names, batch    int
		shown, nameless int
	}{
		{"room for all", 200, 200, 200, 0},
		{"too many at once", 1000, 1000, 250, 750}, // 256 fit the buffer, 250 the hour
		{"too many in an hour", 1000, 100, 250, 750},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := newPC(t)
			s := p.boot()
			for i := range tt.names {
				s.Seen("ann", fmt.Appendf(nil, "f%d.example", i), game)
				if i%tt.batch == 0 {
					read(t, s, "ann")
				}
			}
			s.Seen("ben", []byte("ben.example"), game)
			a := read(t, s, "ann")
			if a.Counts[filter.Games] != tt.names || len(a.Blocked) != tt.shown || a.Dropped != tt.nameless {
				t.Errorf("%d counted, %d named, %d dropped, want %d, %d, %d", a.Counts[filter.Games], len(a.Blocked), a.Dropped, tt.names, tt.shown, tt.nameless)
			}
			if b := read(t, s, "ben"); b.Counts[filter.Games] != 1 {
				t.Errorf("ben has %d, want 1", b.Counts[filter.Games])
			}
		})
	}
}

// TestLongAnswer: an answer is bounded, and says what it left out.
func TestLongAnswer(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	for i := range 1500 {
		if i%200 == 0 {
			read(t, s, "ann")
			p.pass(60 * 60 * 1e9)
		}
		s.Seen("ann", fmt.Appendf(nil, "l%d.example", i), game)
	}
	a := read(t, s, "ann")
	if a.Counts[filter.Games] != 1500 || len(a.Blocked) != 1000 || a.Dropped != 500 {
		t.Errorf("%d counted, %d named, %d dropped, want 1500, 1000, 500", a.Counts[filter.Games], len(a.Blocked), a.Dropped)
	}
}

func TestSeenAllocatesNothing(t *testing.T) {
	p := newPC(t)
	s := p.boot()
	name, i := []byte("n0000000.example"), 0
	if got := testing.AllocsPerRun(5000, func() {
		i++
		number(name, i)
		s.Seen("ann", name, game)
	}); got != 0 {
		t.Errorf("%v allocations, want 0", got)
	}
}

func number(name []byte, n int) {
	for i := 7; i > 0; i-- {
		name[i], n = '0'+byte(n%10), n/10
	}
}

func BenchmarkSeen(b *testing.B) {
	for _, tt := range []struct {
		why      string
		distinct int
		v        filter.Verdict
	}{
		{"open", 1, filter.Verdict{Reason: filter.Unlisted}},
		{"private", 1, filter.Verdict{Action: filter.Block, Reason: filter.NotApproved, Private: true}},
		{"repeated", 1, game},
		{"distinct", 1e7, game},
		{"restricted", 1e7, filter.Verdict{Action: filter.Block, Reason: filter.RestrictedList}},
	} {
		b.Run(tt.why, func(b *testing.B) {
			p := newPC(b)
			s := p.boot()
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				name := []byte("n0000000.example")
				for i := 0; pb.Next(); i++ {
					number(name, i%tt.distinct)
					s.Seen("ann", name, tt.v)
				}
			})
		})
	}
}
