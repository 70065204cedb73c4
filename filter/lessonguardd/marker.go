package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
	"lessonguard/filter/system"
)

// A marker is a file that says that a service runs, or how it ended: the next
// one reads it, and tells the guardian of the time in between.
type marker struct {
	path string
	boot system.Boot // this one
	now  func() time.Time
}

// An ending is what the file says. When the service last lived is the time of
// the file: writing that down does not wake the disk.
type ending struct {
	Boot    system.Boot `json:"boot"`
	Stopped bool        `json:"stopped"` // in order; else it runs, or was ended by force
}

const (
	// shortStop is what an update takes, or somebody who restarts the service.
	shortStop = 30 * time.Second
	// lateStart is how long after the PC the service may start.
	lateStart = 5 * time.Minute
	// markEvery is how often the file says that the service lives.
	markEvery = 30 * time.Second
)

func newMarker(dir string, boot system.Boot, now func() time.Time) *marker {
	return &marker{filepath.Join(dir, "running.json"), boot, now}
}

// begin returns what is to be told of the time before this service, and marks
// that it runs.
func (m *marker) begin() (notices []filter.Notice, err error) {
	last, alive, err := m.read()
	if err != nil || alive.IsZero() {
		return nil, errors.Join(err, m.write(false))
	}
	now := m.now()
	if n := between(last, alive, m.boot, now); n.Kind != "" {
		notices = append(notices, n)
	}
	return notices, m.write(false)
}

// between returns what is to be told of the time from when a service last lived
// until now, if anything. A PC that loses power ends its service too, and that
// is nobody's doing.
func between(last ending, alive time.Time, boot system.Boot, now time.Time) filter.Notice {
	kind := filter.NoticeStopped
	from, patience := alive, shortStop
	switch {
	case last.Boot.Same(boot) && !last.Stopped:
		kind, patience = filter.NoticeKilled, 0
	case last.Boot.Same(boot):
	case boot.At.IsZero():
		return filter.Notice{}
	default:
		patience = lateStart
		if from.Before(boot.At) {
			from = boot.At
		}
	}
	if from.After(now) { // the clock was set back: how long it was is not known
		from = now
	}
	if now.Sub(from) < patience {
		return filter.Notice{}
	}
	return filter.Notice{Kind: kind, From: from, To: now}
}

// run marks that the service lives until ctx is done, and then that it ends.
func (m *marker) run(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(markEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := m.lives(); err != nil {
				log.Warn("it cannot be marked that the service runs", "err", err)
			}
		case <-ctx.Done():
			return m.end()
		}
	}
}

// lives marks that the service still runs.
func (m *marker) lives() error {
	now := m.now()
	if err := os.Chtimes(m.path, now, now); err != nil {
		return m.write(false) // somebody took it away
	}
	return nil
}

// end marks that the service ends in order.
func (m *marker) end() error { return m.write(true) }

func (m *marker) read() (last ending, alive time.Time, err error) {
	info, err := os.Stat(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return last, alive, nil
	}
	if err != nil {
		return last, alive, fmt.Errorf("reading how the service last ended: %w", err)
	}
	data, err := os.ReadFile(m.path)
	if err == nil {
		err = json.Unmarshal(data, &last)
	}
	if err != nil {
		aside, asideErr := files.SetAside(m.path, m.now())
		return last, alive, errors.Join(fmt.Errorf("reading how the service last ended: the file is damaged and is now %s: %w", aside, err), asideErr)
	}
	return last, info.ModTime(), nil
}

func (m *marker) write(stopped bool) error {
	data, err := json.Marshal(ending{m.boot, stopped})
	if err == nil {
		err = files.Write(m.path, data, 0o600)
	}
	if err == nil {
		err = os.Chtimes(m.path, m.now(), m.now())
	}
	if err != nil {
		return fmt.Errorf("marking that the service runs: %w", err)
	}
	return nil
}
