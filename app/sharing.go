package app

import (
	"slices"

	"lessonguard/app/learner"
	"lessonguard/filter"
)

// sharing are the learners who use the guardian's account: they have none of
// their own.
func (a *App) sharing() []filter.Learner {
	return slices.DeleteFunc(slices.Clone(a.household.Learners), func(l filter.Learner) bool {
		own := func(account string) bool { return !slices.Contains(a.household.Guardians, account) }
		return slices.ContainsFunc(l.Accounts, own)
	})
}

// shared reports whether this is a guardian's account that a learner uses too.
func (a *App) shared() bool { return a.guardianSits() && len(a.sharing()) > 0 }

// adultHere returns a learner who uses the guardian's account, where none but
// adults do; else nobody.
func (a *App) adultHere() filter.Learner {
	here := a.sharing()
	child := func(l filter.Learner) bool { return !learner.Adult(l) }
	if len(here) == 0 || slices.ContainsFunc(here, child) {
		return filter.Learner{}
	}
	return here[0]
}

// learnerReports begins a learner's report at an account that is shared.
func (a *App) learnerReports() {
	a.visit(placeHelp)
	a.help.Report()
}

// guardianReports begins a guardian's report at an account that is shared.
func (a *App) guardianReports() {
	a.visit(placeConcern)
	a.concern.Write()
}
