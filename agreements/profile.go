package agreements

import "strings"

// A Profile is what a provider brings: its name, its agreements, its lesson
// sites, whom to tell a concern, and its platform if it has one. Profiles that
// ship with the program carry no platform; only the practice profile does.
type Profile struct {
	ID           string     `toml:"id"`
	Name         string     `toml:"name"`
	Summary      string     `toml:"summary"`
	Website      string     `toml:"website"`
	Practice     bool       `toml:"practice"` // nobody reads what is sent
	LessonNames  []string   `toml:"lesson_names"`
	Bundles      []string   `toml:"bundles"`    // ids
	Agreements   []string   `toml:"agreements"` // ids
	Learners     []Audience `toml:"learners"`   // whom the provider teaches
	ReadingHours string     `toml:"reading_hours"`
	ReviewBy     Date       `toml:"review_by"`
	Contacts     []Contact  `toml:"contacts"`
	Platform     *Platform  `toml:"platform"`
}

// A Contact is a published way to raise a concern with the provider.
type Contact struct {
	Role  string `toml:"role"` // safeguarding, oversight or office
	Label string `toml:"label"`
	Kind  string `toml:"kind"`  // form, phone, email or web
	Value string `toml:"value"` // address or number
	Note  string `toml:"note"`
}

// Address returns what a browser or a mail program opens for c; empty: nothing
// does, as for a phone number.
func (c Contact) Address() string {
	switch {
	case c.Kind == "email":
		return "mailto:" + c.Value
	case (c.Kind == "form" || c.Kind == "web") && strings.HasPrefix(c.Value, "https://"):
		return c.Value
	}
	return ""
}

// A Platform is where a provider takes messages. Its keys come from the
// platform itself at enrolment, which only a verified profile allows.
type Platform struct {
	URL string `toml:"url"` // without a path
}

// Contact returns the first contact with the given role.
func (p Profile) Contact(role string) (Contact, bool) {
	for _, c := range p.Contacts {
		if c.Role == role {
			return c, true
		}
	}
	return Contact{}, false
}
