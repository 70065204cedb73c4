package engine

import (
	"context"
	"fmt"

	"lessonguard/filter"
)

// Explain implements [filter.Control]. Without the PIN a name on a restricted
// list is only blocked, and so is one of a category that is always closed:
// nothing tells them apart.
func (e *Engine) Explain(ctx context.Context, q filter.Question) (filter.Explanation, error) {
	now := e.now.Load()
	n, err := filter.ParseName(string(q.Name)) // callers inside the service may not have
	if err != nil {
		return filter.Explanation{}, err
	}
	if q.Type == 0 {
		q.Type = 1 // A
	}
	var s filter.Suffixes
	e.key.Text(n, &s)
	audience, at := now.rules.AudienceOfLearner(q.Learner), e.config.Now()
	v := now.rules.Decide(audience, &s, q.Type, at)
	x := filter.Explanation{Name: n, Action: v.Action, Reason: v.Reason}
	if v.Depth > 0 {
		x.Entry = string(s.Suffix(int(v.Depth) - 1))
	}
	switch v.Reason {
	case filter.Listed, filter.TestName:
		c := v.Category
		x.Category = &c
		if now.index != nil && v.Depth > 0 {
			for _, l := range now.index.Lists(s.Hash(int(v.Depth) - 1)) {
				if l.Category == c && !l.Restricted {
					x.Lists = append(x.Lists, l.ID)
				}
			}
		}
	case filter.OwnRule:
		rule := now.policy.Rules[v.Rule]
		x.Rule = &rule
	}
	if !filter.CallerFrom(ctx).Guardian {
		level := now.rules.Level(audience)
		switch {
		case v.Reason == filter.RestrictedList && level.Approved(now.rules.Lesson(), at):
			x.Reason = filter.NotApproved
		case v.Reason == filter.RestrictedList:
			x.Reason = filter.Listed
		case v.Reason == filter.Listed && level.Closed.Has(v.Category):
			x.Category, x.Entry, x.Lists = nil, "", nil
		}
	}
	if v.Rewrite > 0 {
		x.Rewrite = now.rules.Rewrite(v.Rewrite)
	}
	x.Sentence = sentence(x)
	if hook := now.around.hook; hook.State == filter.Resting || hook.State == filter.LetGo {
		x.Unfiltered = true
		x.Sentence = hook.Why + " Where it filters, the rules of this moment say: " + x.Sentence
	}
	return x, nil
}

// sentence says an explanation in plain words.
func sentence(x filter.Explanation) string {
	switch x.Reason {
	case filter.Protected:
		return "Always open: a help service, or the way to report. Visits are never recorded."
	case filter.RestrictedList:
		return "Blocked: it is on a restricted list, which nobody can switch off."
	case filter.Canary:
		return "Answered so that programs do not go round the filter."
	case filter.TestName:
		return fmt.Sprintf("A test name for the category %s, which is open.", x.Category)
	case filter.Plumbing:
		return "Always open: the PC itself needs it."
	case filter.OwnRule:
		if x.Rule.Allow {
			return fmt.Sprintf("Open: your own rule for %s allows it.", x.Rule.Name)
		}
		return fmt.Sprintf("Blocked: your own rule for %s blocks it.", x.Rule.Name)
	case filter.LessonSite:
		return "Open: a lesson site, in lesson mode."
	case filter.NotApproved:
		return "Blocked: lesson mode opens approved sites only."
	case filter.Sensitive:
		return "Open: a support site, which no list closes. Visits are never recorded."
	case filter.Listed:
		if x.Category == nil {
			return "Blocked: it is closed on this computer."
		}
		return fmt.Sprintf("Blocked: %s is in the category %s, which is closed now.", x.Entry, x.Category)
	case filter.UnsafeSearch:
		return "Blocked: this search engine cannot be made safe, and safe search is on."
	default:
		if x.Rewrite != "" {
			return "Open, with safe search."
		}
		return "Open: no closed category lists it."
	}
}
