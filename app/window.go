package app

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/concern"
	"lessonguard/app/guardian"
	"lessonguard/app/learner"
	"lessonguard/app/onboarding"
	"lessonguard/app/tutor"
	"lessonguard/app/ui"
	"lessonguard/filter"
	"lessonguard/resources"
)

// learn takes what is known of the family, and shows the home that follows from
// it where that is another.
func (a *App) learn(h filter.Household) {
	if a.known && reflect.DeepEqual(h, a.household) {
		return
	}
	a.household, a.known = h, true
	a.help.Reload(a.helpConfig())
	if h.Provider.ID == "" && !a.config.Tutor {
		a.startWizard()
		return
	}
	a.build()
}

// guardianSits reports whether the account here is a guardian's. An account
// that the household does not name is a learner's: the safer mistake.
func (a *App) guardianSits() bool { return slices.Contains(a.household.Guardians, a.config.Account) }

// build makes the homes for the household and shows the one for this account.
func (a *App) build() {
	a.guards = a.guardianSits()
	a.home, a.learner = nil, nil
	// Whoever writes to the same provider goes on: what was learnt may be that
	// another account was given a name.
	if a.concern == nil || !a.guards && !a.config.Tutor || !a.concern.Tells(a.household.Provider) {
		a.concern, a.tutor = nil, nil
	}
	places := []ui.Place{{ID: placeHome, Text: ui.Text("place.home"), Icon: ui.IconHome}}
	switch {
	case a.config.Tutor:
		places = []ui.Place{{ID: placeHome, Text: ui.Text("concern.place"), Icon: ui.IconFlag}}
	case a.guards:
		places = append(places,
			ui.Place{ID: placeLevels, Text: ui.Text("place.levels"), Icon: ui.IconLevels},
			ui.Place{ID: placeLists, Text: ui.Text("place.lists"), Icon: ui.IconShield},
			ui.Place{ID: placeCheckup, Text: ui.Text("place.checkup"), Icon: ui.IconCheck},
			ui.Place{ID: placeSeen, Text: ui.Text("place.activity"), Icon: ui.IconEye},
			ui.Place{ID: placeConcern, Text: ui.Text("concern.place"), Icon: ui.IconFlag})
		if a.concern == nil {
			c := a.concernConfig(concern.RoleGuardian, a.household.Provider)
			c.Shared, c.Learner = a.shared, a.learnerReports
			a.concern = concern.New(c)
		}
		a.home = guardian.NewHome(a.guardianConfig(), a.household)
		a.home.Show(a.status, a.err)
	default:
		l, _ := a.household.LearnerOf(a.config.Account)
		a.learner = learner.NewHome(learner.HomeConfig{
			Control: a.config.Control, Learner: l, Provider: a.household.Provider,
			Help: a.ShowHelp, Now: a.config.Now, Do: a.config.Do,
		})
		a.learner.Show(a.status, a.err)
	}
	places = append(places,
		ui.Place{ID: placeHelp, Text: ui.Text("place.help"), Icon: ui.IconHelp},
		ui.Place{ID: placePrivacy, Text: ui.Text("place.privacy"), Icon: ui.IconLock, Last: true},
		ui.Place{ID: placeDisplay, Text: ui.Text("place.display"), Icon: ui.IconDisplay, Last: true},
	)
	a.shell = ui.NewShell(places, a.visit)
	a.frame = ui.Keys(a.shell.Object(), a.KeyDown)
	a.sign()
	if a.at == "" {
		a.at = placeHome
	}
	a.visit(a.at)
}

func (a *App) guardianConfig() guardian.Config {
	return guardian.Config{
		Control: a.config.Control, Canvas: a.config.Window.Canvas, Agreements: a.config.Agreements, Accepted: a.config.Accepted,
		SetUp: a.config.SetUp, Help: a.ShowHelp, Levels: func() { a.visit(placeLevels) }, Language: a.config.Language, Now: a.config.Now, Do: a.config.Do,
	}
}

func (a *App) concernConfig(role string, provider filter.Provider) concern.Config {
	return concern.Config{
		Role: role, Provider: provider, Contacts: a.contacts(provider), Services: a.config.Services,
		Begin: a.config.Begin, Send: a.sender(provider), State: a.config.State, OpenURL: a.config.OpenURL, Exit: a.exit,
		Language: a.config.Language, App: a.config.Version, Now: a.config.Now, Do: a.config.Do,
	}
}

// contacts are the ways that a provider has published.
func (a *App) contacts(provider filter.Provider) []agreements.Contact {
	for _, p := range a.config.Profiles {
		if p.ID == provider.ID {
			return p.Contacts
		}
	}
	return nil
}

func (a *App) helpConfig() learner.Config {
	provider := a.household.Provider
	l, _ := a.household.LearnerOf(a.config.Account)
	role, spoken := "", l
	var writes func()
	var activity func(context.Context) (filter.Activity, error)
	switch {
	case a.config.Tutor:
		role = learner.RoleTutor
	case a.guardianSits():
		// Activity stays nil: it takes the PIN here, and that it was looked at is
		// in the service's diary.
		role = learner.RoleGuardian
		if a.shared() {
			writes = a.guardianReports
		}
		spoken = a.adultHere()
	default:
		role, activity = learner.RoleLearner, learner.Activity(a.config.Control, a.config.Now)
	}
	return learner.Config{
		Role: role, Learner: spoken, Guardian: writes, Activity: activity,
		Provider: provider, Contacts: a.contacts(provider), Services: a.config.Services, Audience: agreements.Audience(l.Audience),
		Begin: a.config.Begin, Send: a.sender(provider), State: a.config.State, Find: a.config.Find, Damaged: a.config.Damaged, OpenURL: a.config.OpenURL, Exit: a.exit,
		Language: a.config.Language, App: a.config.Version, Now: a.config.Now, Do: a.config.Do,
	}
}

