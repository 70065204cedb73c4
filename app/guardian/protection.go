package guardian

import (
	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// protection returns the rows that say what is protected and what is not.
func (m *Home) protection() []fyne.CanvasObject {
	levels := ui.Secondary(ui.Text("home.levels"), m.config.Levels)
	if m.err != nil {
		why := sentence(m.err)
		if notRunning(m.err) && m.setup != nil {
			return []fyne.CanvasObject{ui.Column(14, ui.Status(ui.Bad, ui.Text("filter.not_working"), ui.Text("filter.set_up"), nil), m.setup.Object())}
		}
		if notRunning(m.err) {
			why = ui.Text("filter.how_to_start")
		}
		return []fyne.CanvasObject{ui.Status(ui.Bad, ui.Text("filter.not_working"), why, nil)}
	}
	s := m.status
	rows := []fyne.CanvasObject{}
	switch s.State {
	case filter.Filtering:
		line := ui.Text("filter.names", "Names", ui.Number(s.Names), "Lists", s.Lists)
		if s.Hook == "none" || s.Hook == "" {
			rows = append(rows, ui.Status(ui.Notice, ui.Text("filter.trial"), line+" "+ui.Text("filter.trial_line", "Listen", s.Listen), levels))
		} else {
			rows = append(rows, ui.Status(ui.Good, ui.Text("filter.working"), line, levels))
		}
	default:
		rows = append(rows, notFiltering(s, levels))
	}
	if s.Lists == 0 && s.State == filter.Filtering {
		rows = append(rows, ui.Status(ui.Bad, ui.Text("checkup.say.lists_none"), ui.Text("checkup.fix.lists_none"), nil))
	}
	if s.Starter {
		rows = append(rows, ui.Status(ui.Notice, ui.Text("filter.starter"), ui.Text("filter.starter_line"), nil))
	}
	off := s.State == filter.LetGo || s.State == filter.Resting
	switch {
	case s.Restricted == filter.LicensedRestricted && off:
		rows = append(rows, ui.Status(ui.Notice, ui.Text("filter.restricted_off"), ui.Text("filter.restricted_off_line"), nil))
	case s.Restricted == filter.LicensedRestricted:
		rows = append(rows, ui.Status(ui.Good, ui.Text("filter.restricted"), ui.Text("filter.restricted_line"), nil))
	case s.Restricted == filter.SampleRestricted:
		rows = append(rows, ui.Status(ui.Notice, ui.Text("filter.no_restricted"), ui.Text("filter.sample_restricted_line"), nil))
	default:
		rows = append(rows, ui.Status(ui.Notice, ui.Text("filter.no_restricted"), ui.Text("filter.no_restricted_line"), nil))
	}
	if !s.PINSet {
		rows = append(rows, ui.Status(ui.Bad, ui.Text("filter.no_pin"), ui.Text("filter.no_pin_line")+" "+pinCommand(), nil))
	}
	return append(rows, m.provider())
}

// drawAsks shows that sites wait to be opened or not, and nothing where none does.
func (m *Home) drawAsks() {
	n := m.status.Requests
	if m.asks.Hidden = m.err != nil || n == 0; m.asks.Hidden {
		ui.Fill(m.asks)
		return
	}
	title := ui.Text("home.asked", "Count", n)
	if n == 1 {
		title = ui.Text("home.asked_one")
	}
	ui.Fill(m.asks, ui.NewRowButton(ui.Bluish, ui.IconChat, title, ui.Text("home.asked_line"), m.config.Levels))
}

// notFiltering says why a filter that runs does not filter, or cannot.
func notFiltering(s filter.Status, levels fyne.CanvasObject) fyne.CanvasObject {
	switch {
	case s.State == filter.NoUpstream && s.Portal:
		return ui.Status(ui.Notice, ui.Text("filter.portal"), ui.Text("filter.portal_line"), levels)
	case s.State == filter.NoUpstream:
		return ui.Status(ui.Notice, ui.Text("filter.no_upstream"), ui.Text("filter.no_upstream_line"), levels)
	case s.State == filter.Resting:
		return ui.Status(ui.Notice, ui.Text("filter.resting"), ui.Text("filter.resting_line"), levels)
	case s.Gap == filter.NoticeNoHook:
		return ui.Status(ui.Bad, ui.Text("filter.no_hook"), ui.Text("filter.no_hook_line"), levels)
	case s.Gap == "" && s.State == filter.LetGo:
		return ui.Status(ui.Notice, ui.Text("filter.starting"), ui.Text("filter.starting_line"), levels)
	}
	return ui.Status(ui.Bad, ui.Text("filter.let_go"), ui.Text("filter.let_go_line"), levels)
}

func (m *Home) provider() fyne.CanvasObject {
	p := m.household.Provider
	switch {
	case p.ID == "":
		return ui.Status(ui.Notice, ui.Text("home.no_provider"), ui.Text("home.no_provider_line"), nil)
	case p.Practice:
		return ui.Status(ui.Notice, p.Name, ui.Text("practice.banner"), nil)
	case p.Route == nil:
		return ui.Status(ui.Good, p.Name, ui.Text("home.provider_no_platform"), nil)
	}
	return ui.Status(ui.Good, p.Name, ui.Text("home.provider_platform"), nil)
}

// agreements returns a row for each person who has accepted something, with the
// last word of each.
func (m *Home) agreements() []fyne.CanvasObject {
	if m.papersErr != nil {
		return []fyne.CanvasObject{ui.Status(ui.Bad, ui.Text("home.agreements_failed"), ui.Text("error.other", "Why", ui.Sentence(m.papersErr.Error())), nil)}
	}
	type person struct{ agreement, name string }
	last := map[person]agreements.Acceptance{}
	var order []person
	for _, x := range m.accepted {
		p := person{x.Agreement, x.Name}
		if _, ok := last[p]; !ok {
			order = append(order, p)
		}
		last[p] = x
	}
	var rows []fyne.CanvasObject
	for _, p := range order {
		rows = append(rows, m.accepted1(last[p]))
	}
	if len(rows) == 0 {
		rows = append(rows, ui.Status(ui.Notice, ui.Text("home.none_accepted"), ui.Text("home.none_accepted_line"), nil))
	}
	return rows
}

func (m *Home) accepted1(x agreements.Acceptance) fyne.CanvasObject {
	title, name := x.Agreement, x.Name
	due := m.config.Now().Sub(x.At) > agreements.RenewAfter
	for _, a := range m.config.Agreements {
		if a.ID == x.Agreement {
			due = due || agreements.Due(a, x.Name, m.accepted, m.config.Now())
			if a.Language == x.Language || title == x.Agreement {
				title = a.Title
			}
		}
	}
	line := ui.Text("home.accepted", "Name", name, "Version", x.Version, "Day", ui.Day(x.At))
	if x.TalkedBy != "" {
		line = ui.Text("home.talked", "Name", name, "Guardian", x.TalkedBy, "Version", x.Version, "Day", ui.Day(x.At))
	}
	if x.Withdraws {
		line = ui.Text("home.withdrawn", "Name", name, "Day", ui.Day(x.At))
	}
	level := ui.Good
	if due {
		level = ui.Notice
		line += " " + ui.Text("home.due")
	}
	return ui.Status(level, title, line, nil)
}
