package filter

import (
	"maps"
	"slices"
)

// An Audience is whose question it is: an index into the audiences of a
// [Rules], resolved from the OS account that asked (see [Rules.AudienceOf]).
type Audience uint8

// Strictest is the audience of a question whose asker is not known: what is
// closed for any learner of the PC is closed.
const Strictest Audience = 0

// addLevels gives each learner and the guardians an audience of their own, and
// puts the strictest of the learners' levels first. Whoever is free makes nobody
// else's level stricter, nor looser, as long as somebody on the PC is not.
func (r *Rules) addLevels() {
	p, h := r.config.Policy, r.config.Household
	r.levels = []Level{p.Level}
	first := true
	if len(h.Learners) > 0 && !slices.ContainsFunc(h.Learners, Learner.Controlled) {
		r.levels[Strictest], first = freeLevel(), false
	}
	for _, l := range h.Learners {
		level, own := p.Learners[l.ID]
		switch {
		case !l.Controlled():
			level = freeLevel()
		case !own:
			level = p.Level
		}
		if l.Controlled() {
			if first {
				r.levels[Strictest], first = level, false
			} else {
				r.levels[Strictest] = stricter(r.levels[Strictest], level)
			}
		}
		r.levels = append(r.levels, level)
		for _, account := range l.Accounts {
			r.audiences[account] = r.shared(account, Audience(len(r.levels)-1))
		}
	}
	if p.Guardians != nil {
		r.levels = append(r.levels, *p.Guardians)
		for _, account := range h.Guardians {
			if _, learners := r.audiences[account]; !learners { // a shared account is a learner's
				r.audiences[account] = Audience(len(r.levels) - 1)
			}
		}
	}
	r.strictest = !slices.ContainsFunc(r.levels, func(l Level) bool { return !covers(r.levels[Strictest], l) })
}

// covers reports whether what a leaves open b leaves open too.
func covers(a, b Level) bool { return stricter(a, b) == a }

// shared returns the audience of an account that is a learner's, and may be
// another's too: the one that is not free or, of two with different levels,
// nobody's in particular.
func (r *Rules) shared(account string, a Audience) Audience {
	b, both := r.audiences[account]
	switch {
	case !both || r.levels[b].free:
		return a
	case r.levels[a].free || r.levels[a] == r.levels[b]:
		return b
	}
	return Strictest
}

// freeLevel is the level of an adult who has not opted in: nothing is closed to
// them but restricted lists, not even by a guardian's own rule or in a lesson.
func freeLevel() Level { return Level{YouTube: YouTubeOpen, Style: NoDistractions, free: true} }

func stricter(a, b Level) Level {
	a.Closed |= b.Closed
	a.ClosedInLessons |= b.ClosedInLessons
	a.SafeSearch = a.SafeSearch || b.SafeSearch
	order := []YouTube{YouTubeStrict, YouTubeModerate, YouTubeOpen}
	if slices.Index(order, b.YouTube) < slices.Index(order, a.YouTube) {
		a.YouTube = b.YouTube
	}
	if b.Style == ApprovedOnly {
		a.Style = ApprovedOnly
	}
	return a
}

// AudienceOf returns the audience of an OS account; [Strictest] for one that
// nobody has been given.
func (r *Rules) AudienceOf(account string) Audience { return r.audiences[account] }

// Level returns the level of an audience.
func (r *Rules) Level(a Audience) Level { return r.levels[min(int(a), len(r.levels)-1)] }

// AudienceOfLearner returns the audience of the learner with the given id.
func (r *Rules) AudienceOfLearner(id string) Audience {
	for i, l := range r.config.Household.Learners {
		if l.ID == id {
			return Audience(i + 1)
		}
	}
	return Strictest
}

// LearnerOf returns whose activity a question of the audience a is: the id of a
// learner, or "" where it may be of any account of the PC. It reports false
// where none is kept: of guardians, of adults who do not wish it, and on a PC
// without a learner who has been told of it.
func (r *Rules) LearnerOf(a Audience) (id string, watched bool) {
	learners := r.config.Household.Learners
	if a == Strictest {
		return "", slices.ContainsFunc(learners, Learner.Watched)
	}
	if i := int(a) - 1; i < len(learners) {
		return learners[i].ID, learners[i].Watched()
	}
	return "", false
}

// Mapped reports whether any OS account has an audience of its own.
func (r *Rules) Mapped() bool { return len(r.audiences) > 0 }

// Everybodys reports whether v, the verdict for [Strictest], is that of every
// audience, and nothing is kept of whose question it was.
func (r *Rules) Everybodys(v Verdict) bool {
	return v.Reason == Protected || r.strictest && !v.Blocked() && v.Rewrite == 0
}

// Accounts returns the OS accounts that have an audience of their own.
func (r *Rules) Accounts() map[string]Audience { return maps.Clone(r.audiences) }
