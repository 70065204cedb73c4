package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// SetLesson implements [filter.Control]. Whoever has not unlocked can start a
// lesson and make it no shorter, within a limit for the whole PC.
func (e *Engine) SetLesson(ctx context.Context, change filter.LessonChange) (lesson filter.Lesson, err error) {
	caller, now := filter.CallerFrom(ctx), e.config.Now()
	var what string
	err = e.change("lesson.json", func(st *state) (any, error) {
		next, err := decideLesson(st.lesson, change, caller, now)
		if err != nil {
			return nil, err
		}
		if until, on := st.policy.Timetable.At(now); on && !change.On {
			next.Free = until
		} else if change.On && caller.Guardian {
			next.Free = time.Time{}
		}
		lesson = next.Lesson
		switch before := st.lesson.Lesson; {
		case before == lesson:
			return nil, errUnchanged
		case lesson.On:
			what = startedSentence(lesson)
		case before.Active(now):
			what = "Lesson mode was ended."
		}
		st.lesson = next
		return next, nil
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return filter.Lesson{}, fmt.Errorf("changing lesson mode: %w", err)
	}
	if what != "" {
		e.record(caller.Account, what)
	}
	return styled(lesson, e.Now()), nil
}

func decideLesson(st lessonState, change filter.LessonChange, caller filter.Caller, now time.Time) (lessonState, error) {
	if !change.On {
		st.Lesson = filter.Lesson{}
		return st, nil
	}
	length := change.For
	if length == 0 {
		length = filter.DefaultLesson
	}
	if length < 0 || length > filter.MaxLesson {
		return st, fmt.Errorf("%w: a lesson lasts up to %v", filter.ErrTooLong, filter.MaxLesson)
	}
	if !caller.Guardian {
		if st.Lesson.Active(now) {
			return st, nil // as strict, or stricter, already
		}
		st.Begun = recent(st.Begun, now)
		length = min(max(length, filter.LearnerLeast), filter.LearnerLesson-held(st.Begun, now))
		if length < filter.LearnerLeast {
			return st, fmt.Errorf("%w: without the PIN it can be on for %v in any %v", filter.ErrTooLong, filter.LearnerLesson, filter.LearnerWindow)
		}
		st.Begun = append(st.Begun, span{now, now.Add(length)})
	}
	st.Lesson = filter.Lesson{On: true, Until: now.Add(length), Style: change.Style, By: caller.Account}
	return st, nil
}

// recent returns the spans that reach into the window before now.
func recent(spans []span, now time.Time) []span {
	var kept []span
	for _, s := range spans {
		if s.To.After(now.Add(-filter.LearnerWindow)) && !s.From.After(now) {
			kept = append(kept, s)
		}
	}
	return kept
}

// held returns how long lesson mode was on in the window before now.
func held(spans []span, now time.Time) time.Duration {
	var sum time.Duration
	begin := now.Add(-filter.LearnerWindow)
	for _, s := range spans {
		from, to := s.From, s.To
		if from.Before(begin) {
			from = begin
		}
		if to.After(now) {
			to = now
		}
		if to.After(from) {
			sum += to.Sub(from)
		}
	}
	return sum
}

// loadLesson reads the lesson that was on, and what learners have started of late.
// The filter starts without where that is damaged: the file is set aside.
func (e *Engine) loadLesson() lessonState {
	var l lessonState
	if _, err := e.store.read("lesson.json", &l); err != nil {
		aside, asideErr := files.SetAside(e.store.path("lesson.json"), e.config.Now())
		e.config.Logger.Warn("the lesson that was on cannot be read, and is off", "err", errors.Join(err, asideErr), "aside", aside)
		return lessonState{}
	}
	l.Lesson = resume(l.Lesson, e.config.Now())
	return l
}

// resume returns the lesson as it goes on after a restart: for what is left of
// it, and never longer than a lesson can be, whatever the clock says.
func resume(l filter.Lesson, now time.Time) filter.Lesson {
	if !l.On {
		return filter.Lesson{}
	}
	left := min(l.Until.Sub(now), filter.MaxLesson)
	if left <= 0 {
		return filter.Lesson{}
	}
	l.Until = now.Add(left) // with the monotonic reading again
	return l
}

// Slept tells the engine that the PC has slept for so long. A lesson goes by a
// clock that stands still in sleep, since the other can be set by whoever wants
// it to end; it is over all the same when its time is.
func (e *Engine) Slept(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, at := e.now.Load(), e.config.Now()
	l := now.lesson.Lesson
	if d <= 0 || l.Until.IsZero() || !l.Active(at) {
		return
	}
	next := now.state
	next.lesson.Lesson.Until = at.Add(max(0, l.Until.Sub(at)-d))
	e.replace(next, now.index, now.online)
}
