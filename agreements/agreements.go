// Package agreements holds the Acceptable Use Agreements (AUAs) and what
// surrounds them: the agreement, the acceptance that a named person gave it,
// and the profile of the provider whose agreements they are.
//
// It holds nouns and checks only. Reading texts is agreements/texts, keeping
// acceptances agreements/ledger, keeping keys agreements/keys.
package agreements

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// An Audience is whom an agreement is written for.
type Audience string

// The audiences. Key stages are those of the English national curriculum.
const (
	Guardian      Audience = "guardian"
	LearnerKS1    Audience = "learner-ks1" // ages 5 to 7: talked through, never signed
	LearnerKS2    Audience = "learner-ks2"
	LearnerKS34   Audience = "learner-ks3-4"
	LearnerPost16 Audience = "learner-post16"
	LearnerAdult  Audience = "learner-adult"
	Tutor         Audience = "tutor"
)

// Audiences lists every audience, learners from the youngest.
func Audiences() []Audience {
	return []Audience{Guardian, LearnerKS1, LearnerKS2, LearnerKS34, LearnerPost16, LearnerAdult, Tutor}
}

// Valid reports whether a is one of [Audiences].
func (a Audience) Valid() bool { return slices.Contains(Audiences(), a) }

// Learner reports whether a is an audience of learners.
func (a Audience) Learner() bool { return a.Valid() && a != Guardian && a != Tutor }

// An Agreement is one version of an AUA for one audience. It never changes once
// published: a new wording is a new version.
type Agreement struct {
	ID        string   `toml:"id"` // PROVIDER-AUDIENCE
	Provider  string   `toml:"provider"`
	Audience  Audience `toml:"audience"`
	Version   int      `toml:"version"`
	Title     string   `toml:"title"`
	Language  string   `toml:"language"` // BCP 47: en, cy
	Effective Date     `toml:"effective"`
	ReviewBy  Date     `toml:"review_by"`
	Body      string   `toml:"-"` // Markdown; its clauses are "- [ ] " lines
	Source    []byte   `toml:"-"` // the whole file as published, which [Agreement.Digest] is of
}

// A Date is a day of the calendar, in UTC.
type Date = time.Time

// Digest returns the SHA-256 of the exact text shown, in hex: what an
// acceptance is of.
func (a Agreement) Digest() string {
	sum := sha256.Sum256(a.Source)
	return hex.EncodeToString(sum[:])
}

// A Part is a piece of an agreement as it is shown: a heading, a paragraph, a
// point, or a clause to be ticked.
type Part struct {
	Kind PartKind
	Text string // Markdown within a line: only **bold**
}

// PartKind is what a [Part] is.
type PartKind uint8

// The kinds of part.
const (
	Paragraph PartKind = iota
	Heading
	Point
	Clause
)

// Clauses returns the clauses to be ticked, in order.
func (a Agreement) Clauses() []string {
	var clauses []string
	for _, p := range a.Parts() {
		if p.Kind == Clause {
			clauses = append(clauses, p.Text)
		}
	}
	return clauses
}

// String returns the id and version, as receipts and errors name it.
func (a Agreement) String() string {
	return fmt.Sprintf("%s version %d (%s)", a.ID, a.Version, a.Language)
}
