package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/control"
)

// evidence is what a guardian can see and find, by what it is of: what each
// screen of theirs shows, which windows and notifications there are, everything
// that the service answers, what is in the keyring, how every protected name is
// answered, what was logged, and every file of theirs and of the service's by
// its contents, size, mode and time. What it is of begins with a kind and ": ".
type evidence map[string]string

func (w *walker) evidence(ctx context.Context) (evidence, error) {
	e := evidence{}
	for _, gather := range []func(context.Context, evidence) error{
		w.protectedAnswers, // at once: a cache would forget soon
		w.guardiansScreens, w.desktop, w.service, w.files, w.logged,
	} {
		if err := gather(ctx, e); err != nil {
			return nil, fmt.Errorf("looking as a guardian: %w", err)
		}
	}
	return e, nil
}

// service adds everything that the service answers to whoever has the PIN.
func (w *walker) service(ctx context.Context, e evidence) error {
	c := control.NewClient(w.control())
	if _, err := c.Unlock(ctx, pin); err != nil {
		return err
	}
	h, err := c.Household(ctx)
	if err != nil {
		return err
	}
	type question struct {
		name string
		ask  func() (any, error)
	}
	questions := []question{
		{"status", func() (any, error) { return c.Status(ctx) }},
		{"policy", func() (any, error) { return c.Policy(ctx) }},
		{"household", func() (any, error) { return h, nil }},
		{"requests", func() (any, error) { return c.Requests(ctx) }},
		{"notices", func() (any, error) { return c.Notices(ctx) }},
		{"lists", func() (any, error) { return c.Lists(ctx) }},
		{"checkup facts", func() (any, error) { return c.Checkup(ctx, "the same nonce each time") }},
		{"audit", func() (any, error) {
			all, err := c.Audit(ctx, 1000)
			// Asking for evidence needs the PIN, which is on the record itself.
			return slices.DeleteFunc(all, func(a filter.AuditEntry) bool { return strings.Contains(a.What, "unlocked") }), err
		}},
	}
	for _, l := range append(h.Learners, filter.Learner{Name: "nobody known"}) {
		questions = append(questions, question{"activity of " + l.Name, func() (any, error) {
			return c.Activity(ctx, filter.ActivityQuery{Learner: l.ID, Since: time.Now().Add(-7 * 24 * time.Hour)})
		}})
	}
	names, err := protectedNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.Contains(name, "childline") && !strings.Contains(name, "ceop") {
			continue // the service answers so many questions at once, and no more
		}
		questions = append(questions, question{"why " + name + " is open", func() (any, error) {
			return c.Explain(ctx, filter.Question{Name: filter.Name(name)})
		}})
	}
	for _, q := range questions {
		answer, err := q.ask()
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		e["the service's answer: "+q.name] = string(text)
	}
	return nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// without returns e without what begins with any of the given words.
func (e evidence) without(words ...string) evidence {
	if e == nil {
		return nil
	}
	rest := maps.Clone(e)
	maps.DeleteFunc(rest, func(name, _ string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(name, w) })
	})
	return rest
}

// same returns what tells e from after, and says how much was compared.
func (e evidence) same(after evidence) error {
	var wrong []error
	kinds := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(e)) {
		was := e[name]
		if is, ok := after[name]; !ok {
			wrong = append(wrong, fmt.Errorf("%s is gone", name))
		} else if is != was {
			wrong = append(wrong, fmt.Errorf("%s has changed from %.600q to %.600q", name, was, is))
		}
		kind, _, _ := strings.Cut(name, ": ")
		kinds[kind]++
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, ok := e[name]; !ok {
			wrong = append(wrong, fmt.Errorf("%s is new: %.600q", name, after[name]))
		}
	}
	if n := len(wrong); n > 0 {
		return errors.Join(append(wrong[:min(n, 20)], fmt.Errorf("of %d things, %d differ", len(e), n))...)
	}
	names := slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		return cmp.Or(kinds[b]-kinds[a], strings.Compare(a, b))
	})
	for _, kind := range names {
		fmt.Printf("    %4d × %s\n", kinds[kind], kind)
	}
	fmt.Printf("  %d things compared, none differs\n", len(e))
	return nil
}
