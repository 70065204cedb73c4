package engine

import (
	"context"
	"slices"

	"lessonguard/filter"
)

// A Recorder keeps what was blocked, for seven days (see filter/activity).
type Recorder interface {
	// Seen takes note of a verdict on a name that a learner asked for. It must
	// not wait, nor keep name.
	Seen(learner string, name []byte, v filter.Verdict)
	Activity(context.Context, filter.ActivityQuery) (filter.Activity, error)
	// Forget erases everything about a learner.
	Forget(ctx context.Context, learner string) error
}

// Seen takes note of a question that was closed by the rules r, unless it is of an
// audience whose activity is not kept. It stands in the path of the query.
func (e *Engine) Seen(r *filter.Rules, a filter.Audience, s *filter.Suffixes, v filter.Verdict) {
	if e.config.Activity == nil || v.Private {
		return
	}
	if learner, watched := r.LearnerOf(a); watched && e.watches(learner) {
		e.config.Activity.Seen(learner, s.Bytes(), v)
	}
}

// watches reports whether activity of a learner is kept now. A question may have
// waited seconds for its answer, and its learner have left meanwhile.
func (e *Engine) watches(learner string) bool {
	r := e.Now()
	id, watched := r.LearnerOf(r.AudienceOfLearner(learner))
	return watched && id == learner
}

// Activity implements [filter.Control].
func (e *Engine) Activity(ctx context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	if e.config.Activity == nil {
		return filter.Activity{Counts: map[filter.Category]int{}, Blocked: []filter.BlockedName{}}, nil
	}
	return e.config.Activity.Activity(ctx, q)
}

// forget erases the activity of learners who have left the household, or are of
// age and do not wish it to be kept; with it goes what is of nobody known, since
// some of it may be theirs. What cannot be erased goes after its seven days.
func (e *Engine) forget(ctx context.Context, before, after filter.Household) {
	if e.config.Activity == nil {
		return
	}
	var gone []string
	for _, was := range before.Learners {
		at := slices.IndexFunc(after.Learners, func(is filter.Learner) bool { return is.ID == was.ID })
		if at >= 0 && after.Learners[at].Watched() {
			continue
		}
		gone = append(gone, was.ID)
		if at < 0 || was.Watched() {
			gone = append(gone, "")
		}
	}
	for _, id := range gone {
		if err := e.config.Activity.Forget(ctx, id); err != nil {
			e.config.Logger.Error("activity of a learner who has left is not erased yet", "err", err)
		}
	}
}
