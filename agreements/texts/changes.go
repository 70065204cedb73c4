package texts

import (
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"lessonguard/agreements"
)

// A Change is one part of an agreement that a new version added, took away or
// worded anew.
type Change struct {
	Kind     agreements.PartKind
	Old, New string // empty where the part was added, or taken away
	Words    []Words
}

// Words is a run of words in a part worded anew, in reading order.
type Words struct {
	Text string
	Mark Mark
}

// Mark says what became of a run of words.
type Mark uint8

// The marks.
const (
	Kept Mark = iota
	Added
	Removed
)

// Changes returns what a new version changed, in the order of the new text and
// without what stayed the same: the title first, as a heading.
func Changes(from, to agreements.Agreement) []Change {
	diff := diffmatchpatch.New()
	diff.DiffTimeout = 0 // exact, whatever else the PC is doing; texts are bounded
	a, b, lines := diff.DiffLinesToRunes(flatten(from), flatten(to))
	var changes []Change
	var gone, come []agreements.Part
	for _, d := range diff.DiffCharsToLines(diff.DiffMainRunes(a, b, false), lines) {
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			gone = append(gone, unflatten(d.Text)...)
		case diffmatchpatch.DiffInsert:
			come = append(come, unflatten(d.Text)...)
		case diffmatchpatch.DiffEqual:
			changes, gone, come = append(changes, pair(gone, come)...), nil, nil
		}
	}
	return append(changes, pair(gone, come)...)
}

// flatten writes one part a line, its kind first, for a diff that compares
// whole parts.
func flatten(a agreements.Agreement) string {
	var b strings.Builder
	title := agreements.Part{Kind: agreements.Heading, Text: a.Title}
	for _, p := range append([]agreements.Part{title}, a.Parts()...) {
		b.WriteByte('0' + byte(p.Kind))
		b.WriteString(p.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

func unflatten(text string) []agreements.Part {
	var parts []agreements.Part
	for line := range strings.Lines(text) {
		parts = append(parts, agreements.Part{Kind: agreements.PartKind(line[0] - '0'), Text: strings.TrimSuffix(line[1:], "\n")})
	}
	return parts
}

// pair finds in what went and what came the parts that were only worded anew:
// of one kind, in order, sharing half of the words of both.
func pair(gone, come []agreements.Part) []Change {
	var changes []Change
	for _, c := range come {
		i := slices.IndexFunc(gone, func(g agreements.Part) bool { return g.Kind == c.Kind && alike(g.Text, c.Text) })
		if i < 0 {
			changes = append(changes, Change{Kind: c.Kind, New: c.Text})
			continue
		}
		for _, g := range gone[:i] {
			changes = append(changes, Change{Kind: g.Kind, Old: g.Text})
		}
		changes = append(changes, Change{c.Kind, gone[i].Text, c.Text, words(gone[i].Text, c.Text)})
		gone = gone[i+1:]
	}
	for _, g := range gone {
		changes = append(changes, Change{Kind: g.Kind, Old: g.Text})
	}
	return changes
}

func alike(from, to string) bool {
	kept := 0
	for _, w := range words(from, to) {
		if w.Mark == Kept {
			kept += len(strings.Fields(w.Text))
		}
	}
	return 4*kept >= len(strings.Fields(from))+len(strings.Fields(to))
}

// words compares two parts word by word. Runs have no space at their ends.
func words(from, to string) []Words {
	diff := diffmatchpatch.New()
	diff.DiffTimeout = 0
	a, b, lines := diff.DiffLinesToRunes(oneAWord(from), oneAWord(to))
	var runs []Words
	for _, d := range diff.DiffCharsToLines(diff.DiffMainRunes(a, b, false), lines) {
		mark := map[diffmatchpatch.Operation]Mark{diffmatchpatch.DiffInsert: Added, diffmatchpatch.DiffDelete: Removed}[d.Type]
		runs = append(runs, Words{strings.Join(strings.Fields(d.Text), " "), mark})
	}
	return runs
}

func oneAWord(text string) string {
	return strings.Join(strings.Fields(text), "\n") + "\n"
}
