package platform

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// ProblemType is the media type of a refusal (RFC 9457).
const ProblemType = "application/problem+json"

// problems begins the type of each problem of this contract. By it a sender
// knows the platform's own refusal from that of something on the way.
const problems = "urn:lessonguard:problem:"

func problem(status int, kind, title, detail string) Problem {
	p := Problem{Type: problems + kind, Title: title, Status: status}
	if detail != "" {
		p.Detail = &detail
	}
	return p
}

// What a server refuses with. None names a family, an id or what was sent.
var (
	NotBuiltHere  = problem(http.StatusNotImplemented, "not-built", "This platform does not offer that.", "")
	BadRequest    = problem(http.StatusBadRequest, "bad-request", "The request is not one of the contract.", "")
	BadToken      = problem(http.StatusUnauthorized, "bad-token", "The token is missing or has ended.", "Ask the provider for a new invite.")
	WrongToken    = problem(http.StatusForbidden, "wrong-token", "This token may not do that.", "")
	BadInvite     = problem(http.StatusForbidden, "bad-invite", "The invite is not known, was used, or has ended.", "Ask the provider for a new one.")
	UnknownThing  = problem(http.StatusNotFound, "not-found", "There is no such thing here.", "")
	WrongMethod   = problem(http.StatusMethodNotAllowed, "wrong-method", "That cannot be done here.", "")
	OtherMessage  = problem(http.StatusConflict, "conflict", "Another message is kept under this id.", "")
	WrongSize     = problem(http.StatusRequestEntityTooLarge, "wrong-size", "The body is not of a size that is taken.", "A message has exactly 4096, 16384 or 65536 bytes.")
	WrongBodyType = problem(http.StatusUnsupportedMediaType, "wrong-type", "The body is not of the type that is taken.", "")
	TooManyAtOnce = problem(http.StatusTooManyRequests, "too-many", "Too many requests at once.", "Try again later.")
	CannotKeep    = problem(http.StatusServiceUnavailable, "cannot-keep", "The message could not be kept.", "Try again later.")
)

// retryAfter is how many seconds a sender is asked to wait.
const retryAfter = 30

// Refuse answers with the problem and the headers that belong to its status.
func Refuse(w http.ResponseWriter, p Problem) {
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	answer(w, p.Status, ProblemType, p)
}

// Answer answers with v as JSON.
func Answer(w http.ResponseWriter, status int, v any) { answer(w, status, "application/json", v) }

func answer(w http.ResponseWriter, status int, mediaType string, v any) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone: it asks again
}

// isOurs reports whether the problem can only come from a platform.
func (p Problem) isOurs() bool { return strings.HasPrefix(p.Type, problems) }
