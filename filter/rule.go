package filter

import "fmt"

// With returns p with rule among the guardian's own. One without an end takes the
// place of those on its name where it holds; one that ends goes before those that
// do not until then, and takes the place only of those on its name and of its
// scope that end. p is not changed.
func (p Policy) With(rule Rule) Policy {
	p = p.Clone()
	kept := p.Rules[:0]
	for _, r := range p.Rules {
		if r.Name == rule.Name {
			covered := r.Scope == rule.Scope || rule.Scope == Always
			if covered && (rule.Until.IsZero() || !r.Until.IsZero()) {
				continue
			}
			if rule.Until.IsZero() && r.Scope == Always {
				r.Scope = InLessons
				if rule.Scope == InLessons {
					r.Scope = OutsideLessons
				}
			}
		}
		kept = append(kept, r)
	}
	p.Rules = append(kept, rule)
	return p
}

// CheckRule returns an error wrapping [ErrBadPolicy] that says why no rule of the
// guardian's own decides on n, for any audience and at any time: a step of
// [Rules.Decide] before the rules does.
func (r *Rules) CheckRule(n Name) error {
	var s Suffixes
	r.config.Key.Text(n, &s)
	var found roles
	var listed, test Categories
	for i := range s.Len() {
		hash := s.Hash(i)
		mark, k := r.config.Published.Lookup(hash), r.table[hash]
		listed, found = listed|mark.Under, found|k.under
		if s.Whole(i) {
			listed, found, test = listed|mark.Only, found|k.only, k.test
		}
	}
	listed |= test
	switch {
	case found&roleProtected != 0:
		return fmt.Errorf("%w: %s is always open, as a help service or the way to report is; no rule changes that", ErrBadPolicy, n)
	case listed&Restricted != 0, r.digests != nil && r.digests.Closes(s):
		return fmt.Errorf("%w: %s is on a restricted list, which nobody can switch off; no rule changes that", ErrBadPolicy, n)
	case found&(roleCanaryNoName|roleCanaryNoData) != 0 && r.Level(Strictest).Closed.Has(Bypass):
		return fmt.Errorf("%w: by %s programs ask whether they may go round the filter, and are told not to while the category bypass is closed; no rule changes that", ErrBadPolicy, n)
	case found&rolePlumbing != 0 && test == 0:
		return fmt.Errorf("%w: %s is always open, for the PC itself needs it; no rule changes that", ErrBadPolicy, n)
	}
	return nil
}
