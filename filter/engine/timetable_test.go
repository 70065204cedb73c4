package engine_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/filter"
)

// TestTimetable: a lesson of the timetable begins and ends by itself, the guardian
// can end it, and it goes on after a restart.
func TestTimetable(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) { // which begins at midnight of 1 January 2000, a Saturday, UTC
		zone := time.FixedZone("here", 3600)
		clock := func() time.Time { return time.Now().In(zone) }
		e := mustOpen(t, dir, clock)
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan error, 1)
		go func() { stopped <- e.Run(ctx) }()
		p, err := e.Policy(ctx)
		if err != nil {
			t.Fatal(err)
		}
		p.Timetable = filter.Timetable{
			{Day: time.Saturday, From: 16 * time.Hour, To: 17 * time.Hour},
			{Day: time.Sunday, From: 9 * time.Hour, To: 11 * time.Hour},
			{Day: time.Tuesday, From: 6 * time.Hour, To: 23 * time.Hour}, // Longer than one can be.
		}
		if err := e.SetPolicy(ctx, p); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if s, err := e.Status(ctx); err != nil || s.Next.Sub(begun) != 15*time.Hour {
			t.Errorf("the first begins %v, %v", s.Next, err)
		}
		is := func(after time.Duration, on bool, until time.Duration) {
			t.Helper()
			time.Sleep(after - time.Since(begun))
			synctest.Wait()
			s, err := e.Status(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if s.Lesson.On != on || on && s.Lesson.Until.Sub(begun) != until || s.Lesson.By != "" {
				t.Errorf("after %v: %+v (until %v), want %v until %v", after, s.Lesson, s.Lesson.Until.Sub(begun), on, until)
			}
			if next, _ := p.Timetable.Next(clock()); !s.Next.Equal(next) {
				t.Errorf("after %v: the next begins %v, want %v", after, s.Next, next)
			}
		}
		const minute = time.Minute
		is(15*time.Hour-minute, false, 0) // 15:59 by the wall
		is(15*time.Hour, true, 16*time.Hour)
		is(16*time.Hour-minute, true, 16*time.Hour)
		is(16*time.Hour, false, 0)
		if all, err := e.Audit(ctx, 100); err != nil || len(all) != 4 { // the record, the settings, a beginning and an end
			t.Errorf("audit %+v, %v", all, err)
		}

		guardian := filter.WithCaller(ctx, filter.Caller{Account: "mum", Guardian: true})
		is(32*time.Hour, true, 34*time.Hour) // Sunday, 9:00
		if _, err := e.SetLesson(guardian, filter.LessonChange{}); err != nil {
			t.Fatal(err)
		}
		is(33*time.Hour, false, 0) // the guardian has ended it
		cancel()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		e = mustOpen(t, dir, clock)
		go func() { _ = e.Run(ctx) }()
		is(33*time.Hour+minute, false, 0) // and a restart does not begin it again
		learner := filter.WithCaller(ctx, filter.Caller{Account: "leo"})
		if _, err := e.SetLesson(learner, filter.LessonChange{On: true, For: 10 * minute}); err != nil {
			t.Fatal(err)
		}
		if s, _ := e.Status(ctx); !s.Lesson.On || s.Lesson.Until.Sub(begun) != 33*time.Hour+11*minute {
			t.Errorf("a learner's lesson in what the guardian has ended: %+v", s.Lesson)
		}
		if _, err := e.SetLesson(guardian, filter.LessonChange{On: true, For: minute}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s, _ := e.Status(ctx); s.Lesson.Until.Sub(begun) != 34*time.Hour {
			t.Errorf("after the guardian has started it again: %+v", s.Lesson)
		}
		before, _ := e.Audit(ctx, 100)
		is(77*time.Hour, true, 89*time.Hour) // Tuesday, 6:00
		is(82*time.Hour-minute, true, 89*time.Hour)
		is(83*time.Hour, true, 94*time.Hour)
		is(94*time.Hour, false, 0)
		if after, err := e.Audit(ctx, 100); err != nil || len(after) > len(before)+4 {
			t.Errorf("%d entries more for one day, %v", len(after)-len(before), err)
		}
	})
}
