package guardian

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Levels is where a guardian changes what is closed.
type Levels struct {
	config Config
	gate   gate
	policy filter.Policy
	level  filter.Level
	preset filter.Preset
	hook   filter.HookTime
	week   *weekly
	asked  *resolvers
	loaded bool
	busy   bool

	box  *fyne.Container
	note *ui.Complaint
	back func()
}

// NewLevels returns the levels as the policy has them now; back leaves.
func NewLevels(c Config, back func()) *Levels {
	l := &Levels{config: c, gate: gate{config: c}, note: ui.NewComplaint(), back: back}
	l.box = ui.Slot()
	l.set(ui.Page(ui.Header(ui.Text("levels.page"), ui.Text("done.asking"))), nil)
	l.load()
	return l
}

// Content returns the levels as they are shown.
func (l *Levels) Content() fyne.CanvasObject { return l.box }

func (l *Levels) load() {
	l.gate.pass(
		func(ctx context.Context) (err error) {
			l.policy, err = l.config.Control.Policy(ctx)
			return err
		},
		func(err error) {
			if err != nil {
				l.note.Say(sentence(err))
				l.set(ui.Page(ui.Header(ui.Text("levels.page"), ""), l.note.Object()), nil)
				return
			}
			l.level, l.loaded = l.policy.Level, true
			l.preset, l.hook = filter.PresetOf(l.level), l.policy.Hook
			l.week = newWeekly(l.policy.Timetable, l.box.Refresh)
			l.asked = newResolvers(l.policy.Upstreams, l.box.Refresh)
			l.draw()
		},
		l.back,
	)
}

func (l *Levels) set(page, foot fyne.CanvasObject) {
	ui.Fill(l.box, ui.Above(nil, page, foot))
}

func (l *Levels) draw() {
	var options []ui.Option
	for _, p := range append(filter.Presets(), filter.OwnLevel) {
		options = append(options, ui.Option{ID: string(p), Text: ui.Text("level." + string(p)), Detail: ui.Text("level." + string(p) + ".detail")})
	}
	detail := ui.Column(16)
	show := func() {
		if l.preset == filter.OwnLevel {
			ui.Fill(detail, l.own())
		} else {
			ui.Fill(detail, ui.LevelSummary(names(l.level.Closed), names(l.level.ClosedInLessons), l.level.SafeSearch))
		}
		l.box.Refresh()
	}
	choice := ui.NewChoice(2, string(l.preset), options, func(id string) {
		l.preset = filter.Preset(id)
		if l.preset != filter.OwnLevel {
			l.level = l.preset.Level()
		}
		show()
	})
	l.set(ui.Page(
		ui.Header(ui.Text("levels.page"), ui.Text("levels.page_line")),
		choice.Object(),
		detail,
		l.when(),
		l.week.object(),
		l.asked.object(),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("levels.limits"))),
	), ui.Column(0, l.note.Object(), ui.Foot(
		ui.Secondary(ui.Text("ui.back"), l.back).Icon(ui.IconLeft),
		ui.Primary(ui.Text("levels.save"), l.save))))
	show()
}

// when is the choice of when the filter is on, with what it means.
func (l *Levels) when() fyne.CanvasObject {
	warning := ui.Column(0)
	warn := func() {
		warning.Hidden = l.hook != filter.HookInLessons
		if ui.Fill(warning); !warning.Hidden {
			ui.Fill(warning, ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text("levels.when_warning"))))
		}
	}
	var options []ui.Option
	for _, h := range []filter.HookTime{filter.HookAlways, filter.HookInLessons} {
		options = append(options, ui.Option{ID: string(h), Text: ui.Text("levels.when." + string(h))})
	}
	choice := ui.NewSegment(ui.Text("levels.when"), string(l.hook), options, func(id string) {
		l.hook = filter.HookTime(id)
		warn()
		l.box.Refresh()
	})
	warn()
	return ui.Card(ui.Column(14, ui.Beside(180, 16, nil, ui.Column(2, ui.Strong(ui.Text("levels.when")), ui.Small(ui.Text("levels.when_line"))), choice), warning))
}

func (l *Levels) save() {
	if l.busy {
		return
	}
	upstreams, wrong := l.asked.upstreams()
	if wrong != "" {
		l.note.Say(wrong)
		l.box.Refresh()
		return
	}
	l.busy = true
	policy := l.policy.Clone()
	policy.Upstreams = upstreams
	policy.Level, policy.Hook, policy.Timetable = l.level, l.hook, slices.Clone(l.week.table)
	l.note.Clear()
	l.gate.pass(
		func(ctx context.Context) error { return l.config.Control.SetPolicy(ctx, policy) },
		func(err error) {
			l.busy = false
			if err != nil {
				l.note.Say(sentence(err))
			} else {
				l.policy = policy
				l.note.Put(ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("levels.saved"))))
			}
			l.box.Refresh()
		},
		func() { l.busy = false },
	)
}

func (l *Levels) own() fyne.CanvasObject {
	var safe *ui.Switch
	row, safe := ui.SwitchRow(ui.Text("levels.safe_search"), ui.Text("levels.safe_search_line"), l.level.SafeSearch, func(on bool) {
		l.level.SafeSearch = on
		safe.Set(on, false)
	})
	rows := []fyne.CanvasObject{row}
	for c := range filter.NumCategories {
		rows = append(rows, ui.CategoryRow("category."+c.String(), string(l.level.Closing(c)), func(id string) { l.level = l.level.Close(c, filter.Closing(id)) }))
	}
	return ui.Card(ui.Rows(rows...))
}

func names(set filter.Categories) []string {
	var list []string
	for _, c := range set.List() {
		list = append(list, ui.Text("category."+c.String()))
	}
	return list
}
