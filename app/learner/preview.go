package learner

import (
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// A line is one thing of a message, as the learner is shown it.
type line struct{ label, value string }

// A message is what is about to be sent, and where the learner goes from there.
type message struct {
	kind     resources.Kind
	about    resources.About
	tellHome resources.TellHome
	value    any    // what payload is made of
	lines    []line // every field of value
	back     func()
	dont     func()             // "Don't send"
	after    func()             // forgets the draft, once the message is safe
	service  *resources.Service // opened afterwards; nil for a report
	code     *code              // once it is safe
	unsure   bool               // as in [post.Handed]
}

// common are the fields that every message ends with.
func (h *Help) common(name, reach string, home resources.TellHome, at time.Time) []line {
	who := name
	if who == "" {
		who = ui.Text("preview.no_name")
	}
	how := reach
	if how == "" {
		how = ui.Text("preview.no_reach")
	}
	return []line{
		{ui.Text("preview.name"), who},
		{ui.Text("preview.reach"), how},
		{ui.Text("preview.home"), ui.Text("tellhome." + string(home))},
		{ui.Text("preview.at"), ui.Day(at.Local()) + ", " + ui.Clock(at.Local())},
		{ui.Text("preview.app"), ui.Text("preview.app_value", "App", h.config.App, "Language", ui.Text("language."+h.config.Language))},
	}
}

// preview shows exactly what goes to whom. Enter does not press Send: nothing
// is sent by a key that was meant for something else.
func (h *Help) preview(m message) {
	var rows []fyne.CanvasObject
	for _, l := range m.lines {
		rows = append(rows, ui.Pair(l.label, l.value))
	}
	send := ui.Primary(ui.Text("preview.send"), func() {
		// Gone at once: "Don't send" would no longer be true.
		h.show(nil, nil, ui.Header(ui.Text("preview.sending"), ""))
		h.send(m)
	}).NoEnter().Icon(ui.IconSend)
	objects := []fyne.CanvasObject{ui.Header(ui.Text("preview.title"), ui.Text("preview.line")), h.recipient(m)}
	if h.config.Provider.Practice {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Strong(ui.Text("practice.banner"))))
	}
	objects = append(objects, ui.Card(ui.Column(14, ui.Heading(ui.Text("preview.all")), ui.Rows(rows...))))
	h.show(m.back, ui.Foot(ui.Secondary(ui.Text("preview.dont"), m.dont), send), objects...)
}

// recipient says who reads it, where it goes, and what they may have to do.
func (h *Help) recipient(m message) fyne.CanvasObject {
	r := h.config.Provider.Route
	to := h.team()
	if m.about.Recipients() == resources.ToOversight {
		to = ui.Text("preview.oversight", "Provider", h.config.Provider.Name)
	}
	c := ui.Column(8,
		ui.Strong(ui.Text("preview.to", "To", to)),
		ui.Body(ui.Text("preview.host", "Host", post.Host(r.URL))),
	)
	if m.about.Recipients() == resources.ToOversight {
		c.Add(ui.Body(ui.Text("preview.oversight_line")))
		c.Add(ui.Body(ui.Text("preview.oversight_them", "Phone", h.service(childline).Phone)))
	} else {
		c.Add(ui.Body(h.readingHours()))
	}
	c.Add(ui.Body(ui.Text("preview.may_tell")))
	if resources.KeepFromHome(m.about, m.tellHome) {
		c.Add(ui.Body(ui.Text("preview.keep_from_home")))
	}
	if r.Verified {
		return ui.Card(c)
	}
	return ui.Column(12, ui.Card(c), ui.Note(ui.Amberish, ui.IconAlert,
		ui.Strong(ui.Text("preview.unverified")),
		ui.Body(ui.Text("preview.unverified_childline", "Phone", h.service(childline).Phone))))
}
