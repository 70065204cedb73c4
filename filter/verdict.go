package filter

import "fmt"

// An Action is what is done with a question.
type Action uint8

// The actions.
const (
	Open   Action = iota // asked upstream
	Block                // 0.0.0.0 and ::, for every other type NODATA
	NoName               // NXDOMAIN
	NoData               // NODATA
)

var actionIDs = [...]string{"open", "block", "nxdomain", "nodata"}

// String returns the id used on the wire.
func (a Action) String() string { return actionIDs[a] }

// MarshalText implements [encoding.TextMarshaler].
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *Action) UnmarshalText(text []byte) error { return parse(text, actionIDs[:], a) }

// A Reason is the step of the decision that spoke.
type Reason uint8

// The reasons, in the order they are tried.
const (
	Protected      Reason = iota // a help service or the enrolled way to report
	RestrictedList               // on a restricted list
	Canary                       // a question by which software asks whether to go round us
	TestName                     // a checkup's test name of a category that is open
	Plumbing                     // what the PC itself needs
	OwnRule                      // the guardian's own rule
	LessonSite                   // a bundle, or the provider's lesson names
	NotApproved                  // not approved, in a lesson that opens approved sites only
	Sensitive                    // sensitive support, which no list closes
	Listed                       // in a closed category
	UnsafeSearch                 // a search engine that cannot be made safe
	Unlisted                     // nothing spoke against it
)

var reasonIDs = [...]string{
	"protected", "restricted-list", "canary", "test-name", "plumbing", "own-rule", "lesson-site", "not-approved",
	"sensitive", "listed", "unsafe-search", "unlisted",
}

// String returns the id used on the wire.
func (r Reason) String() string { return reasonIDs[r] }

// MarshalText implements [encoding.TextMarshaler].
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *Reason) UnmarshalText(text []byte) error { return parse(text, reasonIDs[:], r) }

func parse[T ~uint8](text []byte, ids []string, to *T) error {
	for i, id := range ids {
		if id == string(text) {
			*to = T(i)
			return nil
		}
	}
	return fmt.Errorf("unknown value %q", text)
}

// A Verdict is the decision on one question. It holds no pointer, so that
// making one allocates nothing.
type Verdict struct {
	Action   Action
	Reason   Reason
	Category Category // for Listed: the first closed category that lists the name
	// Depth is how many labels of the name the deciding entry has; 0 if no
	// entry decided.
	Depth uint8
	// Rule is for OwnRule the index in [Policy.Rules].
	Rule uint16
	// Rewrite is 0, or the safe-search target to answer with, counted from 1;
	// see [Rules.Rewrite].
	Rewrite uint16
	// Private means: leave no trace. The question is neither logged nor
	// counted, and for Protected not kept in our cache.
	Private bool
	// Unnamed means: count it if it is blocked, but keep no name of it. A name
	// on a self-harm list is never shown to anybody, whatever step blocked it.
	Unnamed bool
	// Fixed means that CNAME targets in the answer are not decided again: the
	// question was opened by name, not for want of a reason to close it.
	Fixed bool
}

// Blocked reports whether the question is answered by us and not upstream.
func (v Verdict) Blocked() bool { return v.Action != Open }
