package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"lessonguard/filter"
)

// Config is what a [Server] is made of.
type Config struct {
	Control filter.Control
	Guard   Guard
	Logger  *slog.Logger
}

// A Server answers clients by asking a [filter.Control].
type Server struct {
	config Config
	limits *limits
}

// NewServer returns a Server; see [Server.Serve].
func NewServer(c Config) *Server { return &Server{c, newLimits()} }

type peerKey struct{}

// Serve answers on l, which it closes, until ctx is done. l must come from
// [Listen]: its connections say who is at their other end.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		WriteTimeout:      requestTime + answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    8 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			if g, ok := conn.(*guest); ok {
				return context.WithValue(ctx, peerKey{}, g.caller)
			}
			return ctx
		},
		ErrorLog: slog.NewLogLogger(s.config.Logger.Handler(), slog.LevelWarn),
	}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(&gate{l, s.limits, s.config.Logger}); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving control socket: %w", err)
	}
	return nil
}

// routes is every operation, with who may use it.
func (s *Server) routes() http.Handler {
	c, mux := s.config.Control, http.NewServeMux()
	handle := func(pattern string, a access, h http.HandlerFunc) { mux.HandleFunc(pattern, s.door(a, h)) }

	handle("GET /v1/status", anyone, get(c.Status))
	handle("GET /v1/watch", anyone, s.watch)
	handle("POST /v1/explain", anyone, ask(c.Explain)) // a name in a URL would end up in a log
	handle("GET /v1/policy", guardian, get(c.Policy))
	handle("PUT /v1/policy", guardian, put(c.SetPolicy))
	handle("POST /v1/lesson", anyone, s.lesson)
	handle("GET /v1/household", anyone, get(c.Household))
	handle("PUT /v1/household", guardian, put(c.SetHousehold))
	handle("POST /v1/activity", anyone, s.activity)
	handle("GET /v1/requests", guardian, get(c.Requests))
	handle("POST /v1/requests", anyone, put(c.Ask))
	handle("POST /v1/requests/{id}", guardian, func(w http.ResponseWriter, r *http.Request) {
		put(func(ctx context.Context, a filter.Answer) error { return c.Answer(ctx, r.PathValue("id"), a) })(w, r)
	})
	handle("PUT /v1/pin", anyone, put(c.SetPIN)) // proves itself: old PIN, claim, or owner
	handle("POST /v1/unlock", anyone, s.unlock)
	handle("GET /v1/notices", anyone, get(c.Notices))
	handle("GET /v1/audit", guardian, s.audit)
	handle("POST /v1/checkup", anyone, ask(c.Checkup))
	handle("GET /v1/lists", anyone, get(c.Lists))
	handle("POST /v1/lists/update", guardian, s.updateLists)
	handle("/", anyone, func(w http.ResponseWriter, _ *http.Request) { fail(w, filter.ErrNotFound) })
	return mux
}

// watch bounds how many watches there are: each is a connection and a goroutine
// for as long as its client likes.
func (s *Server) watch(w http.ResponseWriter, r *http.Request) {
	leave, ok := s.limits.watch(filter.CallerFrom(r.Context()))
	if !ok {
		fail(w, filter.ErrBusy)
		return
	}
	defer leave()
	events(s.config.Control.Watch)(w, r)
}

// unlock answers with a session as the first and only event. The session lasts
// no longer than the connection: it ends with the program that was unlocked, and
// when that program hangs up.
func (s *Server) unlock(w http.ResponseWriter, r *http.Request) {
	pin, err := read[string](r)
	if err != nil {
		answer(w, http.StatusBadRequest, problem{Message: err.Error()})
		return
	}
	events(func(ctx context.Context) iter.Seq2[filter.Session, error] {
		return func(yield func(filter.Session, error) bool) {
			session, err := s.config.Control.Unlock(ctx, pin)
			if err != nil {
				yield(session, err)
				return
			}
			defer s.config.Guard.End(session.Token)
			if !yield(session, nil) {
				return
			}
			over := time.NewTimer(time.Until(session.Until))
			defer over.Stop()
			select {
			case <-ctx.Done():
			case <-over.C:
			}
		}
	})(w, r)
}

