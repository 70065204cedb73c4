// Package activity keeps what a guardian may see of a learner, which the
// learner sees too: how often something was blocked, by category and hour, and
// the names that were blocked, for seven days, on this PC only.
//
// Never in here: names that were open, that are protected or sensitive, or that
// were asked by software and not by a person. What is on a restricted or a
// self-harm list is counted without its name (kind.go). What is expired or
// forgotten is gone from the bytes of the files too (disk.go). No name is
// written into a log or an error.
package activity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lessonguard/filter"
)

// Keep is how long anything is kept, in recorded time (see recorded.go).
const Keep = 7 * 24 * time.Hour

const (
	gather = 5 * time.Second // from the first block to its writing, so that many are written at once
	rest   = time.Minute     // between looks at the clock
)

// Config is what [Open] makes a [Store] from.
type Config struct {
	// Path of the file, in a directory that exists and only the service reads.
	Path string
	// Now is the time, with Go's monotonic reading if it has one.
	Now func() time.Time
	// Running is for how long the process has been running, whatever is done
	// to the clock of the PC. Nil measures it by Now.
	Running func() time.Duration
	// Logger is told of what goes wrong with the file; of the same trouble
	// once.
	Logger *slog.Logger
}

// A Store keeps activity. Make one with [Open], and let [Store.Run] run.
type Store struct {
	config  Config
	repeats repeats
	wake    chan struct{} // the first block since the last writing
	filling chan struct{} // the buffer is half full

	mu    sync.Mutex // of the buffer; held for a copy of one name
	front *buffer

	disk disk
}

// Open returns a store that keeps activity in the file c.Path. It touches
// neither file nor SQLite: that waits until there is something to write or to
// read, so that a service which only resolves does not carry it.
func Open(c Config) (*Store, error) {
	if c.Now == nil || c.Logger == nil {
		return nil, errors.New("opening activity: it needs a clock and a logger")
	}
	if info, err := os.Stat(filepath.Dir(c.Path)); err != nil {
		return nil, fmt.Errorf("opening activity: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("opening activity: %s is not a directory", filepath.Dir(c.Path))
	}
	if c.Running == nil {
		opened := c.Now()
		c.Running = func() time.Duration { return c.Now().Sub(opened) }
	}
	return &Store{
		config:  c,
		repeats: newRepeats(),
		wake:    make(chan struct{}, 1),
		filling: make(chan struct{}, 1),
		front:   &buffer{},
		disk:    disk{path: c.Path, now: c.Now, running: c.Running, log: c.Logger, spare: &buffer{}},
	}, nil
}

// Run writes what was blocked to the file every few seconds, and deletes what
// is older than [Keep], at once and then within a minute of its time. It
// returns nil when ctx is done and the file is closed. Trouble with the file is
// logged and does not end it: a family is not left without a filter because its
// disk is full.
func (s *Store) Run(ctx context.Context) error {
	s.tidy(ctx)
	clock := time.NewTicker(rest)
	defer clock.Stop()
	for ctx.Err() == nil {
		select {
		case <-clock.C:
			s.tidy(ctx)
		case <-s.wake:
			select {
			case <-time.After(gather):
			case <-s.filling:
			case <-ctx.Done():
			}
			s.drain(ctx)
		case <-ctx.Done():
		}
	}
	s.drain(ctx)
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	s.disk.complain(s.disk.close(ctx))
	return nil
}

// tidy deletes what has expired.
func (s *Store) tidy(ctx context.Context) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	s.disk.complain(s.disk.tidy(context.WithoutCancel(ctx)))
}

// drain writes what was blocked since it was last called.
func (s *Store) drain(ctx context.Context) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	s.drainLocked(ctx)
}

// drainLocked needs s.disk.mu. What cannot be written is given up: to hold it
// back would keep names in memory for as long as a disk stays full.
func (s *Store) drainLocked(ctx context.Context) {
	s.mu.Lock()
	if s.front.empty() {
		s.mu.Unlock()
		return
	}
	full := s.front
	s.front, s.disk.spare = s.disk.spare, full
	s.mu.Unlock()
	// Nobody who stops waiting may take the others' activity with them.
	s.disk.complain(s.disk.write(context.WithoutCancel(ctx), full))
	full.clear()
}

// Activity returns what is known of the learner with the id q.Learner; "" is
// what was asked by accounts that are no learner's. Nothing older than [Keep]
// is in it. It serves [filter.Control]'s operation of that name, whose door
// decides who may ask.
func (s *Store) Activity(ctx context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	s.drainLocked(ctx)
	return s.disk.read(ctx, q)
}

// Forget erases everything about a learner, and damaged files that were set
// aside, since it may be in those.
func (s *Store) Forget(ctx context.Context, learner string) error {
	s.disk.mu.Lock()
	defer s.disk.mu.Unlock()
	s.drainLocked(ctx)
	s.repeats.clear()
	return s.disk.forget(context.WithoutCancel(ctx), learner)
}
