package filter

import "time"

// DNS types whose answers hold addresses (RFC 1035, RFC 3596, RFC 9460); the
// decision needs no others.
const (
	typeA     = 1
	typeAAAA  = 28
	typeHTTPS = 65
)

// Decide returns the verdict on a name, for an audience, a DNS type and a time.
// The first step that speaks decides, in the order of the constants of
// [Reason]. It allocates nothing.
func (r *Rules) Decide(a Audience, s *Suffixes, qtype uint16, at time.Time) Verdict {
	n := s.Len()
	if n == 0 {
		return Verdict{Reason: Plumbing, Fixed: true} // the root's own records
	}
	level := &r.levels[min(int(a), len(r.levels)-1)]
	lesson := r.config.Lesson.Active(at)

	// One walk from the whole name up gathers what every step needs.
	var (
		found    roles
		listed   Categories
		deepest  [NumCategories]uint8
		test     Categories
		rewrite  uint16
		rule     = -1
		ruleDeep uint8
	)
	for i := n - 1; i >= 0; i-- {
		hash, whole := s.Hash(i), s.Whole(i)
		mark := r.config.Published.Lookup(hash)
		cats := mark.Under
		if whole {
			cats |= mark.Only
		}
		for fresh := cats &^ listed &^ Restricted; fresh != 0; fresh &= fresh - 1 {
			deepest[fresh.First()] = uint8(i + 1)
		}
		listed |= cats
		k, ok := r.table[hash]
		if !ok {
			continue
		}
		found |= k.under
		if whole {
			found |= k.only
			if rewrite = k.rewrite; level.YouTube == YouTubeModerate {
				rewrite = k.moderate
			}
			test = k.test
		}
		if rule < 0 && k.endRule > k.firstRule && !level.free {
			if rule = r.inScope(k, lesson, at); rule >= 0 {
				ruleDeep = uint8(i + 1)
			}
		}
	}
	listed |= test

	switch {
	case found&roleProtected != 0:
		return Verdict{Reason: Protected, Private: true, Fixed: true}
	case listed&Restricted != 0, r.digests != nil && r.digests.Closes(*s):
		return Verdict{Action: Block, Reason: RestrictedList}
	case found&roleCanaryNoName != 0 && level.Closed.Has(Bypass):
		return Verdict{Action: NoName, Reason: Canary}
	case found&roleCanaryNoData != 0 && level.Closed.Has(Bypass):
		return Verdict{Action: NoData, Reason: Canary}
	case n == 1 || found&rolePlumbing != 0 && test == 0:
		return Verdict{Reason: Plumbing, Fixed: true}
	// Whoever runs a network, such as a hotspot, chooses its search domains: they
	// are plumbing only where nothing else is known of the name.
	case found&roleNetwork != 0 && listed == 0 && rule < 0 && rewrite == 0 && found&roleUnsafe == 0:
		return Verdict{Reason: Plumbing, Fixed: true}
	}

	open := Verdict{Reason: Unlisted}
	if level.SafeSearch && (qtype == typeA || qtype == typeAAAA || qtype == typeHTTPS) {
		open.Rewrite = r.youTube(rewrite, level)
	}
	open.Private = found&roleSensitive != 0
	unnamed := listed.Has(SelfHarm)
	switch {
	case rule >= 0:
		open.Reason, open.Rule, open.Depth, open.Fixed = OwnRule, uint16(rule), ruleDeep, true
		if !r.config.Policy.Rules[rule].Allow {
			open.Action, open.Rewrite, open.Unnamed = Block, 0, unnamed
		}
		return open
	// What a provider names opens nothing that is closed at all times: for that,
	// the guardian opens it by name.
	case lesson && (found&roleLesson != 0 || found&roleProvider != 0 && listed&level.Closed == 0):
		open.Reason, open.Fixed = LessonSite, true
		return open
	case level.Approved(r.config.Lesson, at) && test == 0:
		return Verdict{Action: Block, Reason: NotApproved, Private: open.Private, Unnamed: unnamed}
	case found&roleSensitive != 0:
		open.Reason, open.Fixed = Sensitive, true
		return open
	}
	closed := level.Closed
	if lesson {
		closed |= level.ClosedInLessons
	}
	if closing := listed & closed; closing != 0 {
		c := closing.First()
		return Verdict{Action: Block, Reason: Listed, Category: c, Depth: deepest[c], Unnamed: unnamed}
	}
	if test != 0 {
		return Verdict{Action: NoData, Reason: TestName, Category: test.First()}
	}
	if level.SafeSearch && found&roleUnsafe != 0 {
		return Verdict{Action: Block, Reason: UnsafeSearch, Unnamed: unnamed}
	}
	return open
}

// Approved reports whether a lesson is on that opens approved sites only.
func (l *Level) Approved(lesson Lesson, at time.Time) bool {
	return (l.Style == ApprovedOnly || lesson.Style == ApprovedOnly) && lesson.Active(at) && !l.free
}

// youTube drops the rewrite where YouTube is left open: its engine is the only
// one with a moderate setting of its own.
func (r *Rules) youTube(rewrite uint16, level *Level) uint16 {
	if rewrite == 0 || level.YouTube != YouTubeOpen {
		return rewrite
	}
	for _, e := range r.config.Content.Engines {
		if e.Moderate != "" && r.targets[rewrite-1] == e.Target {
			return 0
		}
	}
	return rewrite
}

// inScope returns the first own rule of k that holds now, or -1.
func (r *Rules) inScope(k known, lesson bool, at time.Time) int {
	for _, i := range r.order[k.firstRule:k.endRule] {
		rule := &r.config.Policy.Rules[i]
		if !rule.Until.IsZero() && !at.Before(rule.Until) {
			continue
		}
		if rule.Scope == Always || (rule.Scope == InLessons) == lesson {
			return int(i)
		}
	}
	return -1
}

// Target returns the verdict on a name that an open answer's CNAME points to.
// Only a restricted list, the closed categories and the guardian's own blocks
// close an answer so; nothing does when the question's own verdict was Fixed.
func (r *Rules) Target(question Verdict, a Audience, s *Suffixes, qtype uint16, at time.Time) Verdict {
	if question.Fixed {
		return question
	}
	if v := r.Decide(a, s, qtype, at); v.Reason == RestrictedList || v.Reason == Listed || v.Reason == OwnRule && v.Blocked() {
		return v
	}
	return question
}
