package guardian_test

import (
	"context"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// lastCanvas returns the canvas of the window that was opened last.
func lastCanvas() fyne.Canvas {
	all := fyne.CurrentApp().Driver().AllWindows()
	return all[len(all)-1].Canvas()
}

// service is a filter that asks for the PIN where the real one does.
type service struct {
	filter.Control // what is not asked for below must not be

	locked  bool
	pin     string
	lesson  filter.Lesson
	policy  filter.Policy
	notices []filter.Notice
	changes []filter.LessonChange
	unlocks []string
	err     error // of the next change
}

func newService() *service {
	return &service{locked: true, pin: "482915", policy: filter.DefaultPolicy()}
}

func (s *service) SetLesson(_ context.Context, c filter.LessonChange) (filter.Lesson, error) {
	if s.err != nil {
		return filter.Lesson{}, s.err
	}
	if !c.On && s.locked {
		return filter.Lesson{}, filter.ErrForbidden
	}
	s.changes = append(s.changes, c)
	s.lesson = filter.Lesson{On: c.On}
	if c.On {
		s.lesson.Until, s.lesson.Style = uitest.Noon().Add(c.For), filter.NoDistractions
	}
	return s.lesson, nil
}

func (s *service) Unlock(ctx context.Context, pin string) (filter.Session, error) {
	if err := ctx.Err(); err != nil {
		return filter.Session{}, err
	}
	s.unlocks = append(s.unlocks, pin)
	if pin != s.pin {
		return filter.Session{}, filter.ErrWrongPIN
	}
	s.locked = false
	return filter.Session{Token: "t"}, nil
}

func (s *service) Notices(context.Context) ([]filter.Notice, error) { return s.notices, nil }

func (s *service) Policy(context.Context) (filter.Policy, error) { return s.policy, nil }

func (s *service) SetPolicy(_ context.Context, p filter.Policy) error {
	if s.locked {
		return filter.ErrForbidden
	}
	s.policy = p
	return nil
}
