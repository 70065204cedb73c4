package filter

import "time"

// A Household is what this PC knows of one family. The service keeps it; every
// account may read it and only the PIN changes it.
type Household struct {
	Provider  Provider  `json:"provider"`
	Learners  []Learner `json:"learners,omitempty"`
	Guardians []string  `json:"guardians,omitempty"` // OS accounts, by name
}

// A Learner is one child or adult student of the household.
type Learner struct {
	ID       string   `json:"id"`   // short, made by us, never shown
	Name     string   `json:"name"` // what the family calls them
	Audience string   `json:"audience"`
	Accounts []string `json:"accounts,omitempty"` // OS accounts, by name
	// Adult is set once the learner is 18 and has been told: guardian control
	// and activity end, unless OptedIn.
	Adult   bool `json:"adult,omitempty"`
	OptedIn bool `json:"optedIn,omitempty"`
}

// Watched reports whether activity of l is kept: until they are of age, and then
// only if they wish.
func (l Learner) Watched() bool { return l.Controlled() }

// Controlled reports whether a guardian decides what is closed to l: until they
// are of age, and then only if they wish.
func (l Learner) Controlled() bool { return !l.Adult || l.OptedIn }

// A Provider is the enrolled provider, and the way reports reach it.
type Provider struct {
	ID       string `json:"id"` // of the provider profile; empty: none is enrolled
	Name     string `json:"name"`
	Practice bool   `json:"practice,omitempty"` // nobody reads what is sent
	Route    *Route `json:"route,omitempty"`    // nil: the provider has no platform
}

// A Route is where messages to the provider go. It is in the household because
// every account sends by it and none may change it.
type Route struct {
	URL      string `json:"url"`      // of the platform, without a path
	Verified bool   `json:"verified"` // else an adult at home added it unchecked
	// Safeguarding and Oversight are the age recipients that messages are
	// sealed to; two of a kind during a rotation. Without Oversight a concern
	// about the tutor, the DSL or the provider's staff is not posted.
	Safeguarding []string `json:"safeguarding"`
	Oversight    []string `json:"oversight,omitempty"`
	// ReadingHours says in words when reports are read.
	ReadingHours string `json:"readingHours,omitempty"`
	// Token lets its bearer submit messages and nothing else.
	Token string `json:"token,omitempty"`
	// Enrolled is when the family enrolled.
	Enrolled time.Time `json:"enrolled,omitzero"`
}

// LearnerOf returns the learner whom the OS account belongs to.
func (h Household) LearnerOf(account string) (Learner, bool) {
	for _, l := range h.Learners {
		for _, a := range l.Accounts {
			if a == account {
				return l, true
			}
		}
	}
	return Learner{}, false
}

// Hosts returns the exact host names by which reports reach the provider; they
// are protected names.
func (p Provider) Hosts() []Name {
	if p.Route == nil {
		return nil
	}
	if n, ok := hostOf(p.Route.URL); ok {
		return []Name{n}
	}
	return nil
}
