package agreements

import "time"

// An Acceptance is the record that a named person agreed to exactly one text.
// For the youngest learners it records that the text was talked through.
type Acceptance struct {
	Agreement string    `json:"agreement"` // [Agreement.ID]
	Version   int       `json:"version"`
	Language  string    `json:"language"`
	Digest    string    `json:"digest"` // SHA-256 of the text shown, hex
	Audience  Audience  `json:"audience"`
	Name      string    `json:"name"`                // who agreed, or whom it was talked through with
	Learner   string    `json:"learner,omitempty"`   // household id, where the person is a learner
	TalkedBy  string    `json:"talkedBy,omitempty"`  // the guardian who talked it through (KS1)
	Clauses   []string  `json:"clauses"`             // those ticked, as they were shown
	At        time.Time `json:"at"`                  // UTC, to the second
	App       string    `json:"app"`                 // version of the program
	Withdraws bool      `json:"withdraws,omitempty"` // the person takes it back
}

// A Head says how far a ledger of acceptances went when it was last written. It
// is also kept where who writes the ledger cannot: by the service, and in the
// platform's receipts. Without one, nobody can tell that the end is missing.
type Head struct {
	Count int    `json:"count"` // acceptances
	Hash  string `json:"hash"`  // of the last one, SHA-256 in hex; of none: empty
	Key   string `json:"key"`   // Ed25519 public key that signed it, in hex
}

// RenewAfter is how long an acceptance holds: agreements are renewed yearly
// (DfE filtering and monitoring standards; policy of My Online Schooling).
const RenewAfter = 365 * 24 * time.Hour

// Due reports whether person must be asked again about a at t: never asked,
// another version, withdrawn, or more than a year ago. all is oldest first.
func Due(a Agreement, person string, all []Acceptance, t time.Time) bool {
	due := true
	for _, x := range all {
		if x.Agreement != a.ID || x.Name != person {
			continue
		}
		due = x.Withdraws || x.Version != a.Version || t.Sub(x.At) > RenewAfter
	}
	return due
}
