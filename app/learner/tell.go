package learner

import (
	"time"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// startTell begins "open it, and tell them that I asked for help".
func (h *Help) startTell(s resources.Service) {
	h.draft.request = resources.HelpRequest{Service: s.ID, TellHome: resources.TellHomeUnsure}
	h.tellAbout(s)
}

func (h *Help) tellAbout(s resources.Service) {
	back := func() { h.back(s) }
	h.about(back, "tell.about", h.draft.request.About, func(a resources.About) {
		h.draft.request.About = a
		if !h.mayPost(a) {
			h.noPost(func() { h.tellAbout(s) })
			return
		}
		h.tellReach(s)
	}, h.hours())
}

// back shows the page of s.
func (h *Help) back(s resources.Service) {
	if s.ID == ceop.ID {
		h.ceop()
		return
	}
	h.childline()
}

func (h *Help) tellReach(s resources.Service) {
	r := &h.draft.request
	h.reach(func() { h.tellAbout(s) }, &r.Name, &r.Reach, &r.TellHome, func() { h.tellPreview(s) })
}

func (h *Help) tellPreview(s resources.Service) {
	r := h.draft.request
	r.Schema, r.At, r.Language, r.App = 1, h.config.Now().UTC().Truncate(time.Second), h.config.Language, h.config.App
	h.preview(message{
		kind: resources.KindHelpRequest, about: r.About, tellHome: r.TellHome, value: r,
		lines: append([]line{
			{ui.Text("preview.what"), ui.Text("preview.asked", "Service", s.Name)},
			{ui.Text("preview.about"), h.aboutText(r.About)},
		}, h.common(r.Name, r.Reach, r.TellHome, r.At)...),
		back:    func() { h.tellReach(s) },
		dont:    func() { h.notSent(s) },
		after:   func() { h.draft.request = resources.HelpRequest{} },
		service: &s,
	})
}

// notSent says that nothing was, and leads to the service all the same.
func (h *Help) notSent(s resources.Service) {
	h.draft.request = resources.HelpRequest{}
	wrong := ui.NewComplaint()
	h.show(h.front, nil,
		ui.Header(ui.Text("sent.nothing"), ui.Text("sent.nothing_line")),
		ui.Flow(10, ui.Primary(ui.Text("service.open", "Service", s.Name), func() { h.open(s, wrong) }).Icon(ui.IconOpen)),
		wrong.Object(),
		h.traces(),
	)
}
