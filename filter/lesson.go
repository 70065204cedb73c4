package filter

import "time"

// A Lesson is the state in which lesson rules hold, or the lack of one: the
// zero Lesson is off.
type Lesson struct {
	On    bool        `json:"on"`
	Until time.Time   `json:"until,omitzero"` // zero: until somebody ends it
	Style LessonStyle `json:"style,omitempty"`
	// By is the account that started it, for the guardian to see; empty for
	// the timetable.
	By string `json:"by,omitempty"`
}

// Active reports whether the lesson is on at t. Both times should carry Go's
// monotonic reading where they can, so that a changed clock ends no lesson.
func (l Lesson) Active(t time.Time) bool {
	return l.On && (l.Until.IsZero() || t.Before(l.Until))
}

// Limits on lessons.
const (
	DefaultLesson = time.Hour
	MaxLesson     = 12 * time.Hour
	// Whoever has not the guardian's PIN may start LearnerLesson of lesson mode
	// in any LearnerWindow, for the whole PC.
	LearnerLesson = 2 * time.Hour
	LearnerWindow = 4 * time.Hour
	// LearnerLeast is how long such a lesson lasts at least: hundreds of short
	// ones would fill the audit log.
	LearnerLeast = 5 * time.Minute
)

// A LessonChange starts or ends a lesson by hand.
type LessonChange struct {
	On  bool          `json:"on"`
	For time.Duration `json:"for,omitempty"` // nanoseconds; zero: [DefaultLesson]
	// Style is the style to hold the lesson in; empty is the policy's.
	Style LessonStyle `json:"style,omitempty"`
}
