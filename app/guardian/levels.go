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
	level  filter.Level // in the usual lesson style: no age has another
	preset filter.Preset
	style  filter.LessonStyle
	hook   filter.HookTime
	own    *filter.Level // of guardians' own accounts; nil: the learners'
	sites  *sites
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
	var known learnt
	l.gate.pass(
		func(ctx context.Context) (err error) {
			known, err = learn(ctx, l.config.Control)
			return err
		},
		func(err error) {
			if err != nil {
				l.note.Say(sentence(err))
				l.set(ui.Page(ui.Header(ui.Text("levels.page"), ""), l.note.Object()), nil)
				return
			}
			l.policy, l.loaded = known.policy, true
			l.level, l.style = l.policy.Level, l.policy.Level.Style
			l.level.Style = filter.DefaultLevel().Style
			l.preset, l.hook, l.own = filter.PresetOf(l.level), l.policy.Hook, l.policy.Guardians
			l.sites = newSites(&l.gate, known, func(p filter.Policy) { l.policy = p }, l.box.Refresh)
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
			ui.Fill(detail, l.kinds())
		} else {
			ui.Fill(detail, ui.LevelSummary(names(l.level.Closed), names(l.level.ClosedInLessons), l.level.SafeSearch, string(l.level.YouTube)))
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
		l.sites.object(),
		l.styles(),
		l.when(),
		l.week.object(),
		l.guardians(),
		l.asked.object(),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("levels.limits"))),
	), ui.Column(0, l.note.Object(), ui.Foot(
		ui.Secondary(ui.Text("ui.back"), l.back).Icon(ui.IconLeft),
		ui.Primary(ui.Text("levels.save"), l.save))))
	show()
}

func (l *Levels) save() {
	if l.busy {
		return
	}
	upstreams, wrong := l.asked.upstreams()
	if wrong == "" {
		wrong = l.sites.unfinished()
	}
	if wrong != "" {
		l.note.Say(wrong)
		l.box.Refresh()
		return
	}
	l.busy = true
	policy := l.policy.Clone()
	policy.Upstreams = upstreams
	policy.Level, policy.Hook, policy.Timetable = l.level, l.hook, slices.Clone(l.week.table)
	policy.Level.Style, policy.Guardians, policy.Rules = l.style, l.own, slices.Clone(l.sites.rules)
	l.note.Clear()
	l.gate.pass(
		func(ctx context.Context) error { return l.config.Control.SetPolicy(ctx, policy) },
		func(err error) {
			l.busy = false
			if err != nil {
				l.note.Say(sentence(err))
			} else {
				l.policy = policy
				l.sites.kept = policy.Rules
				l.note.Put(ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("levels.saved"))))
			}
			l.box.Refresh()
		},
		func() { l.busy = false },
	)
}

// kinds is a row for each kind of site, for a level of one's own.
func (l *Levels) kinds() fyne.CanvasObject {
	row := ui.SafeSearchRow(l.level.SafeSearch, string(l.level.YouTube), func(on bool, youtube string) {
		l.level.SafeSearch, l.level.YouTube = on, filter.YouTube(youtube)
		l.box.Refresh()
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
