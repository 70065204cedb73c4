// Package filter decides which names this PC may resolve, and for whom.
//
// It holds the words of the filter (names, categories, policies, lessons,
// households, verdicts), the decision itself ([Rules.Decide]) and what may be
// asked of a running filter ([Control]). It touches no network, no disk and no
// clock and starts no goroutine: the packages below it each add one of those.
package filter
