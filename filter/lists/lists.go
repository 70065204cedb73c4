// Package lists reads blocklists as they are published, in every format that
// is in use, and tells which names each closes.
//
// It says what one line means ([Format.Line]), and reads whole files and
// archives as a stream ([Read]). Where lists come from, and what is done with
// their names, is for others. A list is hostile input: a line that is not
// understood is skipped and counted, a file that is no list is refused, and
// none makes the reader use more memory than [Limits] allows.
package lists

import (
	"strings"

	"lessonguard/filter"
)

// A Verb is what a line does.
type Verb uint8

// The verbs.
const (
	None    Verb = iota // not a rule: a comment, an empty line, a header
	Block               // closes names and everything under them
	Exact               // closes names, but not what is under them
	Skip                // a rule that DNS or this filter cannot carry out, or a mistake
	Include             // v2fly: the rules of another file belong here
	Reject              // the whole file is no list
)

// A Reason is why a line is skipped.
type Reason uint8

// The reasons.
const (
	Pattern        Reason = iota // matches more, or less, than names under one name
	Exception                    // opens something; a list may not
	Modifier                     // holds for some queries or clients only
	Rewrite                      // answers with an address or name that is not for blocking
	Local                        // names of this PC and this home
	Address                      // an address, no name
	Everything                   // closes the whole internet
	Forward                      // sends queries to another server
	Trigger                      // an RPZ rule about addresses or name servers
	Path                         // a part of a site: never the whole host
	Cosmetic                     // hides parts of pages
	BadName                      // not a name that can be looked up
	SingleLabel                  // a single label, no site
	PublicSuffix                 // closes every site under a public suffix
	OtherFormat                  // in a form that the named format has not
	MissingInclude               // a file to include that is not there
	NumReasons                   // how many there are; not a reason
)

var reasonIDs = [NumReasons]string{
	"pattern", "exception", "modifier", "rewrite", "local", "address", "everything", "forward", "trigger", "path",
	"cosmetic", "name", "single-label", "public-suffix", "other-format", "missing-include",
}

// String returns the id used in files and on the command line.
func (r Reason) String() string { return reasonIDs[r] }

// MarshalText implements [encoding.TextMarshaler].
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// A Result is what one line means.
type Result struct {
	Verb   Verb
	Names  []filter.Name // for Block and Exact: one or more
	Reason Reason        // for Skip
	File   string        // for Include
}

// String returns the result in the words that "lists check --lines" prints:
// "block NAME...", "exact NAME", "skip REASON", "none", "include FILE",
// "reject-file".
func (r Result) String() string {
	switch r.Verb {
	case None:
		return "none"
	case Skip:
		return "skip " + r.Reason.String()
	case Include:
		return "include " + r.File
	case Reject:
		return "reject-file"
	}
	var b strings.Builder
	b.WriteString([...]string{Block: "block", Exact: "exact"}[r.Verb])
	for _, n := range r.Names {
		b.WriteByte(' ')
		b.WriteString(string(n))
	}
	return b.String()
}
