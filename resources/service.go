package resources

import (
	"cmp"
	"slices"
	"time"
)

// A Service is a place to turn to for help.
type Service struct {
	ID           string    `toml:"id"`
	Name         string    `toml:"name"`
	NameCy       string    `toml:"name_cy"` // where the name is words; others are the same in Welsh
	Summary      string    `toml:"summary"` // reads at age nine
	SummaryCy    string    `toml:"summary_cy"`
	Audience     []string  `toml:"audience"` // learner, guardian, tutor
	Ages         Ages      `toml:"ages"`
	Nations      []string  `toml:"nations"` // ids of [Nations]; empty: all
	Topics       []Topic   `toml:"topics"`
	Urgent       bool      `toml:"urgent"`
	Phone        string    `toml:"phone"` // as it is spoken
	Text         TextLine  `toml:"text"`
	URL          string    `toml:"url"`
	Chat         string    `toml:"chat"`
	Email        string    `toml:"email"`
	Hours        string    `toml:"hours"`
	HoursCy      string    `toml:"hours_cy"`
	Notes        []string  `toml:"notes"` // honest caveats
	NotesCy      []string  `toml:"notes_cy"`
	Confidential bool      `toml:"confidential"`
	VerifiedOn   time.Time `toml:"verified_on"` // zero: never
	Check        string    `toml:"check"`       // what is not known to be right
	Source       string    `toml:"source"`
	Protected    []string  `toml:"protected"` // names never blocked, logged or counted
}

// In returns s with its words in a language: "cy" is Welsh, and any other English.
func (s Service) In(language string) Service {
	if language == "cy" {
		s.Name, s.Summary, s.Hours, s.Notes = cmp.Or(s.NameCy, s.Name), s.SummaryCy, s.HoursCy, s.NotesCy
	}
	return s
}

// Nations lists the nations of the United Kingdom by their ids.
func Nations() []string { return []string{"england", "wales", "scotland", "northern-ireland"} }

// Everywhere reports whether s is for all nations.
func (s Service) Everywhere() bool { return len(s.Nations) == 0 || len(s.Nations) == len(Nations()) }

// Ages is a range of ages in years, both ends included; the zero Ages is any.
type Ages struct {
	From int `toml:"from"`
	To   int `toml:"to"`
}

// Meets reports whether some age is in a and in b.
func (a Ages) Meets(b Ages) bool {
	return a == Ages{} || b == Ages{} || a.From <= b.To && b.From <= a.To
}

// Covers reports whether every age in b is in a.
func (a Ages) Covers(b Ages) bool {
	return a == Ages{} || b != Ages{} && a.From <= b.From && b.To <= a.To
}

// A TextLine is a number that takes text messages, and the word to send.
type TextLine struct {
	To   string `toml:"to"`
	Word string `toml:"word"`
}

// A Topic is what a concern is about.
type Topic string

// The topics of a concern.
const (
	TopicBullying       Topic = "bullying"
	TopicAdultContact   Topic = "adult-contact"
	TopicSexualImage    Topic = "sexual-image"
	TopicHurt           Topic = "hurt" // hurt, touched or frightened
	TopicNotLookedAfter Topic = "not-looked-after"
	TopicHome           Topic = "home" // worried about someone at home
	TopicHate           Topic = "hate"
	TopicExtremism      Topic = "extremism"
	TopicSelfHarm       Topic = "self-harm"
	TopicMoney          Topic = "money" // scams and money
	TopicSawSomething   Topic = "saw-something"
	TopicFilter         Topic = "filter"
	TopicFeelings       Topic = "feelings"
	TopicIdentity       Topic = "identity"
	TopicOther          Topic = "other"
)

// ReportTopics lists the topics of a report, in the order they are offered.
func ReportTopics() []Topic {
	return []Topic{
		TopicBullying, TopicAdultContact, TopicSexualImage, TopicHurt, TopicNotLookedAfter, TopicHome, TopicHate,
		TopicExtremism, TopicSelfHarm, TopicMoney, TopicSawSomething, TopicFilter, TopicOther,
	}
}

// CheckAfter is how long a verified service counts as verified.
const CheckAfter = 365 * 24 * time.Hour

// Stale reports whether the service must be shown with "check this number".
func (s Service) Stale(t time.Time) bool {
	return s.VerifiedOn.IsZero() || t.Sub(s.VerifiedOn) > CheckAfter
}

// A Need is who looks for help and with what; empty fields match everything.
type Need struct {
	Audience string // learner, guardian, tutor
	Ages     Ages   // one of these: a stage of school has several
	Nation   string
	Topic    Topic
}

// Find returns the services in all that meet need: urgent ones first, then
// those for the topic, then the rest in their order.
func Find(all []Service, need Need) []Service {
	var found []Service
	for _, s := range all {
		if need.Audience != "" && !slices.Contains(s.Audience, need.Audience) ||
			!s.Ages.Meets(need.Ages) ||
			need.Nation != "" && len(s.Nations) > 0 && !slices.Contains(s.Nations, need.Nation) ||
			need.Topic != "" && !s.Urgent && len(s.Topics) > 0 && !slices.Contains(s.Topics, need.Topic) {
			continue
		}
		found = append(found, s)
	}
	rank := func(s Service) int {
		switch {
		case s.Urgent:
			return 0
		case need.Topic != "" && slices.Contains(s.Topics, need.Topic):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(a, b Service) int { return cmp.Compare(rank(a), rank(b)) })
	return found
}
