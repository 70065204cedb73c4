package guardian

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// week is how far back activity goes.
const week = 7 * 24 * time.Hour

// maxNames is how many blocked names are shown at first.
const maxNames = 30

// Activity is what was blocked: counts by category, and names. The learner sees
// exactly this of themselves.
type Activity struct {
	config   Config
	gate     gate
	learners []filter.Learner
	learner  string // id; empty: asked by accounts that are no learner's, or not known
	back     func()

	seen filter.Activity
	all  bool // every name is shown
	box  *fyne.Container
	note *ui.Complaint
}

// NewActivity returns the activity of the family's first learner; back leaves.
func NewActivity(c Config, h filter.Household, back func()) *Activity {
	a := &Activity{config: c, gate: gate{config: c}, back: back, box: ui.Slot(), note: ui.NewComplaint()}
	for _, l := range h.Learners {
		if l.Watched() {
			a.learners = append(a.learners, l)
		}
	}
	if len(a.learners) > 0 {
		a.learner = a.learners[0].ID
	}
	a.show(ui.Body(ui.Text("done.asking")))
	a.load()
	return a
}

// Content returns the activity as it is shown.
func (a *Activity) Content() fyne.CanvasObject { return a.box }

func (a *Activity) load() {
	learner := a.learner
	var seen filter.Activity
	a.gate.pass(
		func(ctx context.Context) (err error) {
			seen, err = a.config.Control.Activity(ctx, filter.ActivityQuery{Learner: learner, Since: a.config.Now().Add(-week)})
			return err
		},
		func(err error) {
			if learner != a.learner { // another was chosen meanwhile
				return
			}
			if err != nil {
				a.note.Say(sentence(err))
				a.show()
				return
			}
			a.note.Clear()
			a.seen = seen
			a.draw()
		},
		a.back,
	)
}

func (a *Activity) show(objects ...fyne.CanvasObject) {
	head := []fyne.CanvasObject{
		ui.Header(ui.Text("activity.title"), ui.Text("activity.line")),
		ui.Note(ui.Violetly, ui.IconEye, ui.Body(ui.Text("activity.never")), ui.Body(ui.Text("activity.same"))),
		a.who(),
		a.note.Object(),
	}
	ui.Fill(a.box, ui.Page(append(head, objects...)...))
}

// who chooses whose activity is shown.
func (a *Activity) who() fyne.CanvasObject {
	options := make([]ui.Option, 0, len(a.learners)+1)
	for _, l := range a.learners {
		options = append(options, ui.Option{ID: l.ID, Text: l.Name})
	}
	options = append(options, ui.Option{ID: "", Text: ui.Text("activity.nobody")})
	if len(options) == 1 {
		return ui.Column(0)
	}
	return ui.NewChoice(3, a.learner, options, func(id string) {
		a.learner, a.all = id, false
		a.load()
	}).Object()
}

func (a *Activity) draw() {
	var counts []fyne.CanvasObject
	for c := range filter.NumCategories {
		if n := a.seen.Counts[c]; n > 0 {
			counts = append(counts, count(ui.Text("category."+c.String()), n))
		}
	}
	for _, r := range []filter.Reason{filter.RestrictedList, filter.OwnRule, filter.NotApproved, filter.UnsafeSearch} {
		if n := a.seen.Others[r]; n > 0 {
			counts = append(counts, count(ui.Text("activity.reason."+r.String()), n))
		}
	}
	if len(counts) == 0 {
		a.show(ui.Card(ui.Status(ui.Good, ui.Text("activity.nothing"), ui.Text("activity.nothing_line"), nil)))
		return
	}
	objects := []fyne.CanvasObject{ui.Card(ui.Column(14, ui.Heading(ui.Text("activity.counts")), ui.Rows(counts...)))}
	if names := a.names(); len(names) > 0 {
		objects = append(objects, ui.Card(ui.Column(14, ui.Heading(ui.Text("activity.names")), ui.Rows(names...))))
	}
	if a.seen.Dropped > 0 {
		objects = append(objects, ui.Small(ui.Text("activity.dropped", "Number", ui.Number(a.seen.Dropped))))
	}
	a.show(objects...)
}

func count(what string, n int) fyne.CanvasObject {
	return ui.Beside(60, 14, nil, ui.Body(what), ui.Strong(ui.Number(n)).Trailing())
}

// names lists the blocked names, the latest first.
func (a *Activity) names() []fyne.CanvasObject {
	list := a.seen.Blocked
	if !a.all && len(list) > maxNames {
		list = list[:maxNames]
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
	if len(list) < len(a.seen.Blocked) {
		rows = append(rows, ui.Flow(0, ui.Link(ui.Text("activity.all", "Number", ui.Number(len(a.seen.Blocked))), func() {
			a.all = true
			a.draw()
		})))
	}
	return rows
}
