package guardian_test

import (
	"context"
	"errors"
	"slices"

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

	requests []filter.Request
	audit    []filter.AuditEntry

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

func (s *service) Household(context.Context) (filter.Household, error) { return household, nil }

func (s *service) Requests(context.Context) ([]filter.Request, error) { return s.requests, nil }

// Answer opens a site outside lessons, as the engine does where none is on.
func (s *service) Answer(_ context.Context, id string, a filter.Answer) error {
	if s.locked {
		return filter.ErrForbidden
	}
	at := slices.IndexFunc(s.requests, func(r filter.Request) bool { return r.ID == id })
	if at < 0 {
		return filter.ErrNotFound
	}
	if a.Allow {
		s.policy = s.policy.With(filter.Rule{Name: s.requests[at].Ask.Name, Allow: true, Scope: filter.OutsideLessons})
	}
	s.requests = slices.Delete(slices.Clone(s.requests), at, at+1)
	return nil
}

// Explain knows a name of each kind that no rule decides on.
func (s *service) Explain(_ context.Context, q filter.Question) (filter.Explanation, error) {
	if s.locked {
		return filter.Explanation{}, errors.New("asked for without the PIN, a name is not explained in full")
	}
	reason, ok := map[filter.Name]filter.Reason{
		"help.example": filter.Protected, "secret.example": filter.RestrictedList,
		"time.example": filter.Plumbing, "use-application-dns.net": filter.Canary,
	}[q.Name]
	if !ok {
		reason = filter.Unlisted
	}
	return filter.Explanation{Name: q.Name, Reason: reason}, nil
}

func (s *service) Audit(_ context.Context, limit int) ([]filter.AuditEntry, error) {
	if s.locked {
		return nil, filter.ErrForbidden
	}
	return s.audit[:min(limit, len(s.audit))], s.err
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
