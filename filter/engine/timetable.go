package engine

import (
	"time"

	"lessonguard/filter"
)

// timetableTime is how often the clock on the wall is looked at while there is a
// timetable: a PC that slept, or whose clock was set, is late for its timers.
const timetableTime = time.Minute

// wake returns when something has to be done about lessons by itself; false where
// nothing has.
func (e *Engine) wake(now *snapshot) (wait time.Duration, ok bool) {
	at := e.config.Now()
	if l := now.lesson.Lesson; l.On && !l.Until.IsZero() {
		wait, ok = l.Until.Sub(at), true
	}
	if next, some := now.policy.Timetable.Next(at); some {
		until := min(next.Round(0).Sub(at.Round(0)), timetableTime) // by the wall
		if !ok || until < wait {
			wait, ok = until, true
		}
	}
	return wait, ok
}

// followTimetable starts the lesson that the timetable says is on, or makes one
// that is on as long, unless the guardian has ended it.
func (e *Engine) followTimetable() {
	if l, started := e.followed(); started {
		e.Record(startedSentence(l))
	}
}

func (e *Engine) followed() (l filter.Lesson, started bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now, at := e.now.Load(), e.config.Now()
	until, on := now.policy.Timetable.At(at)
	if !on || at.Before(now.lesson.Free) {
		return l, false
	}
	// What is left by the wall, by the clock that nobody can set.
	ends := at.Add(until.Round(0).Sub(at.Round(0)))
	l = now.lesson.Lesson
	active := l.Active(at)
	// The clocks differ by a little, and a lesson as long as one can be is made
	// longer when it ends: neither is to be written down every minute.
	long := until.Sub(at) >= filter.MaxLesson
	if active && (l.Until.IsZero() || long || ends.Sub(l.Until) < timetableTime) {
		return l, false
	}
	if active {
		l.Until = ends
	} else {
		l = filter.Lesson{On: true, Until: ends}
	}
	next := now.state
	next.lesson.Lesson = l
	if err := e.store.write("lesson.json", next.lesson); err != nil {
		e.config.Logger.Warn("a lesson of the timetable is not saved", "err", err) // it is on all the same
	}
	e.replace(next, now.index, now.online)
	return l, true
}
