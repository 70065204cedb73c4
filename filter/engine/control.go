package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lessonguard/filter"
)

var _ filter.Control = (*Engine)(nil)

// Status implements [filter.Control].
func (e *Engine) Status(ctx context.Context) (filter.Status, error) {
	return e.status(e.now.Load(), filter.CallerFrom(ctx)), nil
}

func (e *Engine) status(now *snapshot, c filter.Caller) filter.Status {
	s := filter.Status{
		Version: e.config.Version, Started: e.started, State: filter.Filtering, Listen: now.around.listen, Hook: now.around.hook.Name,
		Lesson: now.lesson.Lesson, PINSet: e.keeper.Set(), Provider: now.household.Provider.Name, Restricted: filter.NoRestricted,
	}
	if !s.Lesson.Active(e.config.Now()) {
		s.Lesson = filter.Lesson{}
	}
	s.Lesson = styled(s.Lesson, now.rules)
	if c.Guardian || guards(now.household, c.Account) {
		s.Requests = len(waiting(now.requests, e.config.Now()))
	}
	s.Next, _ = now.policy.Timetable.Next(e.config.Now())
	s.Noticed = now.around.noticed
	switch hook := now.around.hook; {
	case hook.State != filter.Filtering:
		s.State, s.Why, s.Gap = hook.State, hook.Why, hook.Gap
	case now.around.portal:
		s.State, s.Portal, s.Why = filter.NoUpstream, true, "The network wants somebody to sign in, on a page in the web browser, before it leads to the internet."
	case !now.online:
		s.State, s.Why = filter.NoUpstream, "The internet cannot be reached: no resolver answers. What is blocked stays blocked."
	}
	if now.index != nil {
		lists := now.index.All()
		s.Names, s.Lists, s.Starter = now.index.Len(), len(lists), true
		for _, l := range lists {
			s.Starter = s.Starter && strings.HasPrefix(l.ID, StarterPrefix)
			switch {
			case l.Licensed: // signed by a licensee, whatever samples lie beside it
				s.Restricted = filter.LicensedRestricted
			case l.Restricted && s.Restricted == filter.NoRestricted:
				s.Restricted = filter.SampleRestricted // it protects nobody
			}
		}
	}
	return s
}

// styled returns the lesson l in the style that it is held in: the level's, where
// that is the stricter.
func styled(l filter.Lesson, r *filter.Rules) filter.Lesson {
	if level := r.Level(filter.Strictest); l.On && level.Style == filter.ApprovedOnly {
		l.Style = filter.ApprovedOnly
	}
	return l
}

// guards reports whether an account is a guardian's, and no learner's too.
func guards(h filter.Household, account string) bool {
	_, learner := h.LearnerOf(account)
	return !learner && slices.Contains(h.Guardians, account)
}

// StarterPrefix begins the ids of the lists that ship with the program.
const StarterPrefix = "starter-"

// Policy implements [filter.Control].
func (e *Engine) Policy(context.Context) (filter.Policy, error) {
	return e.now.Load().policy.Clone(), nil
}

// SetPolicy implements [filter.Control].
func (e *Engine) SetPolicy(ctx context.Context, p filter.Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	var what string
	err := e.change("policy.json", func(st *state) (any, error) {
		for _, rule := range p.Rules {
			if slices.Contains(st.policy.Rules, rule) {
				continue // it stays as it is, whatever is known of its name by now
			}
			if err := e.now.Load().rules.CheckRule(rule.Name); err != nil {
				return nil, err
			}
		}
		what = policyChange(st.policy, p, st.household)
		st.policy = p.Clone()
		return st.policy, nil
	})
	if err != nil {
		return fmt.Errorf("changing policy: %w", err)
	}
	if what != "" {
		e.record(filter.CallerFrom(ctx).Account, what)
	}
	return nil
}

// Household implements [filter.Control].
func (e *Engine) Household(context.Context) (filter.Household, error) {
	return e.now.Load().household, nil
}

// SetHousehold implements [filter.Control].
func (e *Engine) SetHousehold(ctx context.Context, h filter.Household) error {
	var before filter.Household
	err := e.change("household.json", func(st *state) (any, error) {
		before, st.household = st.household, h
		return h, nil
	})
	if err == nil {
		err = e.dropRequests()
	}
	if err != nil {
		return fmt.Errorf("changing household: %w", err)
	}
	e.forget(ctx, before, h)
	if what := householdChange(before, h); what != "" {
		e.record(filter.CallerFrom(ctx).Account, what)
	}
	return nil
}

// SetPIN implements [filter.Control].
func (e *Engine) SetPIN(ctx context.Context, p filter.PINChange) error {
	caller, done := filter.CallerFrom(ctx), "The PIN was set."
	switch {
	case !e.keeper.Set():
	case caller.Owner:
		done = "An administrator set a new PIN."
	case p.Claim != "":
		done = "A new PIN was set, by a claim that an administrator gave."
	default:
		done = "The PIN was changed."
	}
	err := e.keeper.Change(caller, p)
	e.recordPIN(caller.Account, done, err)
	if err != nil {
		return fmt.Errorf("setting PIN: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now.Load()
	e.replace(now.state, now.index, now.online) // watchers see that there is a PIN
	return nil
}

// Unlock implements [filter.Control].
func (e *Engine) Unlock(ctx context.Context, pin string) (filter.Session, error) {
	caller := filter.CallerFrom(ctx)
	s, err := e.keeper.Unlock(caller, pin)
	e.recordPIN(caller.Account, "The guardian's settings were unlocked with the PIN.", err)
	if err != nil {
		return s, fmt.Errorf("unlocking: %w", err)
	}
	return s, nil
}
