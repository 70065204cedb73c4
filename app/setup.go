package app

import (
	"errors"

	"lessonguard/app/onboarding"
	"lessonguard/filter"
)

// offerSetUp has the page that sets the filter up stand where one starts, on a PC
// whose filter is not there and of whose family nothing is known; and takes it
// away when there is one. Help is one press away from it as from everywhere.
func (a *App) offerSetUp() {
	fresh := a.config.SetUp != nil && a.wizard == nil && !a.known && !a.config.Tutor && errors.Is(a.err, filter.ErrNotRunning)
	switch {
	case fresh && a.service == nil:
		a.service = onboarding.NewService(a.config.SetUp, a.config.Do, func(claim string) { a.claim = claim }, a.ShowHelp)
	case !fresh && a.service != nil && !a.service.Busy():
		a.service = nil
	default:
		return
	}
	if a.at == placeHome && a.wizard == nil {
		a.visit(placeHome)
	}
}
