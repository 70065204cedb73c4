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
// puts the strictest of the learners' levels first.
func (r *Rules) addLevels() {
	p, h := r.config.Policy, r.config.Household
	r.levels = []Level{p.Level}
	for i, l := range h.Learners {
		level, own := p.Learners[l.ID]
		if !own {
			level = p.Level
		}
		if i == 0 {
			r.levels[Strictest] = level
		} else {
			r.levels[Strictest] = stricter(r.levels[Strictest], level)
		}
		r.levels = append(r.levels, level)
		for _, account := range l.Accounts {
			r.audiences[account] = Audience(len(r.levels) - 1)
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
}

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

// Accounts returns the OS accounts that have an audience of their own.
func (r *Rules) Accounts() map[string]Audience { return maps.Clone(r.audiences) }
