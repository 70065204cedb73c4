package guardian

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/seen"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// week is how far back activity goes.
const week = 7 * 24 * time.Hour

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
	var found filter.Activity
	a.gate.pass(
		func(ctx context.Context) (err error) {
			found, err = a.config.Control.Activity(ctx, filter.ActivityQuery{Learner: learner, Since: a.config.Now().Add(-week)})
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
			a.seen = found
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
	a.show(seen.Objects(a.seen, a.all, func() {
		a.all = true
		a.draw()
	})...)
}
