package engine_test

import (
	"testing"
	"time"

	"lessonguard/filter"
)

// TestRequestsAreToldToGuardians: how many sites wait is told to a guardian's own
// account, and to nobody who could be a learner.
func TestRequestsAreToldToGuardians(t *testing.T) {
	now := time.Now()
	e := asking(t, t.TempDir(), &now)
	err := e.SetHousehold(t.Context(), filter.Household{
		Learners:  []filter.Learner{{ID: "a", Name: "Ann", Accounts: []string{"ann", "family"}}},
		Guardians: []string{"mum", "family"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []filter.Name{"one.example", "two.example", "help.example"} { // the last is not kept
		if err := e.Ask(as(t, "ann"), filter.Ask{Name: n}); err != nil {
			t.Fatal(err)
		}
	}
	for account, want := range map[string]int{"mum": 2, "ann": 0, "family": 0, "guest": 0} {
		s, err := e.Status(as(t, account))
		if err != nil || s.Requests != want {
			t.Errorf("status for %s: %d requests, %v; want %d", account, s.Requests, err, want)
		}
		for s := range e.Watch(as(t, account)) {
			if s.Requests != want {
				t.Errorf("watched by %s: %d requests, want %d", account, s.Requests, want)
			}
			break
		}
	}
	unlocked := filter.WithCaller(t.Context(), filter.Caller{Account: "family", Guardian: true})
	if s, err := e.Status(unlocked); err != nil || s.Requests != 2 {
		t.Errorf("status for whoever has unlocked: %d requests, %v; want 2", s.Requests, err)
	}
	now = now.Add(31 * 24 * time.Hour)
	if s, err := e.Status(as(t, "mum")); err != nil || s.Requests != 0 {
		t.Errorf("a month later: %d requests, %v; want none", s.Requests, err)
	}
}

// TestLessonTakesTheLevelsStyle: a lesson that is started without a style, as by
// the timetable, or by a learner is held in the level's, and says so.
func TestLessonTakesTheLevelsStyle(t *testing.T) {
	now := time.Now()
	e := asking(t, t.TempDir(), &now)
	p := filter.DefaultPolicy()
	style := func() filter.LessonStyle {
		t.Helper()
		s, err := e.Status(t.Context())
		if err != nil || !s.Lesson.On {
			t.Fatalf("%+v, %v: no lesson", s.Lesson, err)
		}
		return s.Lesson.Style
	}
	closed := func(n filter.Name) bool {
		x, err := e.Explain(t.Context(), filter.Question{Name: n})
		return err == nil && x.Reason == filter.NotApproved
	}
	for _, want := range []filter.LessonStyle{filter.NoDistractions, filter.ApprovedOnly} {
		p.Level.Style = want
		if err := e.SetPolicy(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		l, err := e.SetLesson(as(t, "ann"), filter.LessonChange{On: true, For: 10 * time.Minute, Style: filter.NoDistractions})
		if err != nil || l.Style != want || style() != want || closed("news.example") != (want == filter.ApprovedOnly) {
			t.Errorf("by a learner: %v, %v, status %v, want %v", l.Style, err, style(), want)
		}
		if l, err = e.SetLesson(t.Context(), filter.LessonChange{On: true}); err != nil || want == filter.ApprovedOnly && l.Style != want {
			t.Errorf("by a guardian: %v, %v, want %v", l.Style, err, want)
		}
		if _, err := e.SetLesson(t.Context(), filter.LessonChange{}); err != nil {
			t.Fatal(err)
		}
	}
}
