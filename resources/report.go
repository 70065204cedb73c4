package resources

import (
	"errors"
	"strings"
	"time"
)

// A Report is a concern, in the words of whoever has it.
//
// The fields follow the concern forms that designated safeguarding leads use;
// no form takes pictures, which nobody but the police should hold.
type Report struct {
	Schema   int       `json:"schema"` // 1
	Role     string    `json:"role"`   // learner, guardian or tutor
	At       time.Time `json:"at"`     // when it was written
	About    About     `json:"about"`
	Topics   []Topic   `json:"topics"`
	Words    string    `json:"words"`
	Where    string    `json:"where,omitempty"`
	When     string    `json:"when,omitempty"` // in words: "yesterday", "not sure"
	Wants    string    `json:"wants,omitempty"`
	Child    string    `json:"child,omitempty"` // whom a guardian or a tutor writes for, as they call them
	Done     string    `json:"done,omitempty"`  // what an adult has done about it, and whom they have told
	Name     string    `json:"name,omitempty"`
	Reach    string    `json:"reach,omitempty"` // a safe way and time
	TellHome TellHome  `json:"tellHome"`
	Danger   bool      `json:"danger,omitempty"` // said to be in danger now; 999 was shown
	Language string    `json:"language"`
	App      string    `json:"app"`
}

// A HelpRequest says "I asked this service for help". It is sent only when the
// learner chose to, after seeing it.
type HelpRequest struct {
	Schema   int       `json:"schema"` // 1
	At       time.Time `json:"at"`
	Service  string    `json:"service"` // [Service.ID]
	About    About     `json:"about"`
	Name     string    `json:"name,omitempty"`
	Reach    string    `json:"reach,omitempty"`
	TellHome TellHome  `json:"tellHome"`
	Language string    `json:"language"`
	App      string    `json:"app"`
}

// About is whom a concern is about.
type About string

// Whom a concern can be about.
const (
	AboutMe          About = "me"
	AboutChild       About = "child" // the child whom an adult writes for
	AboutFriend      About = "friend"
	AboutHome        About = "home" // someone at home or in the family
	AboutYoungPerson About = "young-person"
	AboutAdult       About = "adult" // one the learner knows
	AboutOnline      About = "online"
	AboutTutor       About = "tutor"
	AboutStaff       About = "staff" // someone else at the provider
)

// Abouts lists whom a learner's concern can be about, in the order they are
// offered.
func Abouts() []About {
	return []About{AboutMe, AboutFriend, AboutHome, AboutYoungPerson, AboutAdult, AboutOnline, AboutTutor, AboutStaff}
}

// AdultAbouts lists whom a guardian's or a tutor's concern can be about, in the
// order they are offered.
func AdultAbouts() []About {
	return []About{AboutChild, AboutYoungPerson, AboutHome, AboutAdult, AboutOnline, AboutTutor, AboutStaff}
}

// Recipients returns who may read a concern about a: never the people it is
// about.
func (a About) Recipients() Recipients {
	if a == AboutTutor || a == AboutStaff {
		return ToOversight
	}
	return ToSafeguarding
}

// TellHome is whether anyone at home may be told.
type TellHome string

// The answers.
const (
	TellHomeYes    TellHome = "yes"
	TellHomeAsk    TellHome = "ask-me-first"
	TellHomeNo     TellHome = "no"
	TellHomeUnsure TellHome = "not-sure"
)

// KeepFromHome reports whether nobody at home may be contacted before the DSL
// has decided: the concern is about home, or the sender did not say yes.
func KeepFromHome(a About, t TellHome) bool { return a == AboutHome || t != TellHomeYes }

// MaxWords is how many bytes of their own words a sender can send.
const MaxWords = 20_000

// Errors of [Report.Check].
var (
	ErrNoAbout = errors.New("say who it is about")
	ErrNoWords = errors.New("write a few words, or choose what it is about")
)

// Check returns what is missing before r can be sent.
func (r Report) Check() error {
	switch {
	case r.About == "":
		return ErrNoAbout
	case strings.TrimSpace(r.Words) == "" && len(r.Topics) == 0:
		return ErrNoWords
	case len(r.Words) > MaxWords:
		return ErrTooLong
	}
	return nil
}
