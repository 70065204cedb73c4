package onboarding

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// saved is how far saving has come, so that trying again does nothing twice.
type saved struct {
	busy      bool
	household bool
	policy    bool
	accepted  []agreements.Acceptance
}

// A stage is a part of saving that failed.
type stage struct {
	key string // of the words that say what could not be saved
	err error
}

func (s stage) Error() string { return s.key + ": " + s.err.Error() }
func (s stage) Unwrap() error { return s.err }

// explain says in a sentence what could not be saved and why.
func explain(err error) string {
	why := ui.Text("save.unknown")
	var at stage
	what := ui.Text("save.pin")
	if errors.As(err, &at) {
		what, why = ui.Text(at.key), at.err.Error()
	}
	switch {
	case errors.Is(err, filter.ErrNotRunning):
		why = ui.Text("error.not_running")
	case errors.Is(err, filter.ErrForbidden):
		why = ui.Text("save.forbidden")
	}
	return what + " " + ui.Sentence(why)
}

// save makes the draft real: PIN, household, policy, acceptances. What an
// earlier try saved is not saved again. It runs off the screen's thread, while
// the wizard shows that it is busy.
func (w *Wizard) save(ctx context.Context) error {
	for _, part := range []struct {
		done *bool
		key  string
		do   func(context.Context) error
	}{
		{new(bool), "save.pin", w.savePIN}, // each time: a session ends while a guardian thinks
		{&w.saved.household, "save.household", w.saveHousehold},
		{&w.saved.policy, "save.policy", w.savePolicy},
		{new(bool), "save.agreement", w.saveGuardian},
		{new(bool), "save.agreement", w.saveLearner},
	} {
		if *part.done {
			continue
		}
		if err := part.do(ctx); err != nil {
			return stage{part.key, err}
		}
		*part.done = true
	}
	return nil
}

func (w *Wizard) savePIN(ctx context.Context) error {
	pin := w.draft.pin[0]
	if s, err := w.config.Control.Status(ctx); err == nil && s.PINSet {
		w.config.HasPIN = true // by an administrator in a terminal, while the wizard was open
	}
	if !w.config.HasPIN {
		if err := w.setFirstPIN(ctx, pin); err != nil {
			return err
		}
		w.config.HasPIN = true // a next try unlocks with it
	}
	_, err := w.config.Control.Unlock(ctx, pin)
	return err
}

// setFirstPIN sets it with the claim there is, or with a new one, for which the
// system asks an administrator's password: one may never have been minted, or be
// too old by now.
func (w *Wizard) setFirstPIN(ctx context.Context, pin string) error {
	change := filter.PINChange{New: pin, Claim: w.firstClaim()}
	err := w.config.Control.SetPIN(ctx, change)
	if w.config.SetUp == nil || !errors.Is(err, filter.ErrForbidden) && !errors.Is(err, filter.ErrBadClaim) {
		return err
	}
	claim, refused := w.config.SetUp(ctx, func(word string) { fyne.Do(func() { w.elevating(word) }) })
	if refused != nil {
		return refused
	}
	if claim == "" {
		return err // somebody has set one meanwhile
	}
	change.Claim, w.claim = claim, claim
	return w.config.Control.SetPIN(ctx, change)
}

// firstClaim returns the newest claim there is, if any.
func (w *Wizard) firstClaim() string {
	if w.claim != "" {
		return w.claim
	}
	return w.config.Claim()
}

func (w *Wizard) saveHousehold(ctx context.Context) error {
	profile := w.profile()
	provider := filter.Provider{ID: profile.ID, Name: profile.Name, Practice: profile.Practice}
	if profile.Platform != nil {
		var err error
		if provider, err = w.config.Enrol(ctx, profile); err != nil {
			return fmt.Errorf("enrolling with %s: %w", profile.Name, err)
		}
	}
	l := w.draft.learner
	learner := filter.Learner{ID: w.learnerID(), Name: l.name, Audience: string(l.audience)}
	if l.audience == agreements.LearnerAdult {
		learner.Adult, learner.OptedIn = true, !w.draft.consent.at.IsZero() // who says no is not controlled
	}
	if l.account != "" {
		learner.Accounts = []string{l.account}
	}
	return w.config.Control.SetHousehold(ctx, filter.Household{
		Provider: provider, Learners: []filter.Learner{learner}, Guardians: []string{w.config.Account},
	})
}

// learnerID returns the learner's id, the same in every try.
func (w *Wizard) learnerID() string {
	if w.draft.learnerID == "" {
		w.draft.learnerID = w.config.NewID()
	}
	return w.draft.learnerID
}

func (w *Wizard) savePolicy(ctx context.Context) error {
	policy, err := w.config.Control.Policy(ctx)
	if err != nil {
		return err
	}
	policy = policy.Clone()
	policy.Level = w.draft.level
	profile := w.profile()
	policy.Bundles = profile.Bundles
	policy.LessonNames = nil
	for _, s := range profile.LessonNames {
		n, err := filter.ParseName(s)
		if err != nil {
			return fmt.Errorf("lesson site of %s: %w", profile.Name, err)
		}
		policy.LessonNames = append(policy.LessonNames, n)
	}
	return w.config.Control.SetPolicy(ctx, policy)
}

func (w *Wizard) saveGuardian(ctx context.Context) error {
	a, ok := w.agreement(agreements.Guardian)
	if !ok || w.draft.guardian.at.IsZero() {
		return nil
	}
	return w.accept(ctx, w.acceptance(a, w.draft.guardian))
}

func (w *Wizard) saveLearner(ctx context.Context) error {
	a, ok := w.agreement(w.draft.learner.audience)
	if !ok || w.draft.consent.at.IsZero() {
		return nil
	}
	x := w.acceptance(a, w.draft.consent)
	x.Learner = w.learnerID()
	if a.Audience == agreements.LearnerKS1 {
		x.TalkedBy = w.draft.guardian.name
	}
	return w.accept(ctx, x)
}

// accept keeps x, unless the same was kept already: going back and on again is
// no second acceptance.
func (w *Wizard) accept(ctx context.Context, x agreements.Acceptance) error {
	for _, y := range w.saved.accepted {
		y.At = x.At
		if reflect.DeepEqual(x, y) {
			return nil
		}
	}
	if err := w.config.Accept(ctx, x); err != nil {
		return err
	}
	w.saved.accepted = append(w.saved.accepted, x)
	return nil
}
