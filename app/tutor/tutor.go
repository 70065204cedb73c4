// Package tutor holds what a tutor has of the program: the provider they teach
// for is chosen once, and then a worry about a learner can be told.
package tutor

import (
	"context"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Config is what the tutor's page works with.
type Config struct {
	Profiles []agreements.Profile
	// Provider is whom the tutor teaches for; without an id it is not known yet.
	Provider filter.Provider
	// Enrol enrols with a provider that has a platform, and Keep keeps the
	// provider for the next start, and returns it as it can be used here. Both
	// are called off the screen's thread.
	Enrol func(context.Context, agreements.Profile) (filter.Provider, error)
	Keep  func(context.Context, filter.Provider) (filter.Provider, error)
	// Form returns the form in which the provider is told of a worry.
	Form func(filter.Provider) fyne.CanvasObject
	Do   ui.Doer
}

// A Page is the tutor's page.
type Page struct {
	config Config
	chosen string // id of a profile
	box    *fyne.Container
	wrong  *ui.Complaint
}

// New returns the tutor's page: the form, or before it the choice of provider.
func New(c Config) *Page {
	p := &Page{config: c, box: ui.Slot(), wrong: ui.NewComplaint()}
	if c.Provider.ID != "" {
		p.form(c.Provider)
		return p
	}
	p.choose()
	return p
}

// Content returns the page as it is shown.
func (p *Page) Content() fyne.CanvasObject { return p.box }

func (p *Page) form(provider filter.Provider) { ui.Fill(p.box, p.config.Form(provider)) }

// choose asks whom the tutor teaches for.
func (p *Page) choose() {
	var options []ui.Option
	for _, x := range p.config.Profiles {
		options = append(options, ui.Option{ID: x.ID, Text: x.Name})
	}
	choice := ui.NewChoice(2, p.chosen, options, func(id string) {
		p.chosen = id
		p.wrong.Clear()
		p.box.Refresh()
	})
	next := ui.Primary(ui.Text("ui.next"), p.enrol)
	ui.Fill(p.box, ui.Above(nil, ui.Page(
		ui.Header(ui.Text("tutor.title"), ui.Text("tutor.line")),
		p.wrong.Object(),
		choice.Object(),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("tutor.invite"))),
	), ui.Foot(ui.Column(0), next)))
}

// enrol goes on with the provider that was chosen.
func (p *Page) enrol() {
	for _, x := range p.config.Profiles {
		if x.ID != p.chosen {
			continue
		}
		provider := filter.Provider{ID: x.ID, Name: x.Name, Practice: x.Practice}
		var err error
		p.config.Do(
			func() {
				if x.Platform != nil {
					provider, err = p.config.Enrol(context.Background(), x)
				}
				if err == nil {
					provider, err = p.config.Keep(context.Background(), provider)
				}
			},
			func() {
				if err != nil {
					p.wrong.Say(ui.Text("tutor.failed", "Why", ui.Sentence(err.Error())))
					p.box.Refresh()
					return
				}
				p.form(provider)
			},
		)
		return
	}
	p.wrong.Say(ui.Text("tutor.missing"))
	p.box.Refresh()
}
