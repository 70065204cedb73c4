package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"lessonguard/filter"
)

// turnTime is how long a client waits to be let in.
const turnTime = 5 * time.Second

// A Client asks the service. Make one with [NewClient].
type Client struct {
	http    *http.Client
	session atomic.Pointer[session] // of the last unlock
}

// A session is an unlock for as long as its connection is open.
type session struct {
	token string
	end   context.CancelFunc // closes it
}

var _ filter.Control = (*Client)(nil)

// NewClient returns a Client of the service at path, a socket or a pipe.
func NewClient(path string) *Client {
	return &Client{http: &http.Client{Transport: &http.Transport{
		DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, path) },
		MaxConnsPerHost: maxConnsEach - 4, // another program of the account wants some too
		IdleConnTimeout: idleTime / 2,     // before the service hangs up
	}}}
}

// Lock ends the session of the last unlock.
func (c *Client) Lock() {
	if s := c.session.Swap(nil); s != nil {
		s.end()
	}
}

// Status implements [filter.Control].
func (c *Client) Status(ctx context.Context) (filter.Status, error) {
	return call[filter.Status](ctx, c, http.MethodGet, "status", nil)
}

// Watch implements [filter.Control].
func (c *Client) Watch(ctx context.Context) iter.Seq2[filter.Status, error] {
	return stream[filter.Status](ctx, c, http.MethodGet, "watch", nil)
}

// Explain implements [filter.Control].
func (c *Client) Explain(ctx context.Context, q filter.Question) (filter.Explanation, error) {
	return call[filter.Explanation](ctx, c, http.MethodPost, "explain", q)
}

// Policy implements [filter.Control].
func (c *Client) Policy(ctx context.Context) (filter.Policy, error) {
	return call[filter.Policy](ctx, c, http.MethodGet, "policy", nil)
}

// SetPolicy implements [filter.Control].
func (c *Client) SetPolicy(ctx context.Context, p filter.Policy) error {
	return c.tell(ctx, http.MethodPut, "policy", p)
}

// SetLesson implements [filter.Control].
func (c *Client) SetLesson(ctx context.Context, l filter.LessonChange) (filter.Lesson, error) {
	return call[filter.Lesson](ctx, c, http.MethodPost, "lesson", l)
}

// Household implements [filter.Control].
func (c *Client) Household(ctx context.Context) (filter.Household, error) {
	return call[filter.Household](ctx, c, http.MethodGet, "household", nil)
}

// SetHousehold implements [filter.Control].
func (c *Client) SetHousehold(ctx context.Context, h filter.Household) error {
	return c.tell(ctx, http.MethodPut, "household", h)
}

// Activity implements [filter.Control].
func (c *Client) Activity(ctx context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	return call[filter.Activity](ctx, c, http.MethodPost, "activity", q)
}

// Requests implements [filter.Control].
func (c *Client) Requests(ctx context.Context) ([]filter.Request, error) {
	return call[[]filter.Request](ctx, c, http.MethodGet, "requests", nil)
}

// Ask implements [filter.Control].
func (c *Client) Ask(ctx context.Context, a filter.Ask) error {
	return c.tell(ctx, http.MethodPost, "requests", a)
}

// Answer implements [filter.Control].
func (c *Client) Answer(ctx context.Context, id string, a filter.Answer) error {
	return c.tell(ctx, http.MethodPost, "requests/"+url.PathEscape(id), a)
}

// SetPIN implements [filter.Control].
func (c *Client) SetPIN(ctx context.Context, p filter.PINChange) error {
	return c.tell(ctx, http.MethodPut, "pin", p)
}

// Unlock implements [filter.Control]. The client keeps the session, and its
// connection open: what it asks from now on, it asks as the guardian.
func (c *Client) Unlock(ctx context.Context, pin string) (filter.Session, error) {
	held, end := context.WithCancel(context.WithoutCancel(ctx))
	asking := context.AfterFunc(ctx, end) // until there is an answer
	next, stop := iter.Pull2(stream[filter.Session](held, c, http.MethodPost, "unlock", pin))
	s, err, answered := next()
	if !answered {
		err = filter.ErrNotRunning // no more
	}
	if !asking() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		stop()
		end()
		return filter.Session{}, err
	}
	kept := &session{s.Token, end}
	if before := c.session.Swap(kept); before != nil {
		before.end()
	}
	go func() {
		defer end()
		defer stop()
		_, _, _ = next() // what ends it says nothing
		c.session.CompareAndSwap(kept, nil)
	}()
	return s, nil
}

