// Package inbox is the reference platform: it takes messages by the contract,
// keeps them sealed, and shows to each of those who read them what their key
// opens, and of the rest neither a line nor a count.
//
// Keeping is behind [Store], which resources/inbox/store fills in. Sending and
// waiting are not in here.
package inbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"lessonguard/resources"
)

// Kept is a message as the platform keeps it.
type Kept struct {
	Seq       int64 // rises with each message kept; set by the store
	ID        string
	Class     Class
	Household string // who sent it
	Received  time.Time
	Opened    time.Time // zero: by nobody yet
	Sealed    []byte
}

// Receipt returns what the sender may know.
func (k Kept) Receipt() resources.Receipt {
	r := resources.Receipt{ID: k.ID, State: resources.Received, Received: k.Received, Opened: k.Opened}
	if !k.Opened.IsZero() {
		r.State = resources.Opened
	}
	return r
}

// Class is what the path says that a message came by. Reports and help-requests
// are one class: which of them it is stands inside.
type Class string

// The classes.
const (
	Concerns     Class = "concern"
	Acceptances  Class = "acceptance"
	Attestations Class = "attestation"
)

// A Household is a family that has joined.
type Household struct {
	ID     string
	Label  string // what the provider calls it; given with the invite
	Joined time.Time
}

// An Invite lets one family join, once.
type Invite struct {
	Hash  Hash
	Label string
	Ends  time.Time
}

// A Scope is what a token is good for.
type Scope string

// The scopes.
const (
	SubmitScope   Scope = "submit"
	GuardianScope Scope = "guardian"
)

// Hash is all that is kept of a token or an invite. They are long and random,
// so that a plain hash does.
type Hash [sha256.Size]byte

// HashOf returns the hash of a token or an invite.
func HashOf(secret string) Hash { return sha256.Sum256([]byte(secret)) }

// A Joining is one exchange of an invite for tokens.
type Joining struct {
	Invite           Hash
	Attempt          string // the same when the same family tries again
	Household        string // id of the household if it is new
	Submit, Guardian Hash
	At               time.Time
}

// Errors of a store.
var (
	ErrNotFound = errors.New("there is no such thing")
	ErrConflict = errors.New("another message is kept under this id")
	ErrInvite   = errors.New("the invite is not known, was used, or has ended")
)

// A Store keeps messages and families. What it has returned nil for survives
// the loss of power. It never opens a message.
type Store interface {
	// Keep keeps k and returns it as it is kept, and whether it is new. The
	// same bytes of the same household under the same id are kept once; any
	// other under that id are an [ErrConflict].
	Keep(ctx context.Context, k Kept) (kept Kept, isNew bool, err error)
	// Get returns the message with the id, or [ErrNotFound].
	Get(ctx context.Context, id string) (Kept, error)
	// Before returns up to n messages, newest first, of those kept before seq.
	Before(ctx context.Context, seq int64, n int) ([]Kept, error)
	// MarkOpened notes when the message was first opened.
	MarkOpened(ctx context.Context, id string, at time.Time) error
	// EraseOpened erases the messages that were first opened before the time,
	// and returns how many. One that nobody has opened is never erased by time.
	EraseOpened(ctx context.Context, before time.Time) (n int, err error)
	// Erase erases one message, opened or not, or returns [ErrNotFound].
	Erase(ctx context.Context, id string) error
	// EraseHousehold erases a family with its tokens and all that it sent, or
	// returns [ErrNotFound].
	EraseHousehold(ctx context.Context, id string) error

	// AddInvite adds an invite. Adding one again changes nothing.
	AddInvite(ctx context.Context, i Invite) error
	// Join uses an invite and returns the household. The same attempt gets the
	// same household; its earlier tokens end. Else it is an [ErrInvite].
	Join(ctx context.Context, j Joining) (Household, error)
	// Token returns whose the token is and what it is good for, or
	// [ErrNotFound].
	Token(ctx context.Context, token Hash) (household string, scope Scope, err error)
	// Households returns every family, the first to join first.
	Households(ctx context.Context) ([]Household, error)

	Close() error
}
