package control

import (
	"context"
	"net/http"
	"time"

	"lessonguard/filter"
)

// Handler returns what answers requests, for those that come from nowhere.
func (s *Server) Handler() http.Handler { return s.routes() }

// From returns ctx as it is for requests of c.
func From(ctx context.Context, c filter.Caller) context.Context {
	return context.WithValue(ctx, peerKey{}, c)
}

// Limits are what is tested of limits.
type Limits struct{ l *limits }

// NewLimits returns limits that nobody has touched.
func NewLimits() Limits { return Limits{newLimits()} }

// Enter is a connection of c.
func (l Limits) Enter(c filter.Caller) (leave func(), ok bool) { return l.l.enter(c) }

// Request is a request of c.
func (l Limits) Request(c filter.Caller, now time.Time) bool { return l.l.request(c, now) }
