package engine_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/activity"
	"lessonguard/filter/engine"
)

// watching returns an engine that keeps activity, of a family with a child and
// an adult.
func watching(t *testing.T) (*engine.Engine, filter.Household) {
	t.Helper()
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	kept, err := activity.Open(activity.Config{Path: filepath.Join(dir, "activity.db"), Now: time.Now, Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Config{
		Dir: dir, Now: time.Now, Logger: log, Activity: kept,
		Content: filter.Content{Tests: map[filter.Name]filter.Categories{"game.example": filter.CategoriesOf(filter.Games)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- kept.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	h := filter.Household{Learners: []filter.Learner{
		{ID: "a", Name: "Ann", Accounts: []string{"ann"}},
		{ID: "b", Name: "Ben", Accounts: []string{"ben"}, Adult: true},
	}}
	if err := e.SetHousehold(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	p := filter.DefaultPolicy()
	p.Guardians = &p.Level
	if err := e.SetPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	return e, h
}

// look decides on a name as the resolver does, and tells the engine.
func look(e *engine.Engine, account string, n filter.Name) {
	lookBy(e, e.Now(), account, n)
}

// lookBy does so by rules that may no longer be in force.
func lookBy(e *engine.Engine, r *filter.Rules, account string, n filter.Name) {
	var s filter.Suffixes
	e.Key().Text(n, &s)
	a := r.AudienceOf(account)
	if v := r.Decide(a, &s, 1, time.Now()); v.Blocked() {
		e.Seen(r, a, &s, v)
	}
}

func blocked(t *testing.T, e *engine.Engine, learner string) (names []filter.Name) {
	t.Helper()
	a, err := e.Activity(t.Context(), filter.ActivityQuery{Learner: learner})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range a.Blocked {
		names = append(names, b.Name)
	}
	return names
}

// TestActivityIsTheLearners: what is blocked is kept of whom it was blocked for,
// of no adult who does not wish it, and gone with the learner.
func TestActivityIsTheLearners(t *testing.T) {
	e, h := watching(t)
	if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: true}); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{"ann", "ben", "nobody"} {
		look(e, account, "game.example")
	}
	for learner, want := range map[string][]filter.Name{"a": {"game.example"}, "b": nil, "": {"game.example"}} {
		if got := blocked(t, e, learner); !slices.Equal(got, want) {
			t.Errorf("of %q: %v, want %v", learner, got, want)
		}
	}
	h.Learners[0].Name = "Anna"
	if err := e.SetHousehold(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if a, nobody := blocked(t, e, "a"), blocked(t, e, ""); len(a) != 1 || len(nobody) != 1 {
		t.Errorf("once Ann has another name: %v, and of nobody known %v, want one each", a, nobody)
	}
	h.Learners = []filter.Learner{{ID: "a", Name: "Ann", Accounts: []string{"ann"}, Adult: true}}
	if err := e.SetHousehold(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if got := blocked(t, e, "a"); len(got) != 0 {
		t.Errorf("of Ann, who is of age: %v, want none", got)
	}
	if got := blocked(t, e, ""); len(got) != 0 {
		t.Errorf("of nobody known, who may have been Ann: %v, want none", got)
	}
	look(e, "ann", "game.example")
	if got := blocked(t, e, "a"); len(got) != 0 {
		t.Errorf("of Ann, later: %v, want none", got)
	}
}

// TestLateActivity: a question that waited while the household changed is of whom
// it was asked by, or of nobody who is kept any longer.
func TestLateActivity(t *testing.T) {
	e, h := watching(t)
	if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: true}); err != nil {
		t.Fatal(err)
	}
	before := e.Now()
	ann := h.Learners[0]
	h.Learners = []filter.Learner{{ID: "c", Name: "Cat", Accounts: []string{"cat"}}, ann}
	if err := e.SetHousehold(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	lookBy(e, before, "ann", "game.example") // by number she would be Cat
	h.Learners = h.Learners[:1]
	between := e.Now()
	for learner, want := range map[string]int{"a": 1, "c": 0} {
		if got := blocked(t, e, learner); len(got) != want {
			t.Errorf("of %q: %v, want %d", learner, got, want)
		}
	}
	if err := e.SetHousehold(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	lookBy(e, between, "ann", "game.example")
	for _, learner := range []string{"a", "c"} {
		if got := blocked(t, e, learner); len(got) != 0 {
			t.Errorf("of %q, once Ann has left: %v, want none", learner, got)
		}
	}
}

// TestNothingKept: an engine without a recorder answers all the same.
func TestNothingKept(t *testing.T) {
	e := mustOpen(t, t.TempDir(), time.Now)
	look(e, "ann", "game.example")
	if a, err := e.Activity(t.Context(), filter.ActivityQuery{}); err != nil || a.Counts == nil || a.Blocked == nil {
		t.Errorf("Activity = %+v, %v", a, err)
	}
}
