package activity

import "lessonguard/filter"

// A kind is what a block is counted as: a category, or after those the reason
// that had none.
type kind uint8

const kinds = kind(filter.NumCategories) + kind(filter.Unlisted) + 1

// kindOf decides what may be kept of a verdict: whether anything at all, and
// whether the name.
func kindOf(v filter.Verdict) (k kind, named, kept bool) {
	if !v.Blocked() || v.Private {
		return 0, false, false
	}
	k = kind(filter.NumCategories) + kind(v.Reason)
	switch v.Reason {
	case filter.RestrictedList:
		// Nobody may learn what is on such a list.
		return k, false, true
	case filter.Listed:
		if v.Category >= filter.NumCategories {
			return 0, false, false
		}
		// A name of self-harm tells more of a child than a guardian should
		// read off a screen.
		return kind(v.Category), v.Category != filter.SelfHarm && !v.Unnamed, true
	case filter.OwnRule, filter.NotApproved, filter.UnsafeSearch:
		return k, !v.Unnamed, true
	default:
		// Canaries are asked by browsers and test names by the checkup, not by
		// a person; the rest is never blocked.
		return 0, false, false
	}
}

func (k kind) reason() filter.Reason {
	if k < kind(filter.NumCategories) {
		return filter.Listed
	}
	return filter.Reason(k - kind(filter.NumCategories))
}

// category is the id of the category, empty where k has none.
func (k kind) category() string {
	if k < kind(filter.NumCategories) {
		return filter.Category(k).String()
	}
	return ""
}
