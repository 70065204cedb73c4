// Package seen draws what was blocked for a learner: counts by category and
// names. The guardian's screen and the learner's own both draw it from here, so
// that the learner sees exactly what the guardian sees of them.
package seen

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// few is how many blocked names are shown at first.
const few = 30

// Objects returns a as a page shows it. Of the names there are few, and all once
// more was pressed: it is to draw again with all.
func Objects(a filter.Activity, all bool, more func()) []fyne.CanvasObject {
	var counts []fyne.CanvasObject
	for c := range filter.NumCategories {
		if n := a.Counts[c]; n > 0 {
			counts = append(counts, count(ui.Text("category."+c.String()), n))
		}
	}
	for _, r := range []filter.Reason{filter.RestrictedList, filter.OwnRule, filter.NotApproved, filter.UnsafeSearch} {
		if n := a.Others[r]; n > 0 {
			counts = append(counts, count(ui.Text("activity.reason."+r.String()), n))
		}
	}
	if len(counts) == 0 {
		return []fyne.CanvasObject{ui.Card(ui.Status(ui.Good, ui.Text("activity.nothing"), ui.Text("activity.nothing_line"), nil))}
	}
	objects := []fyne.CanvasObject{ui.Card(ui.Column(14, ui.Heading(ui.Text("activity.counts")), ui.Rows(counts...)))}
	if rows := names(a.Blocked, all, more); len(rows) > 0 {
		objects = append(objects, ui.Card(ui.Column(14, ui.Heading(ui.Text("activity.names")), ui.Rows(rows...))))
	}
	if a.Dropped > 0 {
		objects = append(objects, ui.Small(ui.Text("activity.dropped", "Number", ui.Number(a.Dropped))))
	}
	return objects
}

func count(what string, n int) fyne.CanvasObject {
	return ui.Beside(60, 14, nil, ui.Body(what), ui.Strong(ui.Number(n)).Trailing())
}

// names lists the blocked names, the latest first.
func names(list []filter.BlockedName, all bool, more func()) []fyne.CanvasObject {
	whole := len(list)
	if !all && whole > few {
		list = list[:few]
	}
	var rows []fyne.CanvasObject
	for _, n := range list {
		why := ui.Text("activity.reason." + n.Reason.String())
		if n.Category != nil {
			why = ui.Text("category." + n.Category.String())
		}
		last := n.Last.Local()
		times := "activity.times"
		if n.Count == 1 {
			times = "activity.once"
		}
		rows = append(rows, ui.Beside(220, 14, nil,
			ui.Column(2, ui.Strong(string(n.Name)), ui.Small(why)),
			ui.Small(ui.Text(times, "Count", n.Count, "When", ui.Day(last)+", "+ui.Clock(last))).Trailing()))
	}
	if len(list) < whole {
		rows = append(rows, ui.Flow(0, ui.Link(ui.Text("activity.all", "Number", ui.Number(whole)), more)))
	}
	return rows
}