// Notices implements [filter.Control].
func (c *Client) Notices(ctx context.Context) ([]filter.Notice, error) {
	return call[[]filter.Notice](ctx, c, http.MethodGet, "notices", nil)
}

// Audit implements [filter.Control].
func (c *Client) Audit(ctx context.Context, limit int) ([]filter.AuditEntry, error) {
	return call[[]filter.AuditEntry](ctx, c, http.MethodGet, "audit?limit="+strconv.Itoa(limit), nil)
}

// Checkup implements [filter.Control].
func (c *Client) Checkup(ctx context.Context, nonce string) (filter.CheckupFacts, error) {
	return call[filter.CheckupFacts](ctx, c, http.MethodPost, "checkup", nonce)
}

// Lists implements [filter.Control].
func (c *Client) Lists(ctx context.Context) ([]filter.ListState, error) {
	return call[[]filter.ListState](ctx, c, http.MethodGet, "lists", nil)
}

// UpdateLists implements [filter.Control].
func (c *Client) UpdateLists(ctx context.Context, u filter.ListUpdate) iter.Seq2[filter.Progress, error] {
	return stream[filter.Progress](ctx, c, http.MethodPost, "lists/update", u)
}

func (c *Client) tell(ctx context.Context, method, path string, v any) error {
	_, err := call[struct{}](ctx, c, method, path, v)
	return err
}

// call sends v, if there is one, and reads the answer.
func call[R any](ctx context.Context, c *Client, method, path string, v any) (answer R, err error) {
	body, err := c.do(ctx, method, path, v)
	if err != nil {
		return answer, err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return answer, fmt.Errorf("reading the service's answer: %w", err)
	}
	return answer, nil
}

// stream sends ask, if there is one, and yields what the service answers until
// either end has had enough.
func stream[T any](ctx context.Context, c *Client, method, path string, ask any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var v T
		body, err := c.do(ctx, method, path, ask)
		if err != nil {
			yield(v, err)
			return
		}
		defer body.Close()
		lines, failed := bufio.NewScanner(body), false
		lines.Buffer(nil, maxBody)
		for lines.Scan() {
			line := lines.Text()
			if line == "event: error" {
				failed = true
			}
			data, ok := strings.CutPrefix(line, "data: ")
			switch {
			case !ok:
				continue
			case failed:
				yield(v, remoteError([]byte(data)))
				return
			}
			var v T
			if err := json.Unmarshal([]byte(data), &v); err != nil {
				yield(v, fmt.Errorf("reading the service's events: %w", err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		// A watch has no end of its own, and all else ends as a whole.
		if ctx.Err() == nil && (method == http.MethodGet || lines.Err() != nil) {
			yield(v, filter.ErrNotRunning)
		}
	}
}

func (c *Client) do(ctx context.Context, method, path string, v any) (io.ReadCloser, error) {
	var body io.Reader
	if v != nil {
		data, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("writing request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+host+"/v1/"+path, body)
	if err != nil {
		return nil, fmt.Errorf("writing request: %w", err)
	}
	if s := c.session.Load(); s != nil {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	resp, err := c.http.Do(req)
	if opErr := (*net.OpError)(nil); errors.As(err, &opErr) && opErr.Op == "dial" && !errors.Is(err, filter.ErrBusy) {
		return nil, fmt.Errorf("%w: %w", filter.ErrNotRunning, err)
	}
	if err != nil {
		return nil, fmt.Errorf("asking the filter service: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 8<<10))
	if err != nil {
		return nil, fmt.Errorf("reading the service's answer: %w", err)
	}
	return nil, remoteError(text)
}

func remoteError(text []byte) error {
	var p problem
	if err := json.Unmarshal(text, &p); err != nil || p.Message == "" {
		return fmt.Errorf("the service answered %q", text)
	}
	return &remote{find(p.ID), p.Message}
}
