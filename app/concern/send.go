package concern

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// waitFor is how long the page waits for the receipt; it is asked for every
// askEvery.
const (
	waitFor  = 30 * time.Second
	askEvery = time.Second
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
		name = ui.Text("preview.no_name")
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
		ui.Header(ui.Text("preview.title"), ui.Text("preview.line")),
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
	address := route.URL
	if u, err := url.Parse(route.URL); err == nil && u.Host != "" {
		address = u.Host
	}
	card := ui.Column(8, ui.Strong(ui.Text("preview.to", "To", to)), ui.Body(ui.Text("preview.host", "Host", address)), ui.Body(line), ui.Body(ui.Text("concern.may_tell")))
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
	var id string
	var err error
	var state resources.ReceiptState
	page, keep, ask := f.page, f.config.Send, f.config.State
	end := func() {}
	if f.config.Begin != nil {
		end = f.config.Begin()
	}
	f.config.Do(
		func() {
			defer end()
			var payload []byte
			if payload, err = json.Marshal(r); err == nil {
				id, err = keep(context.Background(), resources.KindReport, r.About.Recipients(), payload)
			}
			if err == nil {
				state = ask(id)
			}
		},
		func() {
			if f.page != page {
				return
			}
			if err != nil {
				f.notSaved()
				return
			}
			f.forget()
			f.result(state, true)
			if state == "" {
				f.wait(id)
			}
		},
	)
}

// wait asks for the receipt for a while.
func (f *Form) wait(id string) {
	ctx, cancel := context.WithTimeout(context.Background(), waitFor)
	f.stop = cancel
	page, ask := f.page, f.config.State
	var state resources.ReceiptState
	f.config.Do(
		func() {
			tick := time.NewTicker(askEvery)
			defer tick.Stop()
			for state == "" && ctx.Err() == nil {
				select {
				case <-ctx.Done():
				case <-tick.C:
					state = ask(id)
				}
			}
		},
		func() {
			cancel()
			if f.page == page {
				f.result(state, false)
			}
		},
	)
}

// result says how far it has come, and nothing that is not so.
func (f *Form) result(state resources.ReceiptState, waiting bool) {
	name := f.config.Provider.Name
	note := ui.Note(ui.Amberish, ui.IconClock, ui.Strong(ui.Text("sent.saved")), ui.Body(ui.Text("sent.saved_line")))
	switch {
	case state == resources.Received:
		note = ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.received", "Provider", name)), ui.Body(ui.Text("sent.received_line")))
	case state == resources.Opened:
		note = ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.opened", "Provider", name)), ui.Body(ui.Text("sent.opened_line")))
	case state == resources.Refused:
		note = ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.refused", "Provider", name)), ui.Body(ui.Text("concern.refused_line")))
	case state == resources.Elsewhere:
		note = ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.elsewhere")), ui.Body(ui.Text("sent.elsewhere_line")))
	case waiting:
		note = ui.Note(ui.Amberish, ui.IconClock, ui.Strong(ui.Text("sent.saved")), ui.Body(ui.Text("sent.saved_waiting")))
	}
	wrong := ui.NewComplaint()
	f.show(nil, ui.Header(ui.Text("sent.title"), ""), note, ui.Heading(f.say("others")), f.others(wrong), wrong.Object())
}

// notSaved says that nothing was kept. The draft is still there.
func (f *Form) notSaved() {
	wrong := ui.NewComplaint()
	f.show(f.foot(f.reach, ui.Primary(ui.Text("sent.again"), f.preview)),
		ui.Header(ui.Text("sent.failed"), ui.Text("concern.failed_line")),
		f.others(wrong), wrong.Object(),
	)
}

// notSent says that nothing was sent.
func (f *Form) notSent() {
	f.forget()
	wrong := ui.NewComplaint()
	f.show(nil, ui.Header(ui.Text("sent.nothing"), ui.Text("sent.nothing_line")),
		ui.Heading(f.say("others")), f.others(wrong), wrong.Object())
}
