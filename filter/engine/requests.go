package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// Limits on requests.
const (
	keepRequest = 30 * 24 * time.Hour
	maxRequests = 100 // that wait, of all learners
	maxEach     = 20  // of one
	maxWhy      = 500 // bytes
)

// Requests implements [filter.Control].
func (e *Engine) Requests(context.Context) ([]filter.Request, error) {
	return waiting(e.now.Load().requests, e.config.Now()), nil
}

// Ask implements [filter.Control]. A name that may not be mentioned is answered
// as any other, and not kept: it changes nothing on the disk.
func (e *Engine) Ask(ctx context.Context, a filter.Ask) error {
	if err := checkAsk(&a); err != nil {
		return err
	}
	caller, now := filter.CallerFrom(ctx), e.config.Now()
	err := e.change("requests.json", func(st *state) (any, error) {
		all := waiting(st.requests, now)
		var learner string // "": an account that is nobody's
		if l, ok := st.household.LearnerOf(caller.Account); ok {
			learner = l.ID
		}
		own := 0
		for _, r := range all {
			if r.Learner == learner {
				own++
			}
			if r.Learner == learner && r.Ask.Name == a.Name {
				return nil, errUnchanged
			}
		}
		if own >= maxEach || len(all) >= maxRequests {
			return nil, filter.ErrTooMany
		}
		if !e.now.Load().rules.Mentionable(a.Name) {
			return nil, errUnchanged
		}
		id := make([]byte, 8)
		_, _ = rand.Read(id) // never fails (crypto/rand)
		st.requests = append(all, filter.Request{ID: hex.EncodeToString(id), Learner: learner, Ask: a, At: now.UTC()})
		return st.requests, nil
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return fmt.Errorf("asking for a site: %w", err)
	}
	return nil
}

// checkAsk returns an error for what nobody can be asked, and puts the rest in
// its one form.
func checkAsk(a *filter.Ask) error {
	n, err := filter.ParseName(string(a.Name)) // callers inside the service may not have
	if err != nil {
		return err
	}
	if n.IsPublicSuffix() {
		return fmt.Errorf("%w: %s is shared by many sites; ask for one of them", filter.ErrBadAsk, n)
	}
	if len(a.Why) > maxWhy || !utf8.ValidString(a.Why) {
		return fmt.Errorf("%w: the words are at most %d bytes", filter.ErrBadAsk, maxWhy)
	}
	a.Name = n
	a.Why = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' ' // nothing that a terminal or a screen would obey
	}, a.Why))
	return nil
}

// Answer implements [filter.Control]. An allowed site becomes an own rule: of
// the scope that the guardian chose, else of lessons too only where it was
// allowed in a lesson. What it does to the rules there are, [filter.Policy.With]
// says.
func (e *Engine) Answer(ctx context.Context, id string, a filter.Answer) error {
	now := e.now.Load()
	at := slices.IndexFunc(now.requests, func(r filter.Request) bool { return r.ID == id })
	if at < 0 {
		return fmt.Errorf("answering a request: %w", filter.ErrNotFound)
	}
	what := "A request was answered: the site stays as it is."
	if a.Allow {
		what = "A request was answered: the site was allowed."
		if err := e.allow(now.requests[at].Ask.Name, a); err != nil {
			return fmt.Errorf("answering a request: %w", err)
		}
	}
	err := e.change("requests.json", func(st *state) (any, error) {
		st.requests = slices.DeleteFunc(waiting(st.requests, e.config.Now()), func(r filter.Request) bool { return r.ID == id })
		return st.requests, nil
	})
	if err != nil {
		return fmt.Errorf("answering a request: %w", err)
	}
	e.record(filter.CallerFrom(ctx).Account, what)
	return nil
}

// allow puts a rule for n in the policy.
func (e *Engine) allow(n filter.Name, a filter.Answer) error {
	now := e.config.Now()
	if !a.Until.IsZero() && !a.Until.After(now) {
		return fmt.Errorf("%w: the rule would end before it begins", filter.ErrBadPolicy)
	}
	return e.change("policy.json", func(st *state) (any, error) {
		rule := filter.Rule{Name: n, Allow: true, Scope: a.Scope, Until: a.Until}
		if rule.Scope == "" {
			if rule.Scope = filter.OutsideLessons; st.lesson.Lesson.Active(now) {
				rule.Scope = filter.Always
			}
		}
		p := st.policy.With(rule)
		if err := p.Check(); err != nil {
			return nil, err
		}
		st.policy = p
		return p, nil
	})
}

// waiting returns a copy of those requests that are not too old. One from the
// future was made while the clock was wrong.
func waiting(all []filter.Request, now time.Time) []filter.Request {
	kept := []filter.Request{}
	for _, r := range all {
		if age := now.Sub(r.At); age < keepRequest && age > -24*time.Hour {
			kept = append(kept, r)
		}
	}
	return kept
}

// loadRequests reads the requests. The filter starts without them where they are
// damaged: the file is set aside.
func (e *Engine) loadRequests() []filter.Request {
	var all []filter.Request
	if _, err := e.store.read("requests.json", &all); err != nil {
		aside, asideErr := files.SetAside(e.store.path("requests.json"), e.config.Now())
		e.config.Logger.Warn("what learners asked for cannot be read and begins anew", "err", errors.Join(err, asideErr), "aside", aside)
		return nil
	}
	return waiting(all, e.config.Now())
}

// dropRequests takes away what learners asked for who have left the household.
func (e *Engine) dropRequests() error {
	err := e.change("requests.json", func(st *state) (any, error) {
		kept := slices.DeleteFunc(slices.Clone(st.requests), func(r filter.Request) bool {
			return r.Learner != "" && !slices.ContainsFunc(st.household.Learners, func(l filter.Learner) bool { return l.ID == r.Learner })
		})
		if len(kept) == len(st.requests) {
			return nil, errUnchanged
		}
		st.requests = kept
		return kept, nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}
