package resources

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is what a message carries.
type Kind string

// The kinds of message.
const (
	KindReport      Kind = "report"
	KindHelpRequest Kind = "help-request"
	KindAcceptance  Kind = "acceptance"
	KindAttestation Kind = "attestation"
)

// Kinds lists the kinds of message.
func Kinds() []Kind {
	return []Kind{KindReport, KindHelpRequest, KindAcceptance, KindAttestation}
}

// A Message is anything sent to a platform, sealed to those who may read it.
// Everything outside Sealed is chosen so that it says nothing: the id is
// random, the kind is only the path it is posted to, and the size is one of
// [Sizes].
type Message struct {
	ID     string    // 32 hex digits; the platform keeps one message per id
	Kind   Kind      // the path; a platform keeps reports and help-requests alike
	At     time.Time // when it was sealed
	To     []Address // where it may go, at most MaxRecipients; see [Message.For]
	Sealed []byte    // application/age, exactly one of Sizes long
}

// Sizes are the lengths in bytes that a sealed message can have. Whatever is
// sealed is padded up to the next.
var Sizes = [...]int{4 << 10, 16 << 10, 64 << 10}

// NewID returns a random message id.
func NewID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	return hex.EncodeToString(id[:])
}

// Check returns what is wrong with the outside of m.
func (m Message) Check() error {
	switch {
	case !ValidID(m.ID):
		return errors.New("a message id is 32 of the digits 0-9 and a-f")
	case !slices.Contains(Kinds(), m.Kind):
		return fmt.Errorf("no kind of message is called %q", m.Kind)
	case len(m.To) > MaxRecipients:
		return fmt.Errorf("a message is sealed to %d recipients at most, not %d", MaxRecipients, len(m.To))
	case !slices.Contains(Sizes[:], len(m.Sealed)):
		return fmt.Errorf("a sealed message of %d bytes is not of a size that is sent", len(m.Sealed))
	}
	return nil
}

// ValidID reports whether id is one that [NewID] can return.
func ValidID(id string) bool {
	return len(id) == 32 && strings.Trim(id, "0123456789abcdef") == ""
}

// A Later is a refusal that will pass, from a platform that said when to try
// again.
type Later struct {
	After time.Duration
	Err   error
}

// Error returns the reason.
func (l *Later) Error() string { return l.Err.Error() }

// Unwrap returns the reason.
func (l *Later) Unwrap() error { return l.Err }

// Errors about messages.
var (
	// ErrRejected marks a message that the platform will never take.
	ErrRejected = errors.New("the platform does not take this message")
	// ErrElsewhere marks a message for a platform that the family is not
	// enrolled with now. It waits until the family is back there.
	ErrElsewhere = errors.New("the message is for another provider")
	// ErrTooLong marks a message that is longer than the largest size.
	ErrTooLong = errors.New("message is too long to be sent")
	// ErrUnsure marks a message that goes out like any other, and may be lost
	// should the computer stop before: its disk did not confirm it.
	ErrUnsure = errors.New("the disk did not confirm that the message is kept")
	// ErrNotForUs marks a sealed message that none of the given keys opens.
	ErrNotForUs = errors.New("message is sealed to somebody else")
	// ErrNoSuchMessage says that nobody who was asked knows of the message.
	ErrNoSuchMessage = errors.New("no message is known by this reference")
	// ErrFull marks an outbox in which every slot holds an unsent message.
	ErrFull = errors.New("no more messages can wait: make a phone call instead")
)

// Recipients says who may open a message.
type Recipients string

// Who may open a message.
const (
	ToSafeguarding Recipients = "safeguarding"
	// ToOversight is for a concern about the tutor, the DSL or the provider's
	// staff: the DSL's accounts cannot open it.
	ToOversight Recipients = "oversight"
)
