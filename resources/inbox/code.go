package inbox

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// NewToken returns a family's token: 256 random bits.
func NewToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// letters are those of a code that people type: none that look alike
// (Crockford's base 32).
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode returns a code that a person can type, 100 random bits in four groups
// of five letters. Invites and one-time passwords are codes.
func NewCode() string {
	var b [20]byte
	_, _ = rand.Read(b[:])
	var s strings.Builder
	for i, x := range b {
		if i > 0 && i%5 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(letters[x%32])
	}
	return s.String()
}

// plainCode undoes what people do to a code: case, dashes, spaces, O for 0.
func plainCode(s string) string {
	return strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
}

// HashOfCode returns the hash under which a code is kept.
func HashOfCode(code string) Hash { return HashOf(plainCode(code)) }
