package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// learn opens the program as a second OS account, does what is to be done
// there, closes it, and looks as a guardian at what that left.
func (w *walker) learn(ctx context.Context, do func(context.Context, *learner) error) (evidence, error) {
	home, err := os.MkdirTemp("", "lessonguard-learner-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home) //nolint:errcheck // a temporary home: nothing to lose
	if err := w.lendTo(home, nobody); err != nil {
		return nil, err
	}
	app, err := w.startLearner(ctx, nobody, home)
	if err != nil {
		return nil, err
	}
	defer app.stop()
	window, err := w.learnerWindow(ctx, app)
	if err != nil {
		return nil, err
	}
	if err := w.exists(ctx, filepath.Join(home, "config", "household.json")); err != nil {
		return nil, err
	}
	started := time.Now()
	if err := do(ctx, &learner{walker: w, as: "learner", rail: learnersRail, browser: filepath.Join(home, "browser", "opened")}); err != nil {
		return nil, err
	}
	if err := w.shut(ctx, app, window); err != nil {
		return nil, err
	}
	heard, err := os.ReadFile(filepath.Join(home, "bus.log"))
	if err != nil || strings.Contains(string(heard), "member=Notify") {
		return nil, errors.Join(errors.New("a notification was shown to whoever sits at the PC"), err)
	}
	e, err := w.evidence(ctx)
	if err != nil {
		return nil, err
	}
	return e, e.another(home, started)
}

// look has a learner do nothing but look at their home: what that changes for
// the guardian is what a report may change too.
func (w *walker) look(ctx context.Context) (err error) {
	if os.Geteuid() != 0 {
		fmt.Println("  skipped: acting as a second account needs root")
		return nil
	}
	if err := newHour(ctx); err != nil {
		return err
	}
	before, err := w.evidence(ctx)
	if err != nil {
		return err
	}
	w.looked, err = w.learn(ctx, func(ctx context.Context, l *learner) error { return l.screen(ctx, "learner-home") })
	if err != nil {
		return err
	}
	return before.same(w.looked.without(secondAccounts...))
}

// newHour lets an hour begin that would soon: with each, the service deletes what
// has expired, and so writes its files anew, whether or not anybody asked for help.
func newHour(ctx context.Context) error {
	const (
		looking = 5 * time.Minute // and asking for help, twice, on a busy machine
		tidying = time.Minute     // at most, until the service has seen it
	)
	left := time.Until(time.Now().Truncate(time.Hour).Add(time.Hour))
	if left > looking {
		return nil
	}
	fmt.Printf("  an hour begins in %v: it may\n", left.Round(time.Second))
	return pause(ctx, left+tidying)
}

// secondAccounts are what there is only once a second account was used.
var secondAccounts = []string{"second account: ", "log: logs/learner.log"}

// helped has a learner do all that there is to do about help.
func (w *walker) helped(ctx context.Context) (err error) {
	if w.looked == nil {
		fmt.Println("  skipped: acting as a second account needs root")
		return nil
	}
	w.alone, err = w.learn(ctx, func(ctx context.Context, l *learner) error {
		for _, do := range []func(context.Context) error{l.opens, l.tells, l.reports, w.visit} {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	w.reported = err == nil
	return err
}

// betrays compares what a guardian can see and find once a learner was helped
// with what there was when one had only looked.
func (w *walker) betrays(context.Context) error {
	if !w.reported {
		fmt.Println("  skipped: nothing was reported")
		return nil
	}
	return w.looked.same(w.alone)
}

func (w *walker) arrived(ctx context.Context) error {
	if !w.reported {
		fmt.Println("  skipped: nothing was reported")
		return nil
	}
	titles, err := w.dsl.list(ctx)
	if err != nil {
		return err
	}
	if len(titles) != 2 {
		return fmt.Errorf("the inbox has %d messages, want 2: %q", len(titles), titles)
	}
	words, err := w.dsl.words(ctx)
	if err != nil {
		return err
	}
	if words != theirWords {
		return fmt.Errorf("the report reads %q, want %q", words, theirWords)
	}
	fmt.Printf("  %s; its report reads %q\n", strings.Join(titles, " and "), words)
	return nil
}

// shared has all of it done where the guardian sits, in the guardian's own
// account, and the home shown again.
func (w *walker) shared(ctx context.Context) (err error) {
	if w.alone = w.alone.without("second account: "); w.alone == nil {
		if w.alone, err = w.evidence(ctx); err != nil {
			return err
		}
	}
	l := &learner{walker: w, as: "shared", rail: guardiansRail, browser: w.browser(), shares: true}
	for _, do := range []func(context.Context) error{l.opens, l.tells, l.reports, w.visit} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return w.keys(ctx, "Tab", "space")
}

func (w *walker) betraysShared(ctx context.Context) error {
	after, err := w.evidence(ctx)
	if err != nil {
		return err
	}
	return w.alone.same(after)
}
