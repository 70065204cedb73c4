package inbox

import (
	"crypto/rand"
	"encoding/base64"

	"lessonguard/resources"
)

// NewToken returns a family's token: 256 random bits.
func NewToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// NewCode returns a code that a person can type, 100 random bits in four groups
// of five letters. Invites and one-time passwords are codes.
func NewCode() string { return resources.NewCode(4, 5) }

// HashOfCode returns the hash under which a code is kept.
func HashOfCode(code string) Hash { return HashOf(resources.PlainCode(code)) }
