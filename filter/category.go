package filter

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"strings"
)

// A Category is a kind of content that a guardian can close.
//
// The set follows the inappropriate-content definitions of the UK Safer
// Internet Centre's "Appropriate Filtering" guide, with the kinds of site that
// distract from a lesson after them.
type Category uint8

// The categories, in the order they are shown.
const (
	Pornography Category = iota
	Gambling
	Malware
	Drugs
	SelfHarm
	Violence
	Extremism
	Discrimination
	Piracy
	Bypass
	Dating
	AICompanions
	SocialMedia
	Messaging
	Games
	Streaming
	Shopping
	GenerativeAI
	Misinformation
	NumCategories // how many there are; not a category
)

var categoryIDs = [NumCategories]string{
	"pornography", "gambling", "malware", "drugs", "self-harm", "violence", "extremism", "discrimination", "piracy",
	"bypass", "dating", "ai-companions", "social-media", "messaging", "games", "streaming", "shopping", "generative-ai",
	"misinformation",
}

// String returns the id used in files, on the wire and on the command line.
func (c Category) String() string {
	if c >= NumCategories {
		return fmt.Sprintf("category(%d)", uint8(c))
	}
	return categoryIDs[c]
}

// CategoryIDs lists every valid id, comma-separated, for error messages.
func CategoryIDs() string { return strings.Join(categoryIDs[:], ", ") }

// ParseCategory returns the category with the given id. The error names the
// valid ones.
func ParseCategory(id string) (Category, error) {
	for c, known := range categoryIDs {
		if id == known {
			return Category(c), nil
		}
	}
	return 0, fmt.Errorf("unknown category %q: the categories are %s", id, CategoryIDs())
}

// MarshalText implements [encoding.TextMarshaler].
func (c Category) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Category) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCategory(string(text))
	return err
}

// Categories is a set of categories, and whether a restricted list is among
// what it stands for. The zero value is empty.
type Categories uint32

// Restricted marks a name on a restricted list. It is in no policy: nobody can
// close or open it.
const Restricted Categories = 1 << 31

// CategoriesOf returns the set of cs.
func CategoriesOf(cs ...Category) Categories {
	var s Categories
	for _, c := range cs {
		s |= 1 << c
	}
	return s
}

// Has reports whether c is in s.
func (s Categories) Has(c Category) bool { return s&(1<<c) != 0 }

// First returns the first category in s in the order they are shown. It must
// not be asked of a set without one.
func (s Categories) First() Category { return Category(bits.TrailingZeros32(uint32(s))) }

// List returns the categories in s, in the order they are shown.
func (s Categories) List() []Category {
	list := []Category{}
	for c := range NumCategories {
		if s.Has(c) {
			list = append(list, c)
		}
	}
	return list
}

// MarshalJSON writes s as a list of ids.
func (s Categories) MarshalJSON() ([]byte, error) { return json.Marshal(s.List()) }

// UnmarshalJSON reads a list of ids; an unknown one is an error naming the
// valid ones.
func (s *Categories) UnmarshalJSON(data []byte) error {
	var list []Category
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	*s = CategoriesOf(list...)
	return nil
}
