package engine_test

import (
	"log/slog"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/engine"
)

// TestSlept: a lesson is over when its time is, though the PC slept; and a clock
// that was set ends none.
func TestSlept(t *testing.T) {
	e, err := engine.New(engine.Config{Dir: t.TempDir(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	left := func() time.Duration {
		s, err := e.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !s.Lesson.On {
			return 0
		}
		return time.Until(s.Lesson.Until).Round(time.Minute)
	}
	if _, err := e.SetLesson(filter.WithCaller(t.Context(), filter.Caller{Guardian: true}), filter.LessonChange{On: true, For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ slept, left time.Duration }{
		{0, time.Hour}, {-time.Hour, time.Hour}, {20 * time.Minute, 40 * time.Minute}, {8 * time.Hour, 0}, {time.Hour, 0},
	} {
		e.Slept(tt.slept)
		if got := left(); got != tt.left {
			t.Errorf("after %v of sleep %v are left, want %v", tt.slept, got, tt.left)
		}
	}
}
