package engine

import (
	"context"
	"errors"
	"fmt"

	"lessonguard/filter"
)

// maxEntries is how much of the audit log is answered at once; it holds more
// than that for a few weeks only in a family that changes everything daily.
const maxEntries = 1000

// Audit implements [filter.Control].
func (e *Engine) Audit(_ context.Context, limit int) ([]filter.AuditEntry, error) {
	return e.audit.Entries(max(0, min(limit, maxEntries)))
}

// Record puts what happened by itself, such as the loss of the hook, into the
// audit log: a sentence that a guardian can read and that names no site.
func (e *Engine) Record(what string) { e.record("", what) }

// record puts what account did into the audit log. The change itself stands
// even if that fails: it has been made.
func (e *Engine) record(account, what string) {
	if err := e.audit.Append(account, what); err != nil {
		e.config.Logger.Error("a change is missing in the audit log", "err", err)
	}
}

// recordPIN puts an attempt to use or set the PIN into the audit log. Attempts
// that are refused unchecked, while an account has to wait, are not: they would
// be a way to fill the log.
func (e *Engine) recordPIN(account, done string, err error) {
	switch {
	case err == nil:
		e.record(account, done)
	case errors.Is(err, filter.ErrWrongPIN):
		e.record(account, "A wrong PIN was given.")
	}
}

func startedSentence(l filter.Lesson) string {
	style := ""
	if l.Style == filter.ApprovedOnly {
		style = ", with approved sites only"
	}
	return fmt.Sprintf("Lesson mode was started until %s%s.", l.Until.Local().Format("15:04"), style)
}
