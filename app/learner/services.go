package learner

import (
	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// childline explains Childline and opens it.
func (h *Help) childline() {
	s := h.service(childline)
	h.explain(s, ui.Text("childline.title"), ui.Text("childline.line", "Phone", s.Phone),
		ui.Card(ui.Column(10,
			ui.Point(ui.Text("childline.1")), ui.Point(ui.Text("childline.2", "Phone", s.Phone)),
			ui.Point(ui.Text("childline.3")), ui.Point(ui.Text("childline.4")))),
	)
}

// ceop explains CEOP by the rules for its button: it is the police, reports
// have a name, and what it is not for.
func (h *Help) ceop() {
	h.explain(h.service(ceop), ui.Text("ceop.title"), ui.Text("ceop.line"),
		ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("ceop.danger", "Phone", h.service(emergency).Phone))),
		ui.Card(ui.Column(10,
			ui.Point(ui.Text("ceop.1")), ui.Point(ui.Text("ceop.2")), ui.Point(ui.Text("ceop.3")),
			ui.Point(ui.Text("ceop.4")), ui.Point(ui.Text("ceop.5")), ui.Point(ui.Text("ceop.6")))),
	)
}

// explain shows what a service is, and the ways to it.
func (h *Help) explain(s resources.Service, title, line string, objects ...fyne.CanvasObject) {
	wrong := ui.NewComplaint()
	buttons := ui.Column(12, ui.Flow(10, ui.Primary(ui.Text("service.open", "Service", s.Name), func() { h.open(s, wrong) }).Icon(ui.IconOpen)))
	rest := []fyne.CanvasObject{}
	if h.canSend() {
		tell := ui.Text("service.open_and_tell", "Provider", h.config.Provider.Name)
		buttons.Add(ui.Flow(10, ui.Secondary(tell, func() { h.startTell(s) }).Icon(ui.IconSend)))
		buttons.Add(ui.Small(ui.Text("service.tell_hint")))
	} else if len(h.config.Contacts) > 0 {
		rest = append(rest, ui.Card(ui.Column(14, ui.Heading(ui.Text("contacts.also", "Provider", h.config.Provider.Name)), h.contactRows(wrong))))
	}
	page := append([]fyne.CanvasObject{ui.Header(title, line)}, objects...)
	page = append(page, buttons, wrong.Object())
	page = append(page, rest...)
	h.show(h.front, nil, append(page, h.traces())...)
}

// traces is said wherever the browser is opened.
func (h *Help) traces() fyne.CanvasObject {
	return ui.Note(ui.Violetly, ui.IconEye, ui.Body(ui.Text("hide.note")), ui.Flow(0, ui.Link(ui.Text("help.hide"), h.hide)))
}

// open opens a service's page, or says how to get there without.
func (h *Help) open(s resources.Service, wrong *ui.Complaint) {
	h.browse(s.URL, wrong, ui.Text("service.not_opened", "URL", s.URL))
}

func (h *Help) browse(url string, wrong *ui.Complaint, sentence string) {
	var err error
	h.config.Do(
		func() { err = h.config.OpenURL(url) },
		func() {
			wrong.Clear()
			if err != nil { // not which error: it could name the page elsewhere
				wrong.Say(sentence)
			}
			h.refresh()
		},
	)
}

// others asks what it is about, so that nobody has to read fifty names.
func (h *Help) others() {
	var options []ui.Option
	for _, t := range append(otherTopics(), "") {
		text := ui.Text("others.all")
		if t != "" {
			text = ui.Text("topic." + string(t))
		}
		options = append(options, ui.Option{ID: string(t), Text: text})
	}
	var rows []fyne.CanvasObject
	for _, o := range options {
		rows = append(rows, ui.NewLineButton(o.Text, func() { h.othersAbout(resources.Topic(o.ID), o.Text) }))
	}
	h.show(h.front, nil,
		ui.Header(ui.Text("help.others"), ui.Text("others.line")),
		ui.Grid(2, 260, 10, rows...),
	)
}

// otherTopics are what helplines are for; the filter is not.
func otherTopics() []resources.Topic {
	list := []resources.Topic{resources.TopicFeelings, resources.TopicIdentity}
	for _, t := range resources.ReportTopics() {
		if t != resources.TopicFilter && t != resources.TopicOther {
			list = append(list, t)
		}
	}
	return list
}

