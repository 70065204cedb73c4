package control

import (
	"sync"
	"time"

	"lessonguard/filter"
)

// Limits on what one account can take from the others. The desktop program has
// one watch and a few connections open.
const (
	maxConnsEach   = 16
	maxConns       = 64 // of all accounts but the owner's, who is never kept out
	maxWatchesEach = 8
	maxWatches     = 32
	burst          = 100 // requests at once
	perSecond      = 20  // requests in the long run
	maxBuckets     = 256
)

// Limits on how long a connection may take. Whoever sends or reads a byte now
// and then holds it no longer than this.
const (
	headerTime  = 5 * time.Second
	requestTime = 10 * time.Second // header and body
	answerTime  = 10 * time.Second // of each event, where there are many
	idleTime    = time.Minute      // more than the client's, who closes first
)

// limits counts what each account holds.
type limits struct {
	mu       sync.Mutex
	conns    counts
	watches  counts
	requests map[string]bucket
}

func newLimits() *limits {
	return &limits{conns: counts{each: map[string]int{}}, watches: counts{each: map[string]int{}}, requests: map[string]bucket{}}
}

// counts is how many of one thing each account holds.
type counts struct {
	each  map[string]int
	total int // without the owner's
}

// A bucket holds the requests that an account may still make at once.
type bucket struct {
	left float64
	at   time.Time
}

// who returns what c's share is counted under. Accounts without a name share
// one: a user of Linux has thousands of them (subordinate ids).
func who(c filter.Caller) string {
	if c.Account == c.ID {
		return "nameless"
	}
	return c.ID
}

// enter counts one more connection of c, and reports whether it may have it.
func (l *limits) enter(c filter.Caller) (leave func(), ok bool) {
	return l.take(&l.conns, c, maxConnsEach, maxConns)
}

// watch counts one more watch of c, and reports whether it may have it.
func (l *limits) watch(c filter.Caller) (leave func(), ok bool) {
	return l.take(&l.watches, c, maxWatchesEach, maxWatches)
}

func (l *limits) take(n *counts, c filter.Caller, each, all int) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := who(c)
	if n.each[key] >= each || !c.Owner && n.total >= all {
		return nil, false
	}
	n.add(key, c.Owner, 1)
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		n.add(key, c.Owner, -1)
	}), true
}

func (n *counts) add(key string, owner bool, by int) {
	if n.each[key] += by; n.each[key] == 0 {
		delete(n.each, key)
	}
	if !owner {
		n.total += by
	}
}

// request reports whether c may make one more request now.
func (l *limits) request(c filter.Caller, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.requests) >= maxBuckets {
		for key, b := range l.requests {
			if b.filled(now) >= burst {
				delete(l.requests, key)
			}
		}
	}
	key := who(c)
	b, ok := l.requests[key]
	if !ok {
		b = bucket{left: burst}
	}
	b = bucket{left: b.filled(now), at: now}
	ok = b.left >= 1
	if ok {
		b.left--
	}
	l.requests[key] = b
	return ok
}

// filled returns what is in the bucket at now.
func (b bucket) filled(now time.Time) float64 {
	if b.at.IsZero() {
		return b.left
	}
	return min(burst, b.left+max(0, now.Sub(b.at).Seconds()*perSecond))
}
