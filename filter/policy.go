package filter

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Policy is what a guardian has decided: what is closed, for whom and when.
// It is saved, sent and compared as a value; [NewRules] makes it ready to
// decide with.
type Policy struct {
	// Level holds for every learner that Learners does not name.
	Level Level `json:"level"`
	// Learners holds the levels of single learners, by [Learner.ID].
	Learners map[string]Level `json:"learners,omitempty"`
	// Guardians is the level of guardian accounts; nil gives them the
	// strictest learner's, as on a PC where everybody shares one account.
	Guardians *Level `json:"guardians,omitempty"`
	// Rules are the guardian's own.
	Rules []Rule `json:"rules,omitempty"`
	// Bundles are the ids of the lesson tools that are open in lessons.
	Bundles []string `json:"bundles,omitempty"`
	// LessonNames are the provider's own lesson sites, open in lessons: one that is
	// closed at all times only where the guardian opens it by a rule.
	LessonNames []Name `json:"lessonNames,omitempty"`
	// Timetable are the lessons of every week, in which lesson mode is on by itself.
	Timetable Timetable `json:"timetable,omitempty"`
	// Hook says when the filter is the PC's resolver.
	Hook HookTime `json:"hook"`
	// Upstreams replace the resolvers that the PC uses, when there are any, as
	// [ParseUpstream] reads them. Whoever offers to choose one says that it may
	// go round the filter of the family's broadband provider.
	Upstreams []string `json:"upstreams,omitempty"`
	// Rebinding are names whose answers may hold private addresses.
	Rebinding []Name `json:"rebinding,omitempty"`
	// SearchDomains are the suffixes of the network the PC is on; the service
	// fills them in, and they are open.
	SearchDomains []Name `json:"-"`
}

// A Level is how strict the filter is for one audience.
type Level struct {
	Closed          Categories  `json:"closed"`          // always
	ClosedInLessons Categories  `json:"closedInLessons"` // besides, in lesson mode
	SafeSearch      bool        `json:"safeSearch"`
	YouTube         YouTube     `json:"youtube"`
	Style           LessonStyle `json:"style"`

	free bool // of an adult, for whom no guardian decides
}

// LessonStyle is what lesson mode leaves open.
type LessonStyle string

// The lesson styles.
const (
	NoDistractions LessonStyle = "no-distractions" // the categories closed in lessons are closed
	ApprovedOnly   LessonStyle = "approved-only"   // all but lesson sites and allowed names is closed
)

// YouTube is how far YouTube is restricted while safe search is on.
type YouTube string

// The settings that YouTube offers.
const (
	YouTubeStrict   YouTube = "strict"
	YouTubeModerate YouTube = "moderate"
	YouTubeOpen     YouTube = "open"
)

// HookTime is when the filter is the PC's resolver.
type HookTime string

// The times a guardian can choose.
const (
	HookAlways    HookTime = "always"
	HookInLessons HookTime = "lessons" // outside lessons nothing is filtered, restricted lists included
)

// A Rule is a guardian's own word on a name and everything under it.
type Rule struct {
	Name  Name      `json:"name"`
	Allow bool      `json:"allow"` // else block
	Scope RuleScope `json:"scope"`
	Until time.Time `json:"until,omitzero"` // zero: no end
}

// RuleScope is when a rule holds.
type RuleScope string

// The scopes of a rule.
const (
	Always         RuleScope = "always"
	InLessons      RuleScope = "lessons"
	OutsideLessons RuleScope = "outside-lessons" // of an allow that was made outside a lesson
)

// DefaultLevel is the level until a guardian chooses another.
func DefaultLevel() Level {
	return Level{
		Closed: CategoriesOf(Pornography, Gambling, Malware, Drugs, SelfHarm, Violence, Extremism, Discrimination,
			Piracy, Bypass, Dating, AICompanions),
		ClosedInLessons: CategoriesOf(SocialMedia, Messaging, Games, Streaming, Shopping, GenerativeAI),
		SafeSearch:      true,
		YouTube:         YouTubeStrict,
		Style:           NoDistractions,
	}
}

