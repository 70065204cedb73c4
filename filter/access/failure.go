package access

import "time"

// A failure is the wrong PINs in a row of one account, or of all strangers
// together: the accounts that are no guardian's and have never given the PIN.
// Its times are of the service's running time, so that no change of the PC's
// clock ends a wait or makes it longer; across a restart the wait goes on where
// it was last saved.
type failure struct {
	Count int           `json:"count"`
	Last  time.Duration `json:"last,omitempty"`
	Until time.Duration `json:"waitUntil,omitempty"` // locked out until then
}

// Limits on guessing. After some tries comes a wait that doubles up to maxWait,
// which is four guesses an hour. Strangers share a second limit, so that a
// learner with several accounts guesses no faster; a guardian's account is not
// held up by it, nor an administrator's by either.
const (
	freeTries    = 5
	freeTogether = 10
	firstWait    = 30 * time.Second
	maxWait      = 15 * time.Minute
	fadeAfter    = time.Hour // in which one failure of the strangers' is forgiven
)

// locked reports whether there is a wait at now.
func (f failure) locked(now time.Duration) bool {
	return now < f.Until && f.Until-now <= maxWait
}

// another returns f with one more failure at now.
func (f failure) another(now time.Duration, free int) failure {
	f.Count, f.Last = f.Count+1, now
	if f.Count >= free {
		f.Until = now + min(firstWait<<min(f.Count-free, 10), maxWait)
	}
	return f
}

// fade returns f with what time has forgiven: nobody's success clears it, and a
// family's slips of years must not add up.
func (f failure) fade(now time.Duration) failure {
	f.Count = max(0, f.Count-int((now-f.Last)/fadeAfter))
	return f
}
