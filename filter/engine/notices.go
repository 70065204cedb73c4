package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// noticesFile keeps the notices of the last days.
const noticesFile = "notices.json"

// Notices implements [filter.Control].
func (e *Engine) Notices(context.Context) ([]filter.Notice, error) {
	all, now := e.now.Load().notices, e.config.Now()
	recent := []filter.Notice{}
	for _, n := range slices.Backward(all) {
		if !n.Over() || now.Sub(n.To) <= filter.NoticesKept {
			recent = append(recent, n)
		}
	}
	return recent, nil
}

// Note keeps a notice, or that one which goes on has gone on or is over: with
// the Kind and the From that it had. What is new, and a gap that is over, is put
// into the audit log too.
func (e *Engine) Note(n filter.Notice) {
	if said := e.note(n); said != "" {
		e.Record(said)
	}
}

// note returns the sentence for the audit log, or "".
func (e *Engine) note(n filter.Notice) (said string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, at := e.now.Load(), e.config.Now()
	next := now.state
	var fresh bool
	next.notices, fresh = filter.AddNotice(now.notices, n, at)
	next.around.noticed = at
	if err := e.store.write(noticesFile, next.notices); err != nil {
		// It is told to the guardian all the same, until the service ends.
		e.config.Logger.Error("a notice is not saved", "err", err)
	}
	e.replace(next, now.index, now.online)
	length := n.To.Sub(n.From).Round(time.Second / 10)
	switch {
	case n.Over() && length > 0:
		return fmt.Sprintf("%s It took %v.", n, length)
	case fresh || n.Over():
		return n.String()
	}
	return ""
}

// loadNotices reads what was noticed before. A gap that went on when the service
// ended is over: nobody knows more of it. Notices that cannot be read are set
// aside; a filter starts without them.
func (e *Engine) loadNotices() []filter.Notice {
	var all []filter.Notice
	if _, err := e.store.read(noticesFile, &all); err != nil {
		aside, asideErr := files.SetAside(e.store.path(noticesFile), e.config.Now())
		e.config.Logger.Warn("the notices of the last days cannot be read and begin anew", "err", errors.Join(err, asideErr), "aside", aside)
		return nil
	}
	all = slices.DeleteFunc(all, func(n filter.Notice) bool { return !n.Kind.Known() })
	for i := range all {
		if !all[i].Over() {
			all[i].To = e.config.Now()
		}
	}
	return all
}

// lastOf returns when the last of notices began or was over.
func lastOf(all []filter.Notice) (last time.Time) {
	for _, n := range all {
		for _, at := range []time.Time{n.From, n.To} {
			if at.After(last) {
				last = at
			}
		}
	}
	return last
}
