package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"lessonguard/filter"
)

// Lengths of a nonce.
const (
	minNonce = 16
	maxNonce = 128
)

// Checkup implements [filter.Control].
func (e *Engine) Checkup(ctx context.Context, nonce string) (filter.CheckupFacts, error) {
	if len(nonce) < minNonce || len(nonce) > maxNonce {
		return filter.CheckupFacts{}, fmt.Errorf("%w: a nonce has %d to %d bytes", filter.ErrBadAsk, minNonce, maxNonce)
	}
	f := filter.CheckupFacts{ClockSane: sane(e.config.Now(), built())}
	f.Name, f.Address = e.checkup.Name(nonce)
	f.Chosen = len(e.Now().Policy().Upstreams) > 0
	if e.config.Upstreams != nil && filter.CallerFrom(ctx).Guardian {
		f.Upstreams = e.config.Upstreams()
	}
	return f, nil
}

// sane reports whether the clock can be right: not before the program was
// built, and not long after. A PC whose battery is empty begins years ago.
func sane(now, built time.Time) bool {
	return now.After(built.Add(-24*time.Hour)) && now.Before(built.AddDate(20, 0, 0))
}

// built returns when what the program was built from was committed, or before
// that where it is not known.
func built() time.Time {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if t, err := time.Parse(time.RFC3339, s.Value); s.Key == "vcs.time" && err == nil {
				return t
			}
		}
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
}
