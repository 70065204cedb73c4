package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Slot is a lesson that is held every week, by the clock on the wall: as text
// "mon 16:00-17:30". It ends on the day on which it begins, at 24:00 at the latest.
type Slot struct {
	Day      time.Weekday
	From, To time.Duration // since midnight by that clock, in whole minutes
}

// ErrBadSlot is returned for text that is no [Slot].
var ErrBadSlot = errors.New("that is no weekly lesson: write it as mon 16:00-17:30")

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts

// String returns s as [Slot.UnmarshalText] reads it.
func (s Slot) String() string {
	clock := func(d time.Duration) string { return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60) }
	return weekdays[s.Day] + " " + clock(s.From) + "-" + clock(s.To)
}

// MarshalText implements [encoding.TextMarshaler].
func (s Slot) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Slot) UnmarshalText(text []byte) error {
	day, times, _ := strings.Cut(strings.ToLower(strings.TrimSpace(string(text))), " ")
	from, to, _ := strings.Cut(strings.TrimSpace(times), "-")
	read := Slot{Day: time.Weekday(slices.Index(weekdays, day))}
	var ok [2]bool
	read.From, ok[0] = parseClock(strings.TrimSpace(from))
	read.To, ok[1] = parseClock(strings.TrimSpace(to))
	if read.Day < 0 || !ok[0] || !ok[1] || read.From >= read.To {
		return fmt.Errorf("%q: %w", text, ErrBadSlot)
	}
	*s = read
	return nil
}

func parseClock(text string) (time.Duration, bool) {
	if text == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil
}

// A Timetable is the lessons of every week.
type Timetable []Slot

// maxSlots is more lessons than fit into a week.
const maxSlots = 100

// At returns whether a lesson of the timetable is on at t, by the clock in t's
// location, and until when without a break.
func (table Timetable) At(t time.Time) (until time.Time, on bool) {
	until = t
	for longer := true; longer; { // where one follows on another
		longer = false
		for _, s := range table {
			for day := -1; day <= 1; day++ {
				if from, to, ok := s.on(until, day); ok && !until.Before(from) && until.Before(to) {
					until, longer, on = to, true, true
				}
			}
			if until.Sub(t) >= MaxLesson {
				return t.Add(MaxLesson), true
			}
		}
	}
	return until, on
}

// Next returns when the first lesson of the timetable begins after t; false for
// an empty one.
func (table Timetable) Next(t time.Time) (next time.Time, ok bool) {
	for _, s := range table {
		// From yesterday to the same day of next week, and a day more: where the
		// clocks leave midnight out, a lesson may begin on the evening before.
		for day := range 10 {
			if from, _, is := s.on(t, day-1); is && from.After(t) && (!ok || from.Before(next)) {
				next, ok = from, true
			}
		}
	}
	return next, ok
}

// on returns when s begins and ends so many days after t's, and false if that is
// not its day.
//
// When the clocks go back an hour is there twice, and when they go forward it is
// not there at all. A lesson begins at the first of the times that could be meant
// and ends at the last: no change of the clocks opens one early.
func (s Slot) on(t time.Time, days int) (from, to time.Time, ok bool) {
	year, month, day := t.Date()
	noon := time.Date(year, month, day+days, 12, 0, 0, 0, t.Location())
	if noon.Weekday() != s.Day {
		return time.Time{}, time.Time{}, false
	}
	from, _ = meant(noon, s.From)
	_, to = meant(noon, s.To)
	return from, to, true
}

// meant returns the first and the last instant at which the clock shows what it
// shows so long after the midnight of a day; or would have shown by the clock
// before, or after, a change that left it out.
func meant(noon time.Time, since time.Duration) (first, last time.Time) {
	year, month, day := noon.Date()
	wall := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Add(since)
	shows := func(t time.Time) bool {
		_, offset := t.Zone()
		return t.UTC().Add(time.Duration(offset) * time.Second).Equal(wall)
	}
	// By the offset from UTC before and after: clocks are up to 14 hours from UTC,
	// so a day and a bit is well on either side, and no two changes are that near.
	var could [2]time.Time
	for i, beside := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		_, offset := wall.Add(beside).In(noon.Location()).Zone()
		could[i] = wall.Add(-time.Duration(offset) * time.Second).In(noon.Location())
	}
	switch before, after := shows(could[0]), shows(could[1]); {
	case before && !after:
		return could[0], could[0]
	case after && !before:
		return could[1], could[1]
	case could[1].Before(could[0]):
		return could[1], could[0]
	}
	return could[0], could[1]
}
