package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"lessonguard/agreements"
)

// maxSize bounds a ledger: a family writes about 2 KiB a person and year.
const maxSize = 64 << 20

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("reading %s: it is larger than %d MiB, so it is no ledger of a family", path, maxSize>>20)
	}
	return data, nil
}

// scanned is what was found in a file, up to the first line that does not stand.
type scanned struct {
	records []record
	size    int   // of the lines that stand
	err     error // what is wrong with the next one, if anything
	last    bool  // it is the last one in the file
}

func scan(data []byte) scanned {
	var s scanned
	prev := ""
	for text := range bytes.Lines(data) {
		r, err := parse(text, len(s.records)+1, prev)
		if err != nil {
			s.err, s.last = err, s.size+len(text) == len(data)
			return s
		}
		s.records, s.size, prev = append(s.records, r), s.size+len(text), r.hash
	}
	return s
}

func acceptances(records []record) []agreements.Acceptance {
	all := make([]agreements.Acceptance, len(records))
	for i, r := range records {
		all[i] = r.accepted
		all[i].Clauses = slices.Clone(r.accepted.Clauses)
	}
	return all
}

// A Result is what checking a ledger found.
type Result struct {
	Acceptances []agreements.Acceptance // those that stand, oldest first
	Keys        []string                // public keys that signed them, hex, in order of first use
	Erased      int                     // acceptances of which personal fields were erased
	Confirmed   int                     // how many of them the head proves
	Line        int                     // the first line that does not stand; 0: all do
	Problem     string                  // what is wrong with it
	Torn        bool                    // a crash tore a last line that nobody was ever told of
	headed      bool
}

// Complete reports whether every line stands and the head proves that none is
// missing.
func (r Result) Complete() bool {
	return r.Line == 0 && r.headed && r.Confirmed == len(r.Acceptances)
}

// Consistent reports whether every line stands. Lines may still be missing from
// the end, or the whole ledger have been written anew, unless it is Complete.
func (r Result) Consistent() bool { return r.Line == 0 }

// String says it in one line for a guardian or a provider.
func (r Result) String() string {
	count := fmt.Sprintf("%d acceptances", len(r.Acceptances))
	switch {
	case r.Line > 0:
		return fmt.Sprintf("line %d is broken: %s", r.Line, r.Problem)
	case r.Complete():
		return "complete: " + count
	case r.Confirmed > 0:
		return fmt.Sprintf("consistent, completeness proved for the first %d of %s", r.Confirmed, count)
	}
	return "consistent, completeness not proved: " + count
}

// Check checks the bytes of a ledger without opening or changing it: every
// signature, the chain, the commitments to what names a person and, where there
// is one, that the head was part of it.
func Check(data []byte, head *agreements.Head) Result {
	found := scan(data)
	r := Result{Acceptances: acceptances(found.records), headed: head != nil}
	for _, x := range found.records {
		if !slices.Contains(r.Keys, x.entry.Key) {
			r.Keys = append(r.Keys, x.entry.Key)
		}
		if len(x.read.Personal) < len(x.entry.Commitments) {
			r.Erased++
		}
	}
	if head != nil && head.Count <= len(found.records) {
		r.Confirmed = max(head.Count, 0)
	}
	err := found.err
	switch {
	case err != nil && found.last && unconfirmed(found.records, head):
		r.Torn, err = true, nil
	case err != nil:
		r.Line = len(found.records) + 1
	case head == nil || head.Count <= 0:
	case head.Count > len(found.records):
		r.Line, err = len(found.records)+1, fmt.Errorf("%d more acceptances were confirmed and are missing", head.Count-len(found.records))
	}
	if head != nil && r.Confirmed > 0 {
		if at := found.records[r.Confirmed-1]; at.hash != head.Hash || at.entry.Key != head.Key {
			r.Line, r.Confirmed = r.Confirmed, 0
			err = errors.New("it, or one before it, is not the acceptance that was confirmed")
		}
	}
	if err != nil {
		r.Problem = err.Error()
	}
	return r
}