// DefaultPolicy is the policy until a guardian chooses another.
func DefaultPolicy() Policy { return Policy{Level: DefaultLevel(), Hook: HookAlways} }

// maxRebinding bounds the names that each answer with a private address is held
// against.
const maxRebinding = 100

// ErrBadPolicy is wrapped by every error of [Policy.Check].
var ErrBadPolicy = errors.New("policy cannot be used")

// Check returns an error wrapping [ErrBadPolicy] that names the first thing in
// p that cannot be used, and what would be.
func (p Policy) Check() error {
	levels := []Level{p.Level}
	if p.Guardians != nil {
		levels = append(levels, *p.Guardians)
	}
	for _, l := range p.Learners {
		levels = append(levels, l)
	}
	for _, l := range levels {
		if !slices.Contains([]LessonStyle{NoDistractions, ApprovedOnly}, l.Style) {
			return fmt.Errorf("%w: lesson style %q is neither %s nor %s", ErrBadPolicy, l.Style, NoDistractions, ApprovedOnly)
		}
		if !slices.Contains([]YouTube{YouTubeStrict, YouTubeModerate, YouTubeOpen}, l.YouTube) {
			return fmt.Errorf("%w: YouTube setting %q is none of strict, moderate, open", ErrBadPolicy, l.YouTube)
		}
	}
	for _, r := range p.Rules {
		if !slices.Contains([]RuleScope{Always, InLessons, OutsideLessons}, r.Scope) {
			return fmt.Errorf("%w: the rule for %s holds %q, which is none of always, lessons, outside-lessons", ErrBadPolicy, r.Name, r.Scope)
		}
		if r.Name.IsPublicSuffix() {
			return fmt.Errorf("%w: %s is shared by many sites; name one site", ErrBadPolicy, r.Name)
		}
	}
	if len(p.Rules) > maxRules {
		return fmt.Errorf("%w: %d rules of your own; at most %d are kept", ErrBadPolicy, len(p.Rules), maxRules)
	}
	if len(p.Rebinding) > maxRebinding {
		return fmt.Errorf("%w: %d names that may lead to this home's network; at most %d are kept", ErrBadPolicy, len(p.Rebinding), maxRebinding)
	}
	for _, n := range p.Rebinding {
		if n.IsPublicSuffix() && !n.IsPrivateTLD() {
			return fmt.Errorf("%w: %s is shared by many sites, which are not all to lead to this home's network; name one site", ErrBadPolicy, n)
		}
	}
	for _, n := range p.LessonNames {
		if n.IsPublicSuffix() {
			return fmt.Errorf("%w: lesson site %s is shared by many sites", ErrBadPolicy, n)
		}
	}
	if len(p.Timetable) > maxSlots {
		return fmt.Errorf("%w: %d lessons a week; at most %d are kept", ErrBadPolicy, len(p.Timetable), maxSlots)
	}
	for _, u := range p.Upstreams {
		if _, err := ParseUpstream(u); err != nil {
			return fmt.Errorf("%w: upstream %w", ErrBadPolicy, err)
		}
	}
	if p.Hook != HookAlways && p.Hook != HookInLessons {
		return fmt.Errorf("%w: filtering %q is neither %s nor %s", ErrBadPolicy, p.Hook, HookAlways, HookInLessons)
	}
	return nil
}

// Clone returns a copy of p that shares nothing with it.
func (p Policy) Clone() Policy {
	p.Learners = maps.Clone(p.Learners)
	if p.Guardians != nil {
		l := *p.Guardians
		p.Guardians = &l
	}
	p.Rules = slices.Clone(p.Rules)
	p.Bundles = slices.Clone(p.Bundles)
	p.LessonNames = slices.Clone(p.LessonNames)
	p.Timetable = slices.Clone(p.Timetable)
	p.Upstreams = slices.Clone(p.Upstreams)
	p.Rebinding = slices.Clone(p.Rebinding)
	p.SearchDomains = slices.Clone(p.SearchDomains)
	return p
}
