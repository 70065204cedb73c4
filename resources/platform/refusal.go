package platform

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"lessonguard/resources"
)

// A Refusal is an answer other than the one hoped for.
type Refusal struct {
	Status int
	// Problem is what the platform said; its zero value where the answer was
	// not the platform's own.
	Problem Problem
}

// Error says what the platform said.
func (r *Refusal) Error() string {
	if r.Problem.Title == "" {
		return fmt.Sprintf("something answered with status %d", r.Status)
	}
	return fmt.Sprintf("the platform answered with status %d: %s", r.Status, r.Problem.Title)
}

// Is makes a lasting refusal a [resources.ErrRejected]. Only the platform's own
// word counts: a proxy or a sign-in page on the way says 403 and 404 as well,
// and a report is not given up for that.
func (r *Refusal) Is(target error) bool {
	return target == resources.ErrRejected && r.Problem.isOurs() && lasting(r.Status)
}

func lasting(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// refusal makes an error of an answer.
func refusal(resp *http.Response, body []byte) error {
	r := &Refusal{Status: resp.StatusCode}
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	var p Problem
	if mediaType == ProblemType && json.Unmarshal(body, &p) == nil && p.isOurs() {
		r.Problem = p
	}
	if after, ok := later(resp.Header.Get("Retry-After")); ok && !lasting(r.Status) {
		return &resources.Later{After: after, Err: r}
	}
	return r
}

// later reads Retry-After (RFC 9110, 10.2.3): seconds, or a date.
func later(s string) (time.Duration, bool) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, 24*60*60)) * time.Second, true
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t)), true
	}
	return 0, false
}
