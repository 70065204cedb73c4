package concern

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// preview shows exactly what goes to whom. Enter does not press Send.
func (f *Form) preview() {
	r := f.report
	r.Schema, r.At, r.Language, r.App = 1, f.config.Now().UTC().Truncate(time.Second), f.config.Language, f.config.App
	if r.Topics == nil {
		r.Topics = []resources.Topic{}
	}
	var names []string
	for _, t := range r.Topics {
		names = append(names, ui.Text("concern.topic."+string(t)))
	}
	name := r.Name
	if name == "" {
		name = ui.Text("concern.no_name")
	}
	var rows []fyne.CanvasObject
	for _, l := range [][2]string{
		{ui.Text("preview.what"), f.say("what")},
		{ui.Text("preview.about"), f.about(r.About)},
		{f.say("child"), r.Child},
		{ui.Text("preview.topic"), strings.Join(names, " · ")},
		{ui.Text("concern.words"), r.Words},
		{ui.Text("concern.when"), r.When},
		{ui.Text("concern.where"), r.Where},
		{ui.Text("concern.done"), r.Done},
		{f.say("name"), name},
		{ui.Text("concern.reach"), r.Reach},
		{f.say("home"), ui.Text("concern.tellhome." + string(r.TellHome))},
		{ui.Text("preview.at"), ui.Day(r.At.Local()) + ", " + ui.Clock(r.At.Local())},
		{ui.Text("preview.app"), ui.Text("preview.app_value", "App", r.App, "Language", ui.Text("language."+r.Language))},
	} {
		if l[1] != "" {
			rows = append(rows, ui.Pair(l[0], l[1]))
		}
	}
	send := ui.Primary(ui.Text("preview.send"), func() {
		f.show(nil, ui.Header(ui.Text("preview.sending"), "")) // "Don't send" would no longer be true
		f.send(r)
	}).NoEnter().Icon(ui.IconSend)
	f.show(ui.Foot(ui.Secondary(ui.Text("preview.dont"), f.notSent), send),
		ui.Header(ui.Text("concern.preview"), ui.Text("preview.line")),
		ui.Flow(0, ui.Link(ui.Text("ui.back"), f.reach).Icon(ui.IconLeft)),
		f.recipient(r),
		ui.Card(ui.Column(14, ui.Heading(ui.Text("preview.all")), ui.Rows(rows...))),
	)
}

// recipient says who reads it, where it goes, and what they may have to do.
func (f *Form) recipient(r resources.Report) fyne.CanvasObject {
	route := f.config.Provider.Route
	to, line := f.team(), f.readingHours()
	if r.About.Recipients() == resources.ToOversight {
		to, line = ui.Text("preview.oversight", "Provider", f.config.Provider.Name), ui.Text("preview.oversight_line")
	}
	card := ui.Column(8, ui.Strong(ui.Text("preview.to", "To", to)), ui.Body(ui.Text("preview.host", "Host", post.Host(route.URL))), ui.Body(line), ui.Body(ui.Text("concern.may_tell")))
	if r.About.Recipients() == resources.ToOversight {
		card.Add(ui.Body(ui.Text("concern.oversight_them")))
	}
	if resources.KeepFromHome(r.About, r.TellHome) {
		card.Add(ui.Body(ui.Text("concern.keep_from_home")))
	}
	if route.Verified {
		return ui.Card(card)
	}
	return ui.Column(12, ui.Card(card), ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text("concern.unverified"))))
}

// send hands the report over and shows what came of it.
func (f *Form) send(r resources.Report) {
	way := post.Way{Begin: f.config.Begin, Send: f.config.Send, State: f.config.State, Do: f.config.Do}
	page := f.page
	way.Keep(resources.KindReport, r.About, r, func(handed post.Handed, err error) {
		if f.page != page {
			return
		}
		if err != nil {
			f.notSaved(err)
			return
		}
		f.forget()
		f.result(post.Progress{State: handed.State, Unsure: handed.Unsure, Waiting: true})
		if handed.State != "" {
			return
		}
		f.wait(way, handed)
	})
}

// wait asks for the receipt for a while, and goes on in silence.
func (f *Form) wait(way post.Way, handed post.Handed) {
	page := f.page
	heard := func(state resources.ReceiptState) {
		f.result(post.Progress{State: state, Unsure: handed.Unsure})
	}
	f.stop = way.Wait(handed.Reference, func(state resources.ReceiptState) {
		if f.page != page {
			return
		}
		heard(state)
		if state != "" {
			return
		}
		page := f.page
		f.stop = way.Listen(handed.Reference, func(state resources.ReceiptState) {
			if f.page == page && state != "" {
				heard(state)
			}
		})
	})
}

// result says how far it has come, and whom else to tell.
func (f *Form) result(p post.Progress) {
	p.Provider, p.Adult, p.Now = f.config.Provider.Name, true, f.config.Now()
	wrong := ui.NewComplaint()
	f.show(nil, ui.Header(ui.Text("concern.sent"), ""), p.Object(), ui.Heading(f.say("others")), f.others(wrong, nil), wrong.Object())
}

// notSaved says that nothing was kept, and why. The draft is still there.
func (f *Form) notSaved(err error) {
	objects := []fyne.CanvasObject{ui.Header(ui.Text("sent.failed"), ui.Text("concern.failed_line"))}
	if why := post.Why(err); why != "" {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Body(why)))
	}
	wrong := ui.NewComplaint()
	f.show(f.foot(f.reach, ui.Primary(ui.Text("sent.again"), f.preview)), append(objects, f.others(wrong, func() { f.notSaved(err) }), wrong.Object())...)
}

// notSent says that nothing was sent.
func (f *Form) notSent() {
	f.forget()
	wrong := ui.NewComplaint()
	f.show(nil, ui.Header(ui.Text("sent.nothing"), ui.Text("concern.nothing_line")),
		ui.Heading(f.say("others")), f.others(wrong, f.notSent), wrong.Object())
}
