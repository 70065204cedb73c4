package resources

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// MaxRecipients is how many keys a message is sealed to: two while a platform
// changes its keys, else one.
const MaxRecipients = 2

// An Address is one key at one platform. It is a digest so that all have one
// size and say nothing.
type Address [sha256.Size]byte

// Addresses returns the addresses of a message that is sealed to the recipients
// for the platform at url.
func Addresses(url string, recipients []string) []Address {
	// A URL is a host only, so that case and a last slash mean nothing.
	url = strings.ToLower(strings.TrimSuffix(url, "/"))
	var all []Address
	for _, r := range recipients {
		all = append(all, sha256.Sum256([]byte(url+"\n"+r)))
	}
	return all
}

// A Destination is a platform as the family is enrolled with it now.
type Destination struct {
	URL        string
	Recipients []string // all that messages to it are sealed to
	Since      time.Time
}

// For reports whether m was sealed for d: for its host and for a key that it
// still has. Another host, and the same one in other hands, must not even learn
// that there is a message.
//
// A message without an address was sealed by a version that kept none: it is
// for d if the family was enrolled with d already.
func (m Message) For(d Destination) bool {
	if len(m.To) == 0 {
		return !d.Since.IsZero() && !m.At.Before(d.Since)
	}
	return slices.ContainsFunc(Addresses(d.URL, d.Recipients), func(a Address) bool { return slices.Contains(m.To, a) })
}
