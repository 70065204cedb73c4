package access

import "time"

// A failure is the wrong PINs of one account in a row.
type failure struct {
	Count int       `json:"count"`
	Until time.Time `json:"until,omitzero"` // locked out until then
}

// Limits on guessing: five tries, then a wait that doubles up to maxWait.
const (
	freeTries = 5
	firstWait = 30 * time.Second
	maxWait   = 15 * time.Minute
)

// locked reports whether the account has to wait. A clock set back cannot make
// the wait longer than maxWait.
func (f failure) locked(now time.Time) bool {
	return now.Before(f.Until) && f.Until.Sub(now) <= maxWait
}

// another returns f with one more failure at now.
func (f failure) another(now time.Time) failure {
	f.Count++
	if f.Count >= freeTries {
		wait := firstWait << min(f.Count-freeTries, 10)
		f.Until = now.Add(min(wait, maxWait))
	}
	return f
}

// Good reports whether pin can be a PIN: six to twelve digits that are neither
// all the same nor a run up or down, which are what is guessed first.
func Good(pin string) bool {
	if len(pin) < 6 || len(pin) > 12 {
		return false
	}
	same, up, down := true, true, true
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return false
		}
		if i > 0 {
			step := int(pin[i]) - int(pin[i-1])
			same, up, down = same && step == 0, up && step == 1, down && step == -1
		}
	}
	return !same && !up && !down
}
