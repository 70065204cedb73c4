package activity

import "time"

// Recorded time is what the age of everything kept is measured in, because the
// clock of a PC can be wrong: set by hand, reset by a flat battery, put right
// by the network minutes after the start. It is in seconds, starts as the Unix
// time, and mostly is that. It never goes back, and goes on with the running
// time of the service whatever the clock does.
//
//   - A clock that goes ahead of it by up to a day is believed at once: the PC
//     slept. So is one that went ahead by up to sixty days while the service
//     did not run: the PC was off, and what expired meanwhile is deleted at the
//     start.
//   - A clock that jumps further must have stood for an hour of running before
//     anything is deleted for it, so that a wrong year that is put right does
//     not wipe a week. Meanwhile nothing is shown that would be too old if the
//     clock were right.
//   - A clock that goes back makes nothing younger. If it has stood for an hour
//     it is taken for the right one, and recorded time goes on from where it
//     is, apart from it.
//
// So nothing is kept for longer than seven days of recorded time, which is no
// shorter than the clock's own seven days except by that hour, and by the time
// that the PC is off while its clock is behind what it was.
type recorded struct {
	at     int64 // recorded time when it was last read
	offset int64 // from the Unix time of the clock to the recorded time it claims
	// stood is for how many seconds of running a clock that is not believed
	// has stood: below 0 if it is behind.
	stood int64

	claim   int64 // of the clock, when it was last read
	running int64 // seconds, when it was last read
	started bool  // it has been read in this process
}

const (
	day     = 24 * 60 * 60
	mostOff = 60 * day
	proof   = 60 * 60
	hour    = 60 * 60
)

// read goes on to now. It reports whether something happened to the clock that
// is worth saving.
func (r *recorded) read(now time.Time, running time.Duration) (changed bool) {
	wall, ran := now.Unix(), int64(running/time.Second)
	before, ahead := *r, int64(day)
	switch {
	case !r.started && r.at == 0:
		r.at, r.offset = wall, 0 // nothing was ever recorded
	case !r.started:
		if r.stood <= 0 {
			ahead = mostOff
		}
	default:
		r.at += max(ran-r.running, 0)
	}
	passed := r.at - before.at
	if !r.started {
		passed = 0
	}
	r.claim, r.running, r.started = wall+r.offset, ran, true
	switch {
	case r.claim < r.at:
		r.stood = min(r.stood, 0) - passed
		if r.stood <= -proof {
			r.offset += r.at - r.claim
			r.claim, r.stood = r.at, 0
		}
	case r.claim-r.at > ahead:
		r.stood = max(r.stood, 0) + passed
		if r.stood >= proof {
			r.at, r.stood = r.claim, 0
		}
	default:
		r.at, r.stood = r.claim, 0
	}
	// A clock that is a second behind for a moment is nothing new.
	return before.offset != r.offset || (before.stood > 0) != (r.stood > 0) || r.doubted() != before.doubted()
}

// doubted reports whether the clock claims more than is believed.
func (r *recorded) doubted() bool { return r.claim-r.at > 0 }

// stamp is the time that is written beside what happens now. It goes with the
// clock even if that is doubted; if the clock goes back, the stamps follow.
func (r *recorded) stamp() int64 { return max(r.at, r.claim) }

// wall returns when the clock, as it is now, would say that a stamp was made.
func (r *recorded) wall(now time.Time, stamp int64) time.Time {
	at := r.stamp()
	if at == r.claim+1 {
		// The seconds of the clock and of running do not begin together. Else
		// what is shown would now and then be a second, or an hour, earlier.
		at = r.claim
	}
	return time.Unix(now.Unix()-max(at-stamp, 0), 0).UTC()
}
