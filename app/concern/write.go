package concern

import (
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// Limits in letters on what is not the account of what happened.
const (
	maxName  = 80
	maxShort = 300
)

// start asks whom it is about, which decides who may read it, and what.
func (f *Form) start() {
	r := &f.report
	wrong := ui.NewComplaint()
	var options []ui.Option
	for _, a := range resources.AdultAbouts() {
		options = append(options, ui.Option{ID: string(a), Text: f.about(a)})
	}
	when := ui.Column(0)
	said := func() {
		wrong.Clear()
		when.RemoveAll()
		if r.About.Recipients() == resources.ToOversight && f.mayPost(r.About) {
			when.Add(ui.Note(ui.Bluish, ui.IconClock, ui.Body(f.oversightHours())))
		}
	}
	said()
	about := ui.NewChoice(2, string(r.About), options, func(id string) {
		r.About = resources.About(id)
		said()
		f.box.Refresh()
	})
	child := ui.NewField(ui.FieldConfig{
		Label: f.say("child"), Hint: f.say("child_hint"), Value: r.Child, Most: maxName,
		Changed: func(s string) { r.Child = s },
	})
	var ticks []fyne.CanvasObject
	for _, t := range topics() {
		ticks = append(ticks, ui.NewTick(ui.Text("concern.topic."+string(t)), slices.Contains(r.Topics, t), func(on bool) { f.toggle(t, on) }))
	}
	next := ui.Primary(ui.Text("ui.next"), func() {
		switch {
		case r.About == "":
			wrong.Say(ui.Text("concern.about_missing"))
			f.focus(about.First())
		case !f.mayPost(r.About):
			f.noPost()
		default:
			f.account()
		}
	})
	f.show(ui.Foot(ui.Column(0), next),
		ui.Header(ui.Text("concern.title", "Provider", f.config.Provider.Name), f.say("line")),
		ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("concern.danger"))),
		ui.Note(ui.Bluish, ui.IconClock, ui.Body(ui.Text("danger.not_watched")), ui.Body(f.readingHours())),
		f.advice(),
		ui.Column(10, ui.Heading(ui.Text("concern.about")), wrong.Object(), about.Object(), when),
		ui.Narrow(520, child.Object()),
		ui.Column(10, ui.Heading(ui.Text("concern.topics")), ui.Card(ui.Grid(2, 260, 4, ticks...))),
	)
}

// topics are those that an adult has a worry about.
func topics() []resources.Topic { return resources.ReportTopics() }

func (f *Form) toggle(t resources.Topic, on bool) {
	f.report.Topics = slices.DeleteFunc(f.report.Topics, func(x resources.Topic) bool { return x == t })
	if on {
		f.report.Topics = append(f.report.Topics, t)
	}
}

func (f *Form) about(a resources.About) string {
	return f.say("about."+string(a), "Provider", f.config.Provider.Name)
}

func (f *Form) readingHours() string {
	if hours := f.config.Provider.Route.ReadingHours; hours != "" {
		return ui.Text("hours.read", "Team", f.team(), "Hours", hours)
	}
	return ui.Text("hours.unknown", "Team", f.team())
}

// oversightHours says when a worry about the provider's own people is read.
func (f *Form) oversightHours() string {
	nspcc := "0808 800 5000"
	for _, s := range f.config.Services {
		if s.ID == "nspcc" {
			nspcc = s.Phone
		}
	}
	return ui.Text("concern.oversight_hours", "To", ui.Text("preview.oversight", "Provider", f.config.Provider.Name), "Phone", nspcc)
}

// account asks what happened, in the way that safeguarding leads ask to have it
// written: what was seen, what the child said, what was done.
func (f *Form) account() {
	r := &f.report
	words := ui.NewField(ui.FieldConfig{
		Label: ui.Text("concern.words"), Hint: f.say("words_hint"), Value: r.Words, Lines: 7,
		Changed: func(s string) { r.Words = s },
	})
	short := func(key string, value *string) *ui.Field {
		return ui.NewField(ui.FieldConfig{
			Label: ui.Text("concern." + key), Hint: f.say(key + "_hint"), Value: *value, Most: maxShort,
			Changed: func(s string) { *value = s },
		})
	}
	when, where, done := short("when", &r.When), short("where", &r.Where), short("done", &r.Done)
	next := ui.Primary(ui.Text("ui.next"), func() {
		words.Fail("")
		for _, s := range []*string{&r.Words, &r.When, &r.Where, &r.Done, &r.Child} {
			*s = strings.TrimSpace(*s)
		}
		switch err := r.Check(); {
		case errors.Is(err, resources.ErrNoWords):
			words.Fail(ui.Text("concern.words_missing"))
		case errors.Is(err, resources.ErrTooLong):
			words.Fail(ui.Text("words.long"))
		default:
			f.reach()
			return
		}
		f.focus(words.Entry)
	})
	objects := []fyne.CanvasObject{
		ui.Header(ui.Text("concern.account"), f.say("account_line")),
		words.Object(), when.Object(), where.Object(), done.Object(),
	}
	if slices.Contains(r.Topics, resources.TopicSexualImage) {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconInfo, ui.Body(ui.Text("concern.image"))))
	}
	f.show(f.foot(f.start, next), append(objects, ui.Small(ui.Text("concern.no_pictures")))...)
}

// reach asks who writes, how to reach them, and who may be told.
func (f *Form) reach() {
	r := &f.report
	name := ui.NewField(ui.FieldConfig{
		Label: f.say("name"), Hint: f.say("name_hint"), Value: r.Name, Most: maxName, Changed: func(s string) { r.Name = s },
	})
	how := ui.NewField(ui.FieldConfig{
		Label: ui.Text("concern.reach"), Hint: f.say("reach_hint"), Value: r.Reach, Most: maxShort, Lines: 2,
		Changed: func(s string) { r.Reach = s },
	})
	var options []ui.Option
	for _, t := range []resources.TellHome{resources.TellHomeYes, resources.TellHomeAsk, resources.TellHomeNo, resources.TellHomeUnsure} {
		options = append(options, ui.Option{ID: string(t), Text: ui.Text("concern.tellhome." + string(t))})
	}
	home := ui.NewChoice(2, string(r.TellHome), options, func(id string) { r.TellHome = resources.TellHome(id) })
	next := ui.Primary(ui.Text("reach.preview"), func() {
		r.Name, r.Reach = strings.TrimSpace(r.Name), strings.TrimSpace(r.Reach)
		name.Fail("")
		if r.Name == "" && f.config.Role == RoleTutor {
			// A tutor writes as part of their work, and stands by it.
			name.Fail(f.say("name_missing"))
			f.focus(name.Entry)
			return
		}
		f.preview()
	})
	f.show(f.foot(f.account, next),
		ui.Header(ui.Text("concern.you"), f.say("you_line")),
		ui.Narrow(520, name.Object()),
		how.Object(),
		ui.Column(6, ui.Strong(f.say("home")), ui.Small(f.say("home_hint"))),
		home.Object(),
	)
}

func (f *Form) foot(back func(), next *ui.Button) fyne.CanvasObject {
	return ui.Foot(ui.Secondary(ui.Text("ui.back"), back).Icon(ui.IconLeft), next)
}
