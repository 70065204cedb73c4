package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// A watching notices what can lead past the filter without undoing its hook: a
// hosts file that was changed, other DNS servers, a tunnel, and the service's
// own program gone. It prevents nothing, and reads nothing of the hosts file but
// whether it is another: the guardian is told that, and no name.
type watching struct {
	path      string // of what was seen last
	hosts     string // file
	program   string // file; empty: not known
	tunnels   func() ([]string, error)
	networks  func() (string, error) // which the PC is on
	resolvers func() []netip.AddrPort
	note      func(filter.Notice)
	log       *slog.Logger

	seen     sighting
	last     fs.FileInfo // of the hosts file
	settled  resolving   // that has held for a while
	moving   resolving   // that is there now, and may not hold
	since    time.Time   // when it came
	gone     int         // looks in a row at which the program was not there
	reported bool        // that it is gone
}

// A sighting is what is kept of what was seen, over restarts.
type sighting struct {
	Hosts   string   `json:"hosts"` // SHA-256; empty: never read
	Tunnels []string `json:"tunnels,omitempty"`
}

// A resolving is which resolvers the PC is set to ask, on which networks.
type resolving struct {
	networks  string
	resolvers []netip.AddrPort // in order of their addresses
}

func (r resolving) same(o resolving) bool {
	return r.networks == o.networks && slices.Equal(r.resolvers, o.resolvers)
}

const (
	watchEvery = 5 * time.Second
	// settledAfter is how long a network's resolvers are to hold until they are
	// what is usual there: they come one by one, and go when a link is renewed.
	settledAfter = 30 * time.Second
	// goneAfter is how many looks in a row find no program: an update takes it
	// away for a moment.
	goneAfter = 12
	maxHosts  = 64 << 20
)

// run watches until ctx is done.
func (w *watching) run(ctx context.Context) error {
	if err := w.load(); err != nil {
		w.log.Warn("what was seen of this PC before is not known", "err", err)
	}
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		w.look(time.Now())
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (w *watching) look(now time.Time) {
	before := w.seen
	for _, err := range []error{w.lookAtHosts(now), w.lookAtTunnels(now), w.lookAtResolvers(now)} {
		if err != nil {
			w.log.Debug("this PC cannot be watched", "err", err)
		}
	}
	w.lookAtProgram(now)
	if before.Hosts != w.seen.Hosts || !slices.Equal(before.Tunnels, w.seen.Tunnels) {
		if err := w.save(); err != nil {
			w.log.Warn("what was seen of this PC is not saved", "err", err)
		}
	}
}

func (w *watching) tell(kind filter.NoticeKind, now time.Time) {
	w.note(filter.Notice{Kind: kind, From: now, To: now})
}

func (w *watching) lookAtHosts(now time.Time) error {
	info, err := os.Stat(w.hosts)
	if errors.Is(err, fs.ErrNotExist) {
		info, err = nil, nil
	}
	if err != nil {
		return err
	}
	if w.last != nil && info != nil && w.last.ModTime().Equal(info.ModTime()) && w.last.Size() == info.Size() && os.SameFile(w.last, info) {
		return nil
	}
	w.last = info
	sum := "none"
	if info != nil {
		if sum, err = digest(w.hosts); err != nil {
			return err
		}
	}
	if w.seen.Hosts != "" && w.seen.Hosts != sum {
		w.tell(filter.NoticeHosts, now)
	}
	w.seen.Hosts = sum
	return nil
}

// digest returns the SHA-256 of a file, or of as much of it as a hosts file has.
func digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxHosts)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (w *watching) lookAtTunnels(now time.Time) error {
	names, err := w.tunnels()
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, n := range names {
		if !slices.Contains(w.seen.Tunnels, n) {
			w.tell(filter.NoticeTunnel, now)
		}
	}
	w.seen.Tunnels = names
	return nil
}

// lookAtResolvers compares the resolvers with those that were usual on the same
// networks: those of another network are of course others.
func (w *watching) lookAtResolvers(now time.Time) error {
	networks, err := w.networks()
	if err != nil {
		return err
	}
	is := resolving{networks, slices.SortedFunc(slices.Values(w.resolvers()), netip.AddrPort.Compare)}
	if !is.same(w.moving) {
		w.moving, w.since = is, now
	}
	if len(is.resolvers) == 0 || now.Sub(w.since) < settledAfter || is.same(w.settled) {
		return nil
	}
	if w.settled.networks == is.networks && len(w.settled.resolvers) > 0 {
		w.tell(filter.NoticeResolvers, now)
	}
	w.settled = is
	return nil
}

func (w *watching) lookAtProgram(now time.Time) {
	if w.program == "" || w.reported {
		return
	}
	if _, err := os.Stat(w.program); !errors.Is(err, fs.ErrNotExist) {
		w.gone = 0
		return
	}
	if w.gone++; w.gone >= goneAfter {
		w.reported = true
		w.tell(filter.NoticeRemoved, now)
	}
}

// load reads what was seen by the service before this one, which may have ended
// before somebody changed it.
func (w *watching) load() error {
	data, err := os.ReadFile(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, &w.seen)
	}
	if err != nil {
		w.seen = sighting{}
		aside, asideErr := files.SetAside(w.path, time.Now())
		return errors.Join(fmt.Errorf("reading %s, which is now %s: %w", filepath.Base(w.path), aside, err), asideErr)
	}
	return nil
}

func (w *watching) save() error {
	data, err := json.Marshal(w.seen)
	if err != nil {
		return err
	}
	return files.Write(w.path, data, 0o600)
}
