package learner

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// startReport begins a report, once it is known whose.
func (h *Help) startReport() {
	if h.config.Guardian != nil {
		h.who()
		return
	}
	h.reportAs(h.config.Role)
}

// who asks who writes. The answer goes with the draft.
func (h *Help) who() {
	h.draft.report = resources.Report{}
	h.show(h.front, nil, post.Who(h.Report, h.config.Guardian)...)
}

// Report begins a learner's report, whoever's account this is: they have said
// that they are one.
func (h *Help) Report() { h.reportAs(RoleLearner) }

// reportAs begins a report with what cannot wait.
func (h *Help) reportAs(role string) {
	h.draft.report = resources.Report{Role: role, TellHome: resources.TellHomeUnsure}
	h.danger()
}

// danger asks for what cannot wait, and lets the child go on either way.
func (h *Help) danger() {
	leave := func(yes bool) func() {
		return func() {
			h.draft.report.Danger = yes
			if yes {
				h.emergency()
				return
			}
			h.reportAbout()
		}
	}
	back := h.front
	if h.config.Guardian != nil {
		back = h.who
	}
	h.show(back, nil,
		ui.Header(ui.Text("danger.title"), ui.Text("danger.line")),
		ui.NewRowButton(ui.Reddish, ui.IconAlert, ui.Text("danger.yes"), ui.Text("danger.yes_line"), leave(true)),
		ui.NewRowButton(ui.Greenish, ui.IconRight, ui.Text("danger.no"), ui.Text("danger.no_line"), leave(false)),
		h.hours(),
	)
}

// hours says before anything is written when it will be read.
func (h *Help) hours() fyne.CanvasObject {
	return ui.Note(ui.Bluish, ui.IconClock, ui.Body(ui.Text("danger.team", "Team", h.team())),
		ui.Body(ui.Text("danger.not_watched")), ui.Body(h.readingHours()))
}

func (h *Help) readingHours() string {
	if hours := h.config.Provider.Route.ReadingHours; hours != "" {
		return ui.Text("hours.read", "Team", h.team(), "Hours", hours)
	}
	return ui.Text("hours.unknown", "Team", h.team())
}

// emergency says how to call for help now.
func (h *Help) emergency() {
	h.show(nil, foot(h.danger, ui.Primary(ui.Text("emergency.on"), h.reportAbout)),
		ui.Header(ui.Text("emergency.title", "Phone", h.service(emergency).Phone), ui.Text("emergency.line")),
		ui.Card(ui.Column(10,
			ui.Point(ui.Text("emergency.1")), ui.Point(ui.Text("emergency.2")), ui.Point(ui.Text("emergency.3")),
			ui.Point(ui.Text("emergency.4")), ui.Point(ui.Text("emergency.5")), ui.Point(ui.Text("emergency.6")))),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("emergency.note"))),
	)
}

func (h *Help) reportAbout() {
	back := h.danger
	if h.draft.report.Danger {
		back = h.emergency
	}
	h.about(back, "report.about", h.draft.report.About, func(a resources.About) {
		h.draft.report.About = a
		if !h.mayPost(a) {
			h.noPost(h.reportAbout)
			return
		}
		h.topics()
	})
}

// topics asks what it is about; more than one is fine, none too.
func (h *Help) topics() {
	var ticks []fyne.CanvasObject
	has := map[resources.Topic]bool{}
	for _, t := range h.draft.report.Topics {
		has[t] = true
	}
	for _, t := range resources.ReportTopics() {
		ticks = append(ticks, ui.NewTick(ui.Text("topic."+string(t)), has[t], func(on bool) { h.draft.toggle(t, on) }))
	}
	h.show(nil, foot(h.reportAbout, ui.Primary(ui.Text("ui.next"), h.words)),
		ui.Header(ui.Text("topics.title"), ui.Text("topics.line")),
		ui.Card(ui.Grid(2, 260, 4, ticks...)),
	)
}

func (h *Help) reportReach() {
	r := &h.draft.report
	h.reach(h.details, &r.Name, &r.Reach, &r.TellHome, h.reportPreview)
}

func (h *Help) reportPreview() {
	r := h.draft.report
	r.Schema, r.At, r.Language, r.App = 1, h.config.Now().UTC().Truncate(time.Second), h.config.Language, h.config.App
	if r.Topics == nil {
		r.Topics = []resources.Topic{}
	}
	lines := []line{{ui.Text("preview.what"), ui.Text("preview.report")}}
	if r.Role != RoleLearner {
		lines = []line{{ui.Text("preview.what"), ui.Text("preview.report_any")}, {ui.Text("preview.by"), ui.Text("preview.by_" + r.Role)}}
	}
	if r.Danger {
		lines = append(lines, line{ui.Text("preview.danger"), ui.Text("preview.danger_yes")})
	}
	lines = append(lines, line{ui.Text("preview.about"), h.aboutText(r.About)})
	if len(r.Topics) > 0 {
		var names []string
		for _, t := range r.Topics {
			names = append(names, ui.Text("topic."+string(t)))
		}
		lines = append(lines, line{ui.Text("preview.topic"), strings.Join(names, " · ")})
	}
	for _, x := range []line{
		{ui.Text("preview.words"), r.Words},
		{ui.Text("details.where"), r.Where},
		{ui.Text("details.when"), r.When},
		{ui.Text("details.wants"), r.Wants},
	} {
		if x.value != "" {
			lines = append(lines, x)
		}
	}
	h.preview(message{
		kind: resources.KindReport, about: r.About, tellHome: r.TellHome, value: r,
		lines: append(lines, h.common(r.Name, r.Reach, r.TellHome, r.At)...),
		back:  h.reportReach,
		dont:  h.reportNotSent,
		after: func() { h.draft.report = resources.Report{} },
	})
}

func (h *Help) reportNotSent() {
	h.draft.report = resources.Report{}
	wrong := ui.NewComplaint()
	h.show(h.front, nil,
		ui.Header(ui.Text("sent.nothing"), ui.Text("sent.nothing_line")),
		h.withoutPost(wrong),
		wrong.Object(),
	)
}
