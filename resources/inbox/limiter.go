package inbox

import (
	"sync"
	"time"
)

// A limiter lets so many requests of one key through at once, and then one each
// so often.
type limiter struct {
	burst int
	each  time.Duration
	mu    sync.Mutex
	until map[string]time.Time // by key: when all that was used up is made good
}

func newLimiter(burst int, each time.Duration) *limiter {
	return &limiter{burst: burst, each: each, until: map[string]time.Time{}}
}

func (l *limiter) allow(key string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.until) > 10_000 { // forget who has made good
		for k, t := range l.until {
			if t.Before(now) {
				delete(l.until, k)
			}
		}
	}
	t := l.until[key]
	if t.Before(now) {
		t = now
	}
	t = t.Add(l.each)
	if t.Sub(now) > time.Duration(l.burst)*l.each {
		return false
	}
	l.until[key] = t
	return true
}