// visit shows a place. Whatever was being written in help is forgotten when
// another place is shown, but not when somebody goes to make the text bigger.
func (a *App) visit(place string) {
	ui.CloseAll(a.config.Window.Canvas()) // help needs no PIN
	if a.wizard != nil {
		a.visitFromWizard(place)
		return
	}
	form := placeConcern
	if a.config.Tutor {
		form = placeHome
	}
	for _, w := range []struct {
		place  string
		forget func()
	}{{placeHelp, a.help.Home}, {form, a.forgetConcern}} {
		writing := []string{w.place, placeDisplay}
		if !slices.Contains(writing, place) || !slices.Contains(writing, a.at) {
			w.forget()
		}
	}
	a.at = place
	switch place {
	case placeHelp:
		a.shell.Visit(place, a.help.Content())
	case placeLevels:
		a.shell.Visit(place, guardian.NewLevels(a.guardianConfig(), a.ShowHome).Content())
	case placeLists:
		a.shell.Visit(place, guardian.NewLists(a.guardianConfig()).Content())
	case placeCheckup:
		a.shell.Visit(place, guardian.NewCheckup(a.guardianConfig(), a.config.Checkup, a.ShowHome).Content())
	case placeSeen:
		a.shell.Visit(place, guardian.NewActivity(a.guardianConfig(), a.household, a.ShowHome).Content())
	case placeConcern:
		a.shell.Visit(place, a.concern.Content())
	case placePrivacy:
		a.shell.Visit(place, a.privacy())
	case placeDisplay:
		a.shell.Visit(place, a.display())
	default:
		a.shell.Visit(placeHome, a.atHome())
	}
	a.show(a.frame)
}

func (a *App) forgetConcern() {
	if a.concern != nil {
		a.concern.Home()
	}
}

// atHome is where whoever sits here starts.
func (a *App) atHome() fyne.CanvasObject {
	switch {
	case a.service != nil:
		return a.service.Content()
	case a.config.Tutor:
		if a.tutor == nil {
			a.tutor = a.tutorPage()
		}
		return a.tutor.Content()
	case a.guards:
		a.home.Reload()
		return a.home.Content()
	}
	a.learner.Front()
	return a.learner.Content()
}

func (a *App) tutorPage() *tutor.Page {
	var page *tutor.Page
	page = tutor.New(tutor.Config{
		Profiles: a.config.Profiles, Provider: a.household.Provider, Enrol: a.config.Enrol, Keep: a.config.KeepProvider,
		Form: func(p filter.Provider) fyne.CanvasObject {
			form := concern.New(a.concernConfig(concern.RoleTutor, p))
			if a.tutor == page { // else this page was left while it enrolled
				a.concern = form
			}
			return form.Content()
		},
		Do: a.config.Do,
	})
	return page
}

// show puts o in the window, with nothing focused.
func (a *App) show(o fyne.CanvasObject) {
	if a.config.Window.Content() != o {
		a.config.Window.SetContent(o)
	}
	a.config.Window.Canvas().Unfocus()
}

// sign shows, in every place, that the filter is on: a learner must be able to
// see it (ICO Children's code, standard 11). A tutor's PC mostly has none, which is
// nothing to warn of.
func (a *App) sign() {
	if a.shell == nil {
		return
	}
	if a.config.Tutor && errors.Is(a.err, filter.ErrNotRunning) {
		a.shell.Unsign()
		return
	}
	text, hue, icon := ui.Text("sign.off"), ui.Amberish, ui.IconAlert
	switch {
	case a.err != nil || a.status.State == filter.LetGo || a.status.State == filter.Resting:
	case a.status.Lesson.Active(a.config.Now()):
		text, hue, icon = ui.Text("sign.lesson"), ui.Greenish, ui.IconBook
	default:
		text, hue, icon = ui.Text("sign.on"), ui.Greenish, ui.IconShield
	}
	a.shell.Sign(hue, icon, text)
}

// exit is the quick way out of help: when the window is shown again, it shows
// the home.
func (a *App) exit() {
	a.config.Hide()
	if a.before != nil {
		a.before()
		return
	}
	a.forgetConcern() // a tutor's is the home, and is blank now
	a.at = placeHome
	a.visit(placeHome)
}

func (a *App) startWizard() {
	a.wizard = onboarding.New(onboarding.Config{
		Profiles: a.config.Profiles, Agreements: a.config.Agreements, Account: a.config.Account, Accounts: a.config.Accounts,
		Claim: func() string { return a.claim }, SetUp: a.config.SetUp, HasPIN: a.status.PINSet, Control: a.config.Control, Enrol: a.config.Enrol, Accept: a.config.Accept,
		Help: a.ShowHelp, Done: a.endWizard, Language: a.config.Language, App: a.config.Version,
		NewID: func() string { return resources.NewID()[:8] }, Now: a.config.Now, Do: a.config.Do,
	})
	if a.at == placeHelp { // it was opened before the service answered
		a.helpOverWizard()
		return
	}
	a.show(a.wizard.Content())
}
