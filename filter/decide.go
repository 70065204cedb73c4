package filter

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// An Audience is whose question it is: an index into the audiences of a
// [Rules], resolved from the OS account that asked (see [Rules.AudienceOf]).
type Audience uint8

// Strictest is the audience of a question whose asker is not known: what is
// closed for any learner of the PC is closed.
const Strictest Audience = 0

// DNS types whose answers hold addresses (RFC 1035, RFC 3596, RFC 9460); the
// decision needs no others.
const (
	typeA     = 1
	typeAAAA  = 28
	typeHTTPS = 65
)

// RulesConfig is what [NewRules] makes a [Rules] from.
type RulesConfig struct {
	Policy    Policy
	Household Household
	Content   Content
	Lesson    Lesson
	Key       HashKey
	Published Table // the blocklists, hashed with Key
}

// Rules is a policy ready to decide. It never changes, so that a question sees
// all of a change or none of it.
type Rules struct {
	config    RulesConfig
	table     map[uint64]known
	order     []uint16 // indexes in Policy.Rules, grouped by name
	targets   []Name   // safe-search targets
	levels    []Level  // by audience
	audiences map[string]Audience
	digests   Digests // nil without hashed lists
}

// NewRules makes c ready to decide. c.Policy must have passed [Policy.Check].
func NewRules(c RulesConfig) *Rules {
	r := &Rules{config: c, audiences: map[string]Audience{}}
	if d, ok := c.Published.(Digested); ok {
		r.digests = d.Digests()
	}
	r.addLevels()
	f := &family{key: c.Key, table: map[uint64]known{}}
	f.under(roleProtected, c.Content.Protected...)
	f.only(roleProtected, c.Household.Provider.Hosts()...)
	for n, role := range canaries {
		f.under(role, n)
	}
	f.under(rolePlumbing, c.Content.Plumbing...)
	f.only(rolePlumbing, c.Content.PlumbExact...)
	f.under(rolePlumbing, c.Policy.SearchDomains...)
	f.under(roleSensitive, c.Content.Sensitive...)
	f.under(roleUnsafe, c.Content.Unsafe...)
	for _, b := range c.Content.Bundles {
		if slices.Contains(c.Policy.Bundles, b.ID) {
			f.under(roleLesson, b.Names...)
			f.only(roleLesson, b.Exact...)
		}
	}
	f.under(roleLesson, c.Policy.LessonNames...)
	for n, test := range c.Content.Tests {
		f.edit(n, func(k *known) { k.test = test })
	}
	for _, e := range c.Content.Engines {
		target, moderate := r.target(e.Target), r.target(e.Moderate)
		if moderate == 0 {
			moderate = target
		}
		for _, host := range e.Hosts {
			f.edit(host, func(k *known) { k.rewrite, k.moderate = target, moderate })
		}
	}
	r.addRules(f)
	r.table = f.table
	return r
}

func (r *Rules) target(n Name) uint16 {
	if n == "" {
		return 0
	}
	r.targets = append(r.targets, n)
	return uint16(len(r.targets))
}

// addRules puts the guardian's rules in the table, grouped by name, blocks
// before allows so that a block wins a tie.
func (r *Rules) addRules(f *family) {
	own := r.config.Policy.Rules[:min(len(r.config.Policy.Rules), maxRules)]
	for i := range own {
		r.order = append(r.order, uint16(i))
	}
	slices.SortStableFunc(r.order, func(a, b uint16) int {
		blocksFirst := 0
		if own[a].Allow != own[b].Allow {
			blocksFirst = 1
			if own[b].Allow {
				blocksFirst = -1
			}
		}
		return cmp.Or(cmp.Compare(own[a].Name, own[b].Name), blocksFirst)
	})
	for i, at := range r.order {
		f.edit(own[at].Name, func(k *known) {
			if k.endRule == 0 {
				k.firstRule = uint16(i)
			}
			k.endRule = uint16(i) + 1
		})
	}
}

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

// AudienceOfLearner returns the audience of the learner with the given id.
func (r *Rules) AudienceOfLearner(id string) Audience {
	for i, l := range r.config.Household.Learners {
		if l.ID == id {
			return Audience(i + 1)
		}
	}
	return Strictest
}

// Accounts returns the OS accounts that have an audience of their own.
func (r *Rules) Accounts() map[string]Audience { return maps.Clone(r.audiences) }

// Rewrite returns the name whose addresses answer for a verdict with the given
// Rewrite, which must not be 0.
func (r *Rules) Rewrite(rewrite uint16) Name { return r.targets[rewrite-1] }

// Lesson returns the lesson that r decides with.
func (r *Rules) Lesson() Lesson { return r.config.Lesson }

// Key returns the key of the hashes that r decides on; [Suffixes] must be
// filled with it.
func (r *Rules) Key() HashKey { return r.config.Key }

// Policy returns the policy that r was made from. It must not be changed.
func (r *Rules) Policy() Policy { return r.config.Policy }

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
		if rule < 0 && k.endRule > k.firstRule {
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
	case lesson && found&roleLesson != 0:
		open.Reason, open.Fixed = LessonSite, true
		return open
	case lesson && (level.Style == ApprovedOnly || r.config.Lesson.Style == ApprovedOnly) && test == 0:
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
// Only a restricted list and the closed categories close an answer so; nothing
// does when the question's own verdict was Fixed.
func (r *Rules) Target(question Verdict, a Audience, s *Suffixes, qtype uint16, at time.Time) Verdict {
	if question.Fixed {
		return question
	}
	if v := r.Decide(a, s, qtype, at); v.Reason == RestrictedList || v.Reason == Listed {
		return v
	}
	return question
}
