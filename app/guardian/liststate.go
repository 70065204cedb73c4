package guardian

import (
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// mostTroubled is how many lists are named that could not be fetched; beyond,
// they have one reason, and it is the network.
const mostTroubled = 4

// summary says in one row how the lists are, all together.
func (l *Lists) summary() fyne.CanvasObject {
	names, failed, local := 0, 0, 0
	var last time.Time
	for _, s := range l.published() {
		names += s.Names
		switch s.State {
		case filter.ListFailed:
			failed++
		case filter.ListLocal:
			local++
		}
		if s.Fetched.After(last) {
			last = s.Fetched
		}
	}
	switch {
	case last.IsZero() && local > 0:
		return ui.Status(ui.Good, ui.Text("lists.folder"), ui.Text("filter.names", "Names", ui.Number(names), "Lists", len(l.published())), nil)
	case last.IsZero():
		return ui.Status(ui.Notice, ui.Text("filter.starter"), ui.Text("lists.none_fetched"), nil)
	case failed > 0:
		return ui.Status(ui.Notice, ui.Text("lists.some_failed", "Lists", failed, "All", len(l.published())), ui.Text("lists.still", "Names", ui.Number(names)), nil)
	}
	return ui.Status(ui.Good, ui.Text("lists.fine"), ui.Text("lists.fine_line", "Names", ui.Number(names), "Day", ui.Day(last.Local())), nil)
}

// restricted says whether a restricted list is loaded, and what of it cannot be
// enforced here.
func (l *Lists) restricted() fyne.CanvasObject {
	level, title, line, pages := ui.Notice, "filter.no_restricted", "filter.no_restricted_line", 0
	for _, s := range l.lists {
		pages += s.Pages
		switch s.State {
		case filter.ListLicensed:
			level, title, line = ui.Good, "filter.restricted", "filter.restricted_line"
		case filter.ListSample:
			if level != ui.Good {
				line = "filter.sample_restricted_line"
			}
		}
	}
	text := ui.Text(line)
	if pages > 0 {
		text += " " + ui.Text("lists.pages", "Pages", ui.Number(pages))
	}
	return ui.Status(level, ui.Text(title), text, nil)
}

// data says where the help services and the catalogue of lists are from.
func (l *Lists) data() fyne.CanvasObject {
	for _, s := range l.lists {
		if s.ID != filter.DataFile {
			continue
		}
		switch s.State {
		case filter.ListFresh, filter.ListOld:
			return ui.Status(ui.Good, ui.Text("lists.data"), ui.Text("lists.data_fetched", "Day", ui.Day(s.Fetched.Local())), nil)
		case filter.ListFailed:
			return ui.Status(ui.Notice, ui.Text("lists.data"), ui.Text("lists.data_failed", "Why", ui.Sentence(s.Why)), nil)
		}
	}
	return ui.Status(ui.Plain, ui.Text("lists.data"), ui.Text("lists.data_built_in"), nil)
}

// troubled returns the lists that somebody should look at: first those that wait
// for the guardian's word.
func (l *Lists) troubled() (rows []fyne.CanvasObject) {
	var failed []filter.ListState
	for _, s := range l.published() {
		switch {
		case s.Changed:
			rows = append(rows, l.row(s))
		case s.State == filter.ListFailed:
			failed = append(failed, s)
		}
	}
	if len(failed) > mostTroubled {
		return append(rows, ui.Status(ui.Bad, ui.Text("lists.many_failed", "Lists", len(failed)), ui.Text("lists.why", "Why", ui.Sentence(failed[0].Why)), nil))
	}
	for _, s := range failed {
		rows = append(rows, l.row(s))
	}
	return rows
}

// rows returns every list.
func (l *Lists) rows() (rows []fyne.CanvasObject) {
	for _, s := range l.published() {
		rows = append(rows, l.row(s))
	}
	return rows
}

// row says of one list what it is and how it is kept.
func (l *Lists) row(s filter.ListState) fyne.CanvasObject {
	title, names := s.Title, ui.Text("lists.names", "Names", ui.Number(s.Names))
	if s.Category != nil {
		category := ui.Text("category." + s.Category.String())
		if title = category + ": " + s.Title; s.State == filter.ListStarter {
			title = category
		}
	}
	fetched := ui.Text("lists.no_copy")
	if !s.Fetched.IsZero() {
		fetched = ui.Text("lists.copy", "Day", ui.Day(s.Fetched.Local()), "Names", ui.Number(s.Names))
	}
	switch {
	case s.Changed:
		accept := ui.Secondary(ui.Text("lists.accept"), func() { l.update(filter.ListUpdate{Accept: s.ID}) })
		return ui.Status(ui.Notice, title, ui.Text("lists.changed", "Why", ui.Sentence(s.Why))+" "+fetched, accept)
	case s.State == filter.ListStarter:
		return ui.Status(ui.Good, title, ui.Text("lists.starter")+" "+names, nil)
	case s.State == filter.ListLocal:
		return ui.Status(ui.Good, title, ui.Text("lists.local")+" "+names, nil)
	case s.State == filter.ListMissing:
		return ui.Status(ui.Plain, title, ui.Text("lists.missing"), nil)
	case s.State == filter.ListOld:
		return ui.Status(ui.Notice, title, ui.Text("lists.old")+" "+fetched, nil)
	case s.State == filter.ListFailed:
		return ui.Status(ui.Bad, title, ui.Text("lists.why", "Why", ui.Sentence(s.Why))+" "+fetched, nil)
	case s.State == filter.ListSample:
		return ui.Status(ui.Notice, ui.Text("lists.sample"), ui.Text("lists.sample_line")+" "+names, nil)
	case s.State == filter.ListLicensed:
		return ui.Status(ui.Good, ui.Text("filter.restricted"), ui.Text("filter.restricted_line")+" "+names, nil)
	}
	return ui.Status(ui.Good, title, fetched, nil)
}
