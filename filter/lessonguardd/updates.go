package main

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/catalogue"
)

// When lists are fetched without anybody asking.
const (
	settleTime = 30 * time.Second // after the start, or a change of what is closed
	retryTime  = time.Hour        // after a failure, doubled with each
	updateTime = 24 * time.Hour
	wakeTime   = time.Hour // a PC that slept has slept through its timers
)

// nextUpdate returns when lists in these states are to be fetched again, now
// that so many updates in a row have failed in something. Spread, from 0 to 1, is
// different each time, so that publishers are not asked by every family at once.
func nextUpdate(states []catalogue.State, failures int, spread float64, now time.Time) time.Time {
	from, wait := now, updateTime
	if failures > 0 {
		wait = min(retryTime<<min(failures-1, 8), updateTime)
	}
	for _, s := range states {
		switch {
		case failures > 0: // whatever the states say: the last update may not have come so far
		case s.Tried.IsZero() || s.Tried.After(now.Add(time.Hour)): // the clock was wrong
			return now
		case s.Tried.Before(from):
			from = s.Tried
		}
		if failures == 0 && failed(s) { // before this start
			wait = retryTime
		}
	}
	return from.Add(time.Duration(float64(wait) * (0.75 + spread/2)))
}

// failed reports whether a list could not be fetched. One that was refused for
// its size waits for the guardian, and not for its publisher.
func failed(s catalogue.State) bool { return s.Condition == catalogue.Failed && s.Refused == 0 }

// keepUp compiles the lists anew when other categories are closed or the index was
// damaged, and fetches them once a day, until ctx is done. It is quiet: filtering goes on without,
// and whoever asks is told how the lists are.
func (c *compiler) keepUp(ctx context.Context, compiled filter.Categories) error {
	changes, failures := c.changes(ctx), 0
	for {
		due := c.due(failures)
		if !c.wait(ctx, changes, compiled, due) {
			return nil
		}
		now := closed(c.engine().Now().Policy())
		switch free := c.free(ctx); {
		case c.fetch && free && (now != compiled || !time.Now().Before(due)):
			failures = c.updateQuietly(ctx, failures)
		case now != compiled, c.damaged():
			if err := c.compile(ctx); err != nil && ctx.Err() == nil {
				c.log.Error("lists not brought up to date; the last good ones stay in force", "err", err)
				pause(ctx, c.settle) // what is damaged is tried again, but not all the time
			}
		}
		compiled = now
	}
}

// due returns when the lists are to be fetched again.
func (c *compiler) due(failures int) time.Time {
	states, err := c.states()
	if err != nil {
		c.log.Warn("the states of the lists cannot be read", "err", err)
		return time.Now().Add(updateTime)
	}
	at := nextUpdate(states, failures, rand.Float64(), time.Now())
	if soonest := time.Now().Add(time.Duration(float64(c.settle) * (0.5 + rand.Float64()))); at.Before(soonest) {
		return soonest
	}
	return at
}

func (c *compiler) states() ([]catalogue.State, error) {
	wanted, err := wantedLists(c.known(), c.catalogue, closed(c.engine().Now().Policy()))
	if err != nil {
		return nil, err
	}
	return catalogue.States(filepath.Join(c.dir, listFolder), wanted, time.Now())
}

// wait waits until something may have to be done: other categories than those
// that were compiled are closed, the index is damaged, which is looked at every
// hour, or it is due and the network is free. It reports false when ctx is
// done.
func (c *compiler) wait(ctx context.Context, changes <-chan struct{}, compiled filter.Categories, due time.Time) bool {
	for {
		late := min(max(time.Until(due), 0), wakeTime)
		if c.fetch && late == 0 && !c.free(ctx) {
			late = wakeTime // or when it becomes so, which is a change
		}
		if !c.fetch {
			late = wakeTime
		}
		timer := time.NewTimer(late)
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-changes:
			timer.Stop()
			if closed(c.engine().Now().Policy()) != compiled {
				return pause(ctx, c.settle/10) // the guardian may be changing more
			}
			if c.fetch && !time.Now().Before(due) && c.free(ctx) {
				return true
			}
		case <-c.unreadable():
			timer.Stop()
			return true
		case <-timer.C:
			if c.fetch && !time.Now().Before(due) && c.free(ctx) || c.damaged() {
				return true
			}
		}
	}
}

func pause(ctx context.Context, long time.Duration) bool {
	select {
	case <-time.After(long):
		return true
	case <-ctx.Done():
		return false
	}
}

// changes tells of every change of the filter's state, however many there were
// since the last.
func (c *compiler) changes(ctx context.Context) <-chan struct{} {
	changes := make(chan struct{}, 1)
	go func() {
		for range c.engine().Watch(ctx) {
			select {
			case changes <- struct{}{}:
			default:
			}
		}
	}()
	return changes
}

// free reports whether there is a network, and no lesson on: a lesson's video
// has what there is of it to itself.
func (c *compiler) free(ctx context.Context) bool {
	s, err := c.engine().Status(ctx)
	return err == nil && s.State != filter.NoUpstream && !s.Lesson.On
}

// updateQuietly fetches the lists, and returns how many such updates in a row
// have had a failure now.
func (c *compiler) updateQuietly(ctx context.Context, failures int) int {
	err := c.Update(ctx, filter.ListUpdate{}, unwatched)
	if ctx.Err() != nil {
		return failures
	}
	if err != nil {
		c.log.Error("lists not brought up to date; the last good ones stay in force", "err", err)
		return failures + 1
	}
	states, err := c.states()
	if err != nil {
		return failures + 1 // due says what is wrong
	}
	bad := 0
	for _, s := range states {
		if failed(s) {
			bad++
		}
	}
	if bad > 0 {
		c.log.Warn("some lists could not be fetched; their last good copies stay in force", "lists", bad)
		return failures + 1
	}
	return 0
}
