// Package control carries [filter.Control] between the service and everything
// that asks it, as JSON over HTTP on a unix socket or a named pipe.
//
// The server's door (door.go) is the one place where permission is checked: it
// knows from the operating system who has connected, and from the guard whether
// they have unlocked with the PIN. The client keeps the session of an unlock
// and is a [filter.Control] like the engine behind the server.
package control

import (
	"errors"
	"net/http"
	"strings"

	"lessonguard/filter"
)

// host is the only Host that requests may name: whatever else reaches the
// socket (a browser through a proxy, a redirected request) is refused.
const host = "lessonguard"

// DataPath returns where the service that listens at path leaves a copy of the
// signed data file in force, for every account to read; empty where it leaves
// none, because path is no file.
func DataPath(path string) string {
	if strings.HasPrefix(path, `\\.\pipe\`) {
		return ""
	}
	return strings.TrimSuffix(path, ".sock") + ".data"
}

// maxBody is how many bytes a request may have.
const maxBody = 1 << 20

// A wireError is how an error that callers branch on crosses the wire.
type wireError struct {
	ID     string
	Status int
	Err    error
}

var wireErrors = []wireError{
	{"not-built", http.StatusNotImplemented, filter.ErrNotBuilt},
	{"forbidden", http.StatusForbidden, filter.ErrForbidden},
	{"wrong-pin", http.StatusForbidden, filter.ErrWrongPIN},
	{"locked-out", http.StatusTooManyRequests, filter.ErrLockedOut},
	{"no-pin", http.StatusConflict, filter.ErrNoPIN},
	{"bad-pin", http.StatusBadRequest, filter.ErrBadPIN},
	{"bad-claim", http.StatusForbidden, filter.ErrBadClaim},
	{"too-long", http.StatusConflict, filter.ErrTooLong},
	{"not-found", http.StatusNotFound, filter.ErrNotFound},
	{"bad-name", http.StatusBadRequest, filter.ErrBadName},
	{"bad-policy", http.StatusBadRequest, filter.ErrBadPolicy},
	{"too-many", http.StatusConflict, filter.ErrTooMany},
	{"bad-ask", http.StatusBadRequest, filter.ErrBadAsk},
	{"busy", http.StatusTooManyRequests, filter.ErrBusy},
	{"not-running", http.StatusServiceUnavailable, filter.ErrNotRunning},
}

// A problem is the body of an answer that is an error.
type problem struct {
	ID      string `json:"id,omitempty"` // of a wireError
	Message string `json:"message"`
}

// remote is an error that happened at the other end: it reads as it did there
// and is what it was there.
type remote struct {
	err     error
	message string
}

func (r *remote) Error() string { return r.message }
func (r *remote) Unwrap() error { return r.err }

func find(id string) error {
	for _, w := range wireErrors {
		if w.ID == id {
			return w.Err
		}
	}
	return nil
}

func wire(err error) (int, problem) {
	for _, w := range wireErrors {
		if errors.Is(err, w.Err) {
			return w.Status, problem{w.ID, err.Error()}
		}
	}
	return http.StatusInternalServerError, problem{Message: err.Error()}
}
