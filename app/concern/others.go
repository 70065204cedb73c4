package concern

import (
	"slices"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// maxOthers is how many services are named; more than that nobody reads who has
// a worry.
const maxOthers = 6

// first are the ids of the services that stand above those for a topic. For
// tutors that is the professionals' helpline (UK Safer Internet Centre).
var first = map[string][]string{
	RoleGuardian: {"emergency", "nspcc", "local-authority"},
	RoleTutor:    {"emergency", "local-authority", "posh", "nspcc"},
}

// advisers are the ids of those who advise an adult who is not sure.
var advisers = map[string]string{RoleGuardian: "nspcc", RoleTutor: "posh"}

// contacts shows how to reach a provider that takes no messages from here.
func (f *Form) contacts() {
	p := f.config.Provider
	wrong := ui.NewComplaint()
	title, line := ui.Text("contacts.title", "Provider", p.Name), ui.Text("contacts.line")
	var rows []fyne.CanvasObject
	switch {
	case p.ID == "":
		title, line = ui.Text("concern.no_provider"), ui.Text("concern.no_provider_line")
	case len(f.config.Contacts) == 0:
		line = ui.Text("concern.no_contacts", "Provider", p.Name)
	}
	for _, c := range f.config.Contacts {
		text := ui.Column(4, ui.Strong(c.Label), ui.Body(c.Value))
		if c.Note != "" {
			text.Add(ui.Small(c.Note))
		}
		row := fyne.CanvasObject(text)
		if at := c.Address(); at != "" {
			row = ui.Beside(180, 14, nil, text, ui.Secondary(ui.Text("contacts.open_"+c.Kind), func() { f.open(at, c.Value, wrong) }).Icon(ui.IconOpen))
		}
		rows = append(rows, row)
	}
	objects := []fyne.CanvasObject{ui.Header(title, line), ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("concern.danger")))}
	if len(rows) > 0 {
		objects = append(objects, ui.Card(ui.Rows(rows...)))
	}
	f.show(nil, append(objects, ui.Heading(f.say("others")), f.others(wrong, f.contacts), wrong.Object())...)
}

// noPost says that nothing was sent, and who takes a concern about the
// provider's own people.
func (f *Form) noPost() {
	wrong := ui.NewComplaint()
	f.show(ui.Foot(ui.Secondary(ui.Text("ui.back"), f.start).Icon(ui.IconLeft), ui.Column(0)),
		ui.Header(ui.Text("no_post.title"), ui.Text("no_post.line", "Provider", f.config.Provider.Name)),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("concern.lado"))),
		f.others(wrong, f.noPost), wrong.Object(),
	)
}

// services returns who else takes a concern from an adult: those that take any,
// then those for what it is about.
func (f *Form) services() []resources.Service {
	all := resources.Find(f.config.Services, resources.Need{Audience: f.config.Role})
	var found []resources.Service
	take := func(fits func(resources.Service) bool) {
		for _, s := range all {
			if fits(s) && len(found) < maxOthers && !slices.ContainsFunc(found, func(x resources.Service) bool { return x.ID == s.ID }) {
				found = append(found, s)
			}
		}
	}
	for _, id := range first[f.config.Role] {
		take(func(s resources.Service) bool { return s.ID == id })
	}
	for _, t := range f.report.Topics {
		take(func(s resources.Service) bool { return slices.Contains(s.Topics, t) })
	}
	return found
}

// others shows the services, and the way to all of them, which leads back by
// back; without one there is no such way.
func (f *Form) others(wrong *ui.Complaint, back func()) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, s := range f.services() {
		rows = append(rows, f.row(s, wrong, false))
	}
	card := ui.Card(ui.Rows(rows...))
	if back == nil {
		return card
	}
	return ui.Column(12, card, ui.Flow(0, ui.Link(ui.Text("concern.helplines"), func() { f.helplines(back) }).Icon(ui.IconRight)))
}

// open opens a page in the browser, or says how to get there without.
func (f *Form) open(address, shown string, wrong *ui.Complaint) {
	var err error
	f.config.Do(
		func() { err = f.config.OpenURL(address) },
		func() {
			wrong.Clear()
			if err != nil {
				wrong.Say(ui.Text("service.not_opened", "URL", shown))
			}
			f.box.Refresh()
		},
	)
}
