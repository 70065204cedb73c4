package app

import (
	"context"

	"lessonguard/app/ui"
	"lessonguard/filter"
	"lessonguard/resources"
)

// visitFromWizard shows help over the wizard, which keeps what was entered and
// is there again afterwards.
func (a *App) visitFromWizard(place string) {
	if place != placeHelp {
		return
	}
	a.help.Home()
	a.helpOverWizard()
}

func (a *App) helpOverWizard() {
	a.at = placeHelp
	a.before = func() {
		a.at, a.before = "", nil
		a.help.Home()
		a.show(a.wizard.Content())
	}
	shell := ui.NewShell([]ui.Place{
		{ID: placeHome, Text: ui.Text("place.setup"), Icon: ui.IconLeft},
		{ID: placeHelp, Text: ui.Text("place.help"), Icon: ui.IconHelp},
	}, func(id string) {
		if id == placeHome {
			a.before()
		} else {
			a.help.Home()
		}
	})
	shell.Visit(placeHelp, a.help.Content())
	a.show(ui.Keys(shell.Object(), a.KeyDown))
}

// endWizard goes on to the home, with what the service knows now.
func (a *App) endWizard() {
	var h filter.Household
	var err error
	a.config.Do(
		func() { h, err = a.config.Control.Household(context.Background()) },
		func() {
			a.leaveWizard()
			if err == nil {
				a.learn(h)
			}
			a.build()
		},
	)
}

// leaveWizard goes on without it. Help that is open stays open: somebody may be
// writing in it.
func (a *App) leaveWizard() {
	a.wizard, a.before = nil, nil
	if a.at != placeHelp {
		a.at = placeHome
	}
}

// sender sends for provider, whatever is enrolled in the meantime: a learner
// was shown who reads it.
func (a *App) sender(provider filter.Provider) func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
	return func(ctx context.Context, k resources.Kind, to resources.Recipients, payload []byte) (string, error) {
		return a.config.Send(ctx, provider, k, to, payload)
	}
}
