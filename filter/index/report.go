package index

import (
	"fmt"
	"strings"
	"time"

	"lessonguard/filter"
)

// A Trial is what [Try] measures decisions by.
type Trial struct {
	Rules   *filter.Rules // that decide, with a lesson on
	Index   *Index        // that Rules decide with
	Lists   *Index        // of the published lists alone, with no name kept from them
	At      time.Time
	Must    []filter.Name // that stay reachable
	Visited []filter.Name // that the most people visit
}

// A Report is how well a policy decides with the lists that there are.
type Report struct {
	Must    int      `json:"must"`    // names that have to stay reachable
	Blocked []string `json:"blocked"` // those that do not, with what blocks them
	Agreed  int      `json:"agreed"`  // much-visited names that two lists of a closed category agree on
	Closed  int      `json:"closed"`  // those of them that are blocked
	Open    []string `json:"open"`    // those that are not
}

// Try measures both sides of a filter: what it blocks that it must not, and
// what it leaves open although the lists agree that it belongs to a category
// that the policy closes.
func Try(t Trial) Report {
	r := Report{Blocked: []string{}, Open: []string{}}
	var s filter.Suffixes
	decide := func(n filter.Name) filter.Verdict {
		t.Rules.Key().Text(n, &s)
		return t.Rules.Decide(filter.Strictest, &s, 1, t.At) // 1: its IPv4 address
	}
	for _, n := range t.Must {
		r.Must++
		if v := decide(n); v.Blocked() {
			r.Blocked = append(r.Blocked, fmt.Sprintf("%s (%s)", n, t.why(v, &s)))
		}
	}
	level := t.Rules.Policy().Level
	for _, n := range t.Visited {
		v := decide(n)
		if !t.Lists.agree(&s, level.Closed|level.ClosedInLessons) {
			continue
		}
		if r.Agreed++; v.Blocked() {
			r.Closed++
		} else {
			r.Open = append(r.Open, string(n))
		}
	}
	return r
}

// why says which lists block the name in s.
func (t Trial) why(v filter.Verdict, s *filter.Suffixes) string {
	if v.Reason != filter.Listed {
		return v.Reason.String()
	}
	var on []string
	for _, l := range t.Index.Lists(s.Hash(int(v.Depth) - 1)) {
		if l.Category == v.Category && !l.Restricted {
			on = append(on, l.ID)
		}
	}
	return v.Category.String() + " by " + strings.Join(on, ", ")
}

// agree reports whether two lists of one of the given categories close the name
// in s.
func (x *Index) agree(s *filter.Suffixes, closed filter.Categories) bool {
	var first [filter.NumCategories]string
	for i := range s.Len() {
		for _, l := range x.Lists(s.Hash(i)) {
			if l.Restricted || !closed.Has(l.Category) || l.Exact && !s.Whole(i) {
				continue
			}
			if other := &first[l.Category]; *other == "" {
				*other = l.ID
			} else if *other != l.ID {
				return true
			}
		}
	}
	return false
}

// String returns r as a table.
func (r Report) String() string {
	var b strings.Builder
	share := 100.0
	if r.Agreed > 0 {
		share = 100 * float64(r.Closed) / float64(r.Agreed)
	}
	fmt.Fprintf(&b, "names that must stay reachable               %6d\n", r.Must)
	fmt.Fprintf(&b, "  blocked in a lesson                        %6d\n", len(r.Blocked))
	for _, n := range r.Blocked {
		fmt.Fprintf(&b, "    %s\n", n)
	}
	fmt.Fprintf(&b, "much-visited names that two lists agree on   %6d\n", r.Agreed)
	fmt.Fprintf(&b, "  blocked in a lesson                        %6d (%.1f %%)\n", r.Closed, share)
	if len(r.Open) > 0 {
		fmt.Fprintf(&b, "  open                                       %6d: %s\n", len(r.Open), strings.Join(r.Open, ", "))
	}
	return b.String()
}
