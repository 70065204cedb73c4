package filter_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // the test needs a place whose clocks change

	"lessonguard/filter"
)

func slots(t *testing.T, texts ...string) (table filter.Timetable) {
	t.Helper()
	for _, text := range texts {
		var s filter.Slot
		if err := s.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		table = append(table, s)
	}
	return table
}

// TestTimetable: whether a lesson is on, and until when; times are UTC. The clocks
// of London go forward on 29 March 2026 at 01:00 and back on 25 October at 02:00.
func TestTimetable(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ why, slots, at, until string }{
		{"before", "mon 16:00-17:30", "2026-11-23 15:59", ""},
		{"from its first minute", "mon 16:00-17:30", "2026-11-23 16:00", "2026-11-23 17:30"},
		{"to its last", "mon 16:00-17:30", "2026-11-23 17:29", "2026-11-23 17:30"},
		{"and not after", "mon 16:00-17:30", "2026-11-23 17:30", ""},
		{"on another day", "mon 16:00-17:30", "2026-11-24 16:30", ""},
		{"by summer's clock", "mon 16:00-17:30", "2026-07-20 15:30", "2026-07-20 16:30"},
		{"up to midnight", "mon 22:00-24:00", "2026-11-23 23:59", "2026-11-24 00:00"},

		{"winter ends: before", "sun 00:30-03:30", "2026-03-29 00:29", ""},
		{"winter ends: an hour less", "sun 00:30-03:30", "2026-03-29 00:30", "2026-03-29 02:30"},
		{"winter ends: begins in the hour left out", "sun 01:30-03:30", "2026-03-29 00:30", "2026-03-29 02:30"},
		{"winter ends: ends in the hour left out", "sun 00:30-01:30", "2026-03-29 01:15", "2026-03-29 01:30"},
		{"winter ends: later that day", "sun 16:00-17:00", "2026-03-29 15:30", "2026-03-29 16:00"},
		{"summer ends: both hours", "sun 00:30-01:30", "2026-10-25 00:45", "2026-10-25 01:30"},
		{"summer ends: between them", "sun 01:15-01:45", "2026-10-25 01:00", "2026-10-25 01:45"},
		{"summer ends: over the change", "sun 00:30-03:00", "2026-10-24 23:30", "2026-10-25 03:00"},
		{"summer ends: later that day", "sun 16:00-17:00", "2026-10-25 16:30", "2026-10-25 17:00"},
		{"summer ends: over, that day", "sun 16:00-17:00", "2026-10-25 15:30", ""},
	} {
		at, _ := time.Parse("2006-01-02 15:04", tt.at)
		got := ""
		if until, on := slots(t, tt.slots).At(at.In(london)); on {
			got = until.UTC().Format("2006-01-02 15:04")
		}
		if got != tt.until {
			t.Errorf("%s: %s at %s: until %q, want %q", tt.why, tt.slots, tt.at, got, tt.until)
		}
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) // a Monday
	table := slots(t, "mon 11:00-13:00", "mon 13:00-14:00", "mon 13:30-15:00", "wed 09:00-10:00")
	if until, on := table.At(noon); !on || !until.Equal(noon.Add(3*time.Hour)) {
		t.Errorf("lessons that follow on one another: until %v, %v", until, on)
	}
	for _, tt := range []struct{ after, want time.Duration }{
		{-2 * time.Hour, -time.Hour}, {0, time.Hour}, {2 * time.Hour, 45 * time.Hour}, {46 * time.Hour, 7*24*time.Hour - time.Hour},
	} {
		if next, ok := table.Next(noon.Add(tt.after)); !ok || !next.Equal(noon.Add(tt.want)) {
			t.Errorf("the next after %v: %v, %v, want %v", tt.after, next, ok, noon.Add(tt.want))
		}
	}
	havana, err := time.LoadLocation("America/Havana") // the clocks go from 24:00 to 01:00
	if err != nil {
		t.Fatal(err)
	}
	late := time.Date(2026, 3, 7, 23, 30, 0, 0, havana)
	for _, tt := range []struct {
		slot string
		want time.Time
	}{
		{"sun 00:00-02:00", time.Date(2026, 3, 15, 0, 0, 0, 0, havana)}, // this week's has begun
		{"sun 00:30-02:00", time.Date(2026, 3, 15, 0, 30, 0, 0, havana)},
		{"sun 01:00-02:00", time.Date(2026, 3, 8, 1, 0, 0, 0, havana)},
	} {
		if next, ok := slots(t, tt.slot).Next(late); !ok || !next.Equal(tt.want) {
			t.Errorf("the next %s where midnight is left out: %v, %v, want %v", tt.slot, next, ok, tt.want)
		}
	}
	chatham, err := time.LoadLocation("Pacific/Chatham") // as far from UTC as clocks are that change
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 4, 4, 13, 30, 0, 0, time.UTC) // 03:15 there, and again an hour later
	for _, after := range []time.Duration{0, 30 * time.Minute, time.Hour} {
		if until, on := slots(t, "sun 03:15-03:30").At(first.Add(after).In(chatham)); !on || !until.Equal(first.Add(75*time.Minute)) {
			t.Errorf("both hours, far from UTC, after %v: until %v, %v", after, until, on)
		}
	}
	if next, ok := filter.Timetable(nil).Next(noon); ok {
		t.Errorf("the next of none: %v", next)
	}
}

func TestSlot(t *testing.T) {
	var s filter.Slot
	if err := json.Unmarshal([]byte(`" Mon  9:05-24:00 "`), &s); err != nil || s.String() != "mon 09:05-24:00" {
		t.Errorf("%v, %v", s, err)
	}
	for _, bad := range []string{"", "mon", "mon 16:00", "mon 17:00-16:00", "mon 16:00-16:00", "xyz 16:00-17:00", "mon 25:00-26:00", "mon 16.00-17.00"} {
		if err := s.UnmarshalText([]byte(bad)); !errors.Is(err, filter.ErrBadSlot) {
			t.Errorf("%q: %v, want %v", bad, err, filter.ErrBadSlot)
		}
	}
}