func (s *Server) lesson(w http.ResponseWriter, r *http.Request) {
	ask(func(ctx context.Context, l filter.LessonChange) (filter.Lesson, error) {
		if !mayChange(filter.CallerFrom(ctx), l) {
			return filter.Lesson{}, filter.ErrForbidden
		}
		return s.config.Control.SetLesson(ctx, l)
	})(w, r)
}

func (s *Server) activity(w http.ResponseWriter, r *http.Request) {
	ask(func(ctx context.Context, q filter.ActivityQuery) (filter.Activity, error) {
		h, err := s.config.Control.Household(ctx)
		if err != nil {
			return filter.Activity{}, err
		}
		c := filter.CallerFrom(ctx)
		if own, ok := h.LearnerOf(c.Account); ok && q.Learner == "" && !c.Guardian {
			q.Learner = own.ID
		}
		if !maySee(c, q, h) {
			return filter.Activity{}, filter.ErrForbidden
		}
		return s.config.Control.Activity(ctx, q)
	})(w, r)
}

func (s *Server) audit(w http.ResponseWriter, r *http.Request) {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil {
		limit = 100
	}
	reply(w)(s.config.Control.Audit(r.Context(), limit))
}

// updateLists is cancelled when its client hangs up.
func (s *Server) updateLists(w http.ResponseWriter, r *http.Request) {
	u, err := read[filter.ListUpdate](r)
	if err != nil {
		answer(w, http.StatusBadRequest, problem{Message: err.Error()})
		return
	}
	events(func(ctx context.Context) iter.Seq2[filter.Progress, error] {
		return s.config.Control.UpdateLists(ctx, u)
	})(w, r)
}

// get answers with what f returns.
func get[T any](f func(context.Context) (T, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { reply(w)(f(r.Context())) }
}

// put hands f the request's body.
func put[T any](f func(context.Context, T) error) http.HandlerFunc {
	return ask(func(ctx context.Context, v T) (struct{}, error) { return struct{}{}, f(ctx, v) })
}

// ask hands f the request's body and answers with what it returns.
func ask[T, R any](f func(context.Context, T) (R, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := read[T](r)
		if err != nil {
			answer(w, http.StatusBadRequest, problem{Message: err.Error()})
			return
		}
		reply(w)(f(r.Context(), v))
	}
}

// read returns the one value in the request's body.
func read[T any](r *http.Request) (v T, err error) {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, fmt.Errorf("reading request: %w", err)
	}
	// To the end, so that the server notices when the client hangs up.
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return v, errors.New("reading request: there is more than one value in it")
	}
	return v, nil
}

// events streams what f yields as server-sent events, an error as the last.
func events[T any](f func(context.Context) iter.Seq2[T, error]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rc, started := http.NewResponseController(w), false
		// There may be no event for days; the deadlines are of each write alone.
		// Where a writer has none (in a test) there is nothing to lift.
		_ = rc.SetReadDeadline(time.Time{})
		for v, err := range f(r.Context()) {
			_ = rc.SetWriteDeadline(time.Now().Add(answerTime))
			if err != nil && !started {
				fail(w, err)
				return
			}
			if !started {
				w.Header().Set("Content-Type", "text/event-stream")
				w.Header().Set("Cache-Control", "no-store")
				started = true
			}
			if err != nil {
				_, p := wire(err)
				_ = writeEvent(w, "error", p) // the last there is: nobody to tell
				return
			}
			if writeEvent(w, "data", v) != nil || rc.Flush() != nil {
				return
			}
		}
	}
}

func writeEvent(w http.ResponseWriter, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data)
	return err
}

func reply(w http.ResponseWriter) func(v any, err error) {
	return func(v any, err error) {
		if err != nil {
			fail(w, err)
			return
		}
		answer(w, http.StatusOK, v)
	}
}

func fail(w http.ResponseWriter, err error) {
	status, p := wire(err)
	answer(w, status, p)
}

func answer(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"message":"answer cannot be written"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client has gone: nobody to tell
}
