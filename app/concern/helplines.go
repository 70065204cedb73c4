package concern

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// helplines asks what it is about, so that nobody has to read fifty names.
func (f *Form) helplines(back func()) {
	again := func() { f.helplines(back) }
	rows := []fyne.CanvasObject{}
	for _, t := range append(helplineTopics(), "") {
		title := ui.Text("concern.helplines_all")
		if t != "" {
			title = ui.Text("concern.topic." + string(t))
		}
		rows = append(rows, ui.NewLineButton(title, func() { f.helplinesFor(t, title, again) }))
	}
	f.show(ui.Foot(ui.Secondary(ui.Text("ui.back"), back).Icon(ui.IconLeft), ui.Column(0)),
		ui.Header(ui.Text("concern.helplines"), ui.Text("concern.helplines_line")),
		ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("concern.danger"))),
		ui.Grid(2, 260, 10, rows...),
	)
}

// helplineTopics are what helplines are for; the filter is not.
func helplineTopics() []resources.Topic {
	list := []resources.Topic{resources.TopicFeelings, resources.TopicIdentity}
	for _, t := range topics() {
		if t != resources.TopicFilter && t != resources.TopicOther {
			list = append(list, t)
		}
	}
	return list
}

// helplinesFor shows every service that an adult can turn to about t, for the
// nation that they choose. The choice is not kept.
func (f *Form) helplinesFor(t resources.Topic, title string, back func()) {
	wrong, where, list := ui.NewComplaint(), ui.Column(0), ui.Slot()
	var choose func(nation string)
	choose = func(nation string) {
		var buttons []fyne.CanvasObject
		var chosen *ui.Button
		for _, id := range append([]string{""}, resources.Nations()...) {
			name := ui.Text("nation." + cmp.Or(id, "any"))
			if id != nation {
				buttons = append(buttons, ui.Secondary(name, func() { choose(id) }))
				continue
			}
			chosen = ui.Primary(name, func() { choose(id) })
			buttons = append(buttons, chosen)
		}
		ui.Fill(where, ui.Flow(8, buttons...))
		var rows []fyne.CanvasObject
		for _, s := range f.all(nation, t) {
			rows = append(rows, f.row(s, wrong, true))
		}
		ui.Fill(list, ui.Card(ui.Rows(rows...)))
		f.focus(chosen)
	}
	choose("")
	f.show(ui.Foot(ui.Secondary(ui.Text("ui.back"), back).Icon(ui.IconLeft), ui.Column(0)),
		ui.Header(title, ""),
		ui.Column(6, ui.Strong(ui.Text("concern.nation")), where, ui.Small(ui.Text("concern.nation_line"))),
		wrong.Object(), list,
	)
}

// all returns every service for an adult in this role: what is urgent, those
// that take any worry, those for t, and the rest.
func (f *Form) all(nation string, t resources.Topic) []resources.Service {
	found := resources.Find(f.config.Services, resources.Need{Audience: f.config.Role, Nation: nation, Topic: t})
	rank := func(s resources.Service) int {
		at := slices.Index(first[f.config.Role], s.ID)
		switch {
		case s.Urgent:
			return -1
		case at >= 0:
			return at
		}
		return len(first[f.config.Role])
	}
	slices.SortStableFunc(found, func(a, b resources.Service) int { return cmp.Compare(rank(a), rank(b)) })
	return found
}

// row shows a service with every way to reach it; in full, with what it says of
// itself too.
func (f *Form) row(s resources.Service, wrong *ui.Complaint, full bool) fyne.CanvasObject {
	text := ui.Column(4, ui.Strong(s.Name), ui.Small(s.Summary))
	if s.Phone != "" && !strings.Contains(s.Name, s.Phone) {
		text.Add(ui.Body(ui.Text("concern.ring", "Phone", s.Phone)))
	}
	switch {
	case s.Text.Word != "":
		text.Add(ui.Body(ui.Text("concern.text", "Word", s.Text.Word, "To", s.Text.To)))
	case s.Text.To != "":
		text.Add(ui.Body(ui.Text("concern.text_to", "To", s.Text.To)))
	}
	if s.Email != "" {
		text.Add(ui.Body(ui.Text("concern.email", "Email", s.Email)))
	}
	small := []string{s.Hours}
	if s.Ages != (resources.Ages{}) {
		small = append(small, ui.Ages(s.Ages.From, s.Ages.To))
	}
	if !s.Everywhere() {
		small = append(small, ui.Text("nation.only", "Nations", ui.Nations(s.Nations)))
	}
	if full {
		small = append(small, s.Notes...)
	}
	for _, line := range small {
		if line != "" {
			text.Add(ui.Small(line))
		}
	}
	if s.Stale(f.config.Now()) {
		text.Add(ui.Small(ui.Text("concern.stale")).In(ui.Amber))
	}
	if s.URL == "" {
		return text
	}
	return ui.Beside(180, 14, nil, text, ui.Secondary(ui.Text("contacts.open_web"), func() { f.open(s.URL, s.URL, wrong) }).Icon(ui.IconOpen))
}

// advice names who can be rung before anything is written: for a tutor the
// professionals' line.
func (f *Form) advice() fyne.CanvasObject {
	all := ui.Link(ui.Text("concern.helplines"), func() { f.helplines(f.start) }).Icon(ui.IconRight)
	for _, s := range f.config.Services {
		if s.ID != advisers[f.config.Role] {
			continue
		}
		line := ui.Column(4, ui.Strong(f.say("adviser", "Name", s.Name, "Phone", s.Phone)))
		if s.Hours != "" {
			line.Add(ui.Small(s.Hours))
		}
		return ui.Card(ui.Beside(180, 14, nil, line, all))
	}
	return ui.Flow(0, all)
}
