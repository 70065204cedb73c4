package resources

import "time"

// A Receipt says how far a message has come at the platform.
type Receipt struct {
	ID       string       `json:"id"`
	State    ReceiptState `json:"state"`
	Received time.Time    `json:"received"`
	Opened   time.Time    `json:"opened,omitzero"`
}

// ReceiptState is how far a message has come.
type ReceiptState string

// The states, in order. Before the first, a message is saved on this PC and
// not sent.
const (
	Received ReceiptState = "received" // the platform keeps it
	Opened   ReceiptState = "opened"   // a person has read it
	// Refused is no receipt but the lack of one for good: the platform will
	// never take the message, and its sender is told to phone instead.
	Refused ReceiptState = "refused"
	// Elsewhere is none either: the message waits on this PC for a provider
	// that the family has left, and goes nowhere else.
	Elsewhere ReceiptState = "elsewhere"
)
