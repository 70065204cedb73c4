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

// TestSleptUnlocked: whoever opens a PC that slept gives the PIN.
func TestSleptUnlocked(t *testing.T) {
	e, err := engine.New(engine.Config{Dir: t.TempDir(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	mum := filter.Caller{ID: "1000", Process: "10:1", Owner: true}
	ctx := filter.WithCaller(t.Context(), mum)
	if err := e.SetPIN(ctx, filter.PINChange{New: "482915"}); err != nil {
		t.Fatal(err)
	}
	s, err := e.Unlock(ctx, "482915")
	if err != nil || !e.Guard().Guardian(s.Token, mum) {
		t.Fatalf("Unlock = %+v, %v", s, err)
	}
	if e.Slept(8 * time.Hour); e.Guard().Guardian(s.Token, mum) {
		t.Error("it is unlocked for whoever wakes it")
	}
}