// othersAbout lists who there is to talk to about t.
func (h *Help) othersAbout(t resources.Topic, title string) {
	wrong := ui.NewComplaint()
	cards, where := ui.Column(18), ui.Column(0)
	var list func()
	var chosen *ui.Button
	choice := func(id, text string) *ui.Button {
		choose := func() {
			h.draft.nation = id
			list()
			h.focus(chosen)
		}
		if h.draft.nation != id {
			return ui.Secondary(text, choose)
		}
		chosen = ui.Primary(text, choose)
		return chosen
	}
	list = func() {
		buttons := []fyne.CanvasObject{choice("", ui.Text("nation.any"))}
		for _, id := range resources.Nations() {
			buttons = append(buttons, choice(id, ui.Text("nation."+id)))
		}
		ui.Fill(where, ui.Flow(8, buttons...))
		cards.RemoveAll()
		for _, s := range h.forTopic(t) {
			cards.Add(h.card(s, wrong))
		}
		h.refresh()
	}
	list()
	h.show(h.others, nil,
		ui.Header(title, ui.Text("others.choose")),
		ui.Column(6, ui.Strong(ui.Text("nation.ask")), where, ui.Small(ui.Text("nation.line"))),
		wrong.Object(), cards, h.traces(),
	)
}

func (h *Help) need(t resources.Topic) resources.Need {
	return resources.Need{Audience: "learner", Ages: h.ages(), Nation: h.draft.nation, Topic: t}
}

// ages returns how old the learner may be: of anybody's age only the stage is
// known. Where it is not, any.
func (h *Help) ages() resources.Ages {
	return map[agreements.Audience]resources.Ages{
		agreements.LearnerKS1: {From: 5, To: 7}, agreements.LearnerKS2: {From: 7, To: 11}, agreements.LearnerKS34: {From: 11, To: 16},
		agreements.LearnerPost16: {From: 16, To: 19}, agreements.LearnerAdult: {From: 18, To: 120},
	}[h.config.Audience]
}

// forOlder reports whether s is only for the older ones of the learner's stage:
// nobody is led there first who may be too young for it.
func (h *Help) forOlder(s resources.Service) bool {
	a := h.ages()
	return a != resources.Ages{} && s.Ages.From > a.From
}

// card shows a service: who they are and every way to reach them.
func (h *Help) card(s resources.Service, wrong *ui.Complaint) fyne.CanvasObject {
	c := ui.Column(6, ui.Heading(s.Name), ui.Body(s.Summary))
	h.addWays(c, s)
	if s.Hours != "" {
		c.Add(ui.Small(s.Hours))
	}
	if !s.Everywhere() {
		c.Add(ui.Small(ui.Text("nation.only", "Nations", ui.Nations(s.Nations))))
	}
	for _, n := range s.Notes {
		c.Add(ui.Small(n))
	}
	if s.Stale(h.config.Now()) {
		c.Add(ui.Small(ui.Text("others.stale")).In(ui.Amber))
	}
	if s.URL != "" {
		open := ui.Text("service.open", "Service", s.Name)
		if s.Urgent {
			open = ui.Text("contacts.open_web") // it does not ring
		}
		buttons := ui.Flow(10, ui.Secondary(open, func() { h.open(s, wrong) }).Icon(ui.IconOpen))
		if s.Chat != "" {
			buttons.Add(ui.Secondary(ui.Text("service.chat"), func() { h.browse(s.Chat, wrong, ui.Text("service.not_opened", "URL", s.Chat)) }).Icon(ui.IconChat))
		}
		c.Add(ui.PadEdges(6, 0, 0, 0, buttons))
	}
	return ui.Card(c)
}

// addWays adds the ways to s that need no page: to ring, to text and to write;
// and for whom they are, where that may not be the learner.
func (h *Help) addWays(to *fyne.Container, s resources.Service) {
	if s.Phone != "" {
		to.Add(ui.Body(ui.Text("others.phone", "Phone", s.Phone)))
	}
	switch {
	case s.Text.Word != "":
		to.Add(ui.Body(ui.Text("others.text", "Word", s.Text.Word, "To", s.Text.To)))
	case s.Text.To != "":
		to.Add(ui.Body(ui.Text("others.text_to", "To", s.Text.To)))
	}
	if s.Email != "" {
		to.Add(ui.Body(ui.Text("others.email", "Email", s.Email)))
	}
	if !s.Ages.Covers(h.ages()) {
		to.Add(ui.Small(ui.Ages(s.Ages.From, s.Ages.To)))
	}
}
