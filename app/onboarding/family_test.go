package onboarding_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/onboarding"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

var profiles = []agreements.Profile{
	{ID: "kst", Name: "Key Stage Tutoring", Website: "https://keystagetutoring.example/", Summary: "One-to-one and group tutoring, online and in person", Learners: []agreements.Audience{"learner-ks1", "learner-ks2", "learner-ks3-4", "learner-post16"}, LessonNames: []string{"lessons.keystagetutoring.example"}, Bundles: []string{"zoom"}},
	{ID: "general", Name: "Another tutoring provider", Summary: "Choose this if your provider is not listed", Learners: []agreements.Audience{"learner-ks2"}},
	{ID: "demo", Name: "Practice provider", Practice: true, Platform: &agreements.Platform{URL: "http://127.0.0.1:8710"}, Learners: []agreements.Audience{"learner-ks1", "learner-ks2", "learner-ks3-4", "learner-post16", "learner-adult"}},
}

func paper(provider string, a agreements.Audience, title, body string) agreements.Agreement {
	return agreements.Agreement{
		ID: provider + "-" + string(a), Provider: provider, Audience: a, Version: 2, Title: title, Language: "en",
		Effective: uitest.Noon(), Body: body, Source: []byte(title + body),
	}
}

const guardianBody = `"My child" means the child or young person you look after. You may refuse this agreement. Help for your child stays where it is, whatever you decide.

## During lessons

- [ ] I will give my child a safe and suitable place for lessons, with a plain or blurred background.
- [ ] I will stay near enough to hear a lesson or look in.
- [ ] I will not record, photograph or screenshot lessons.

## My child's right to help

- [ ] I accept that my child can open help at any time without asking me.

- **Childline, 0800 1111**: free, for anyone under 19.
`

const learnerBody = `Read these rules with a grown-up you trust. You can say no, and help still works.

## In the lesson

- [ ] I will be kind and polite.
- [ ] I will do my own work.

## Getting help

- **Childline, 0800 1111**. It is free.
`

var texts = []agreements.Agreement{
	paper("kst", agreements.Guardian, "Your agreement about online lessons", guardianBody),
	paper("kst", agreements.LearnerKS1, "Safe lessons", "Read this out loud together.\n\n- [ ] A grown-up is near me.\n- [ ] I am kind.\n"),
	paper("kst", agreements.LearnerKS2, "My lesson rules", learnerBody),
	paper("demo", agreements.Guardian, "Practice: your agreement", guardianBody),
	paper("demo", agreements.LearnerKS2, "Practice: my lesson rules", learnerBody),
}

// service is a filter that remembers what it was told, in order.
type service struct {
	filter.Control // what is not asked for below must not be

	told      []string
	fail      string // what to refuse, once
	locked    bool
	pin       string
	household filter.Household
	policy    filter.Policy
}

var errDisk = errors.New("the disk is full")

func (s *service) tell(what string) error {
	if s.fail == what {
		s.fail = ""
		return errDisk
	}
	s.told = append(s.told, what)
	return nil
}

func (s *service) SetPIN(_ context.Context, p filter.PINChange) error {
	if s.pin != "" || p.Claim != "claim" {
		return filter.ErrForbidden
	}
	if err := s.tell("pin"); err != nil {
		return err
	}
	s.pin, s.locked = p.New, true
	return nil
}

func (s *service) Unlock(_ context.Context, pin string) (filter.Session, error) {
	if pin != s.pin {
		return filter.Session{}, filter.ErrWrongPIN
	}
	s.locked = false
	return filter.Session{}, s.tell("unlock")
}

func (s *service) SetHousehold(_ context.Context, h filter.Household) error {
	if s.locked {
		return filter.ErrForbidden
	}
	if err := s.tell("household"); err != nil {
		return err
	}
	s.household = h
	return nil
}

func (s *service) Policy(context.Context) (filter.Policy, error) { return filter.DefaultPolicy(), nil }

func (s *service) SetPolicy(_ context.Context, p filter.Policy) error {
	if s.locked {
		return filter.ErrForbidden
	}
	if err := s.tell("policy"); err != nil {
		return err
	}
	s.policy = p
	return nil
}

func (s *service) Status(context.Context) (filter.Status, error) {
	return filter.Status{State: filter.Filtering, Names: 1_482_113, Lists: 23, PINSet: s.pin != ""}, nil
}

func (s *service) Explain(_ context.Context, q filter.Question) (filter.Explanation, error) {
	x := filter.Explanation{Name: q.Name, Sentence: fmt.Sprintf("%s is a help service: it is never blocked.", q.Name)}
	if q.Name == "bet365.com" {
		x.Action, x.Sentence = filter.Block, "bet365.com is closed: gambling."
	}
	return x, nil
}

// family is a wizard with what it did.
type family struct {
	service  *service
	accepted []agreements.Acceptance
	enrolled []string
	helped   int
	finished bool
	wizard   *onboarding.Wizard
}

func newFamily(change ...func(*onboarding.Config)) *family {
	f := &family{service: &service{}}
	c := onboarding.Config{
		Profiles: profiles, Agreements: texts, Account: "priya", Accounts: []string{"leo"}, Claim: func() string { return "claim" }, Control: f.service,
		Enrol: func(_ context.Context, p agreements.Profile) (filter.Provider, error) {
			f.enrolled = append(f.enrolled, p.ID)
			return filter.Provider{ID: p.ID, Name: p.Name, Practice: p.Practice, Route: &filter.Route{URL: p.Platform.URL}}, nil
		},
		Accept: func(_ context.Context, a agreements.Acceptance) error {
			f.accepted = append(f.accepted, a)
			return f.service.tell("accept")
		},
		Help: func() { f.helped++ }, Done: func() { f.finished = true },
		Language: uitest.Spoken(), App: "0.1.0", NewID: func() string { return "a1b2c3d4" }, Now: uitest.Noon, Do: uitest.AtOnce,
	}
	for _, x := range change {
		x(&c)
	}
	f.wizard = onboarding.New(c)
	return f
}

// tickAll ticks every clause on the page.
func tickAll(t *testing.T, o fyne.CanvasObject, clauses []string) {
	t.Helper()
	for _, c := range clauses {
		uitest.Press(t, o, c)
	}
}

// The way through the wizard, page by page.

func (f *family) choose(t *testing.T) {
	uitest.Press(t, f.wizard.Content(), "Key Stage Tutoring", "ui.next")
}

func (f *family) agree(t *testing.T) {
	o := f.wizard.Content()
	tickAll(t, o, texts[0].Clauses())
	uitest.Write(t, o, 0, "Priya Shah")
	uitest.Press(t, o, "agreement.agree")
}

func (f *family) name(t *testing.T, stage string) {
	o := f.wizard.Content()
	uitest.Write(t, o, 0, "Leo")
	uitest.Press(t, o, stage, "leo", "ui.next")
}

func (f *family) sign(t *testing.T) {
	o := f.wizard.Content()
	tickAll(t, o, texts[2].Clauses())
	uitest.Press(t, o, "agreement.agree")
}

func (f *family) lock(t *testing.T, pin, again string) {
	o := f.wizard.Content()
	uitest.Write(t, o, 0, pin)
	uitest.Write(t, o, 1, again)
	uitest.Press(t, o, "pin.save")
}
