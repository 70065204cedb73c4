package control

import (
	"net/http"
	"strings"
	"time"

	"lessonguard/filter"
)

// A Guard knows who has unlocked with the guardian's PIN.
type Guard interface {
	// Guardian reports whether c may do what only a guardian may, by the
	// session token it shows (empty: none).
	Guardian(token string, c filter.Caller) bool
	// End ends the session of token.
	End(token string)
}

// An access is who may use an operation.
type access uint8

const (
	anyone   access = iota // every account of this PC
	guardian               // whoever has unlocked
)

// door lets a request through to next, or answers why not. It puts the caller
// in the request's context.
func (s *Server) door(a access, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// A web page must not reach us through a browser, whatever it was told.
		if r.Host != host || r.Header.Get("Origin") != "" || r.Header.Get("Referer") != "" {
			fail(w, filter.ErrForbidden)
			return
		}
		c, ok := r.Context().Value(peerKey{}).(filter.Caller)
		if !ok {
			fail(w, filter.ErrForbidden)
			return
		}
		if !s.limits.request(c, time.Now()) {
			fail(w, filter.ErrBusy)
			return
		}
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		c.Guardian = s.config.Guard.Guardian(token, c)
		if a == guardian && !c.Guardian {
			fail(w, filter.ErrForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next(w, r.WithContext(filter.WithCaller(r.Context(), c)))
	}
}

// mayChange reports whether c may make the lesson change: anyone may start a
// lesson without distractions, whose length the engine limits; all else is the
// guardian's.
func mayChange(c filter.Caller, l filter.LessonChange) bool {
	return c.Guardian || l.On && (l.Style == "" || l.Style == filter.NoDistractions)
}

// maySee reports whether c may see the activity asked for: their own, or any
// if they are the guardian.
func maySee(c filter.Caller, q filter.ActivityQuery, h filter.Household) bool {
	if c.Guardian {
		return true
	}
	own, ok := h.LearnerOf(c.Account)
	return ok && q.Learner == own.ID
}
