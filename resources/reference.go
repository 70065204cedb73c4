package resources

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// A Reference is all that a sender needs to see later how far a message has
// come: three groups of four letters, 60 random bits. It is kept nowhere, on no
// computer. A sender may note it, on paper or in their head.
//
// The id of the message follows from it and it does not follow from the id, so
// that a platform has nothing to keep either, and who reads there cannot look
// for what others have sent.
type Reference string

// NewReference returns a random reference.
func NewReference() Reference { return Reference(NewCode(3, 4)) }

// ParseReference reads a reference as people write one; false: it is none.
func ParseReference(s string) (Reference, bool) {
	s = PlainCode(s)
	if len(s) != 12 || strings.Trim(s, letters) != "" {
		return "", false
	}
	return Reference(s[:4] + "-" + s[4:8] + "-" + s[8:]), true
}

// ID returns the id of the message that r is for.
func (r Reference) ID() string {
	sum := sha256.Sum256([]byte("lessonguard reference 1\n" + PlainCode(string(r))))
	return hex.EncodeToString(sum[:16])
}

// letters are those of a code that people type: none that look alike
// (Crockford's base 32).
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode returns a code that a person can type, of so many groups with so many
// random letters each. A letter has five bits.
func NewCode(groups, each int) string {
	b := make([]byte, groups*each)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	var s strings.Builder
	for i, x := range b {
		if i > 0 && i%each == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(letters[x%32])
	}
	return s.String()
}

// PlainCode undoes what people do to a code: case, dashes, spaces, O for 0.
func PlainCode(s string) string {
	return strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(s)))
}
