package learner

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// about asks whom it is about: that decides who may read it. more stands below.
func (h *Help) about(back func(), key string, chosen resources.About, on func(resources.About), more ...fyne.CanvasObject) {
	var options []ui.Option
	for _, a := range resources.Abouts() {
		options = append(options, ui.Option{ID: string(a), Text: h.aboutText(a)})
	}
	wrong, when := ui.NewComplaint(), ui.Column(0)
	said := func(id string) {
		wrong.Clear()
		when.RemoveAll()
		if a := resources.About(id); a.Recipients() == resources.ToOversight && h.mayPost(a) {
			when.Add(ui.Note(ui.Bluish, ui.IconClock, ui.Body(ui.Text("about.oversight_hours", "Phone", h.service(childline).Phone))))
		}
	}
	said(string(chosen))
	choice := ui.NewChoice(2, string(chosen), options, func(id string) {
		said(id)
		h.refresh()
	})
	next := ui.Primary(ui.Text("ui.next"), func() {
		if choice.Chosen() == "" {
			wrong.Say(ui.Text("about.missing"))
			h.focus(choice.First())
			return
		}
		on(resources.About(choice.Chosen()))
	})
	h.show(nil, foot(back, next), append([]fyne.CanvasObject{
		ui.Header(ui.Text("about.title"), ui.Text(key, "Provider", h.config.Provider.Name)), choice.Object(), wrong.Object(), when,
	}, more...)...)
}

func (h *Help) aboutText(a resources.About) string {
	return ui.Text("about."+string(a), "Provider", h.config.Provider.Name)
}

// mayPost reports whether somebody who may read a concern about a can be
// reached: never the people it is about.
func (h *Help) mayPost(a resources.About) bool {
	return a.Recipients() != resources.ToOversight || len(h.config.Provider.Route.Oversight) > 0
}

// noPost says that nothing was sent, and who can be told instead.
func (h *Help) noPost(back func()) {
	wrong := ui.NewComplaint()
	h.show(back, nil,
		ui.Header(ui.Text("no_post.title"), ui.Text("no_post.line", "Provider", h.config.Provider.Name)),
		ui.Note(ui.Bluish, ui.IconInfo, ui.Body(ui.Text("no_post.why"))),
		h.withoutPost(wrong),
		wrong.Object(),
		h.traces(),
	)
}

func foot(back func(), next *ui.Button) fyne.CanvasObject {
	return ui.Foot(ui.Secondary(ui.Text("ui.back"), back).Icon(ui.IconLeft), next)
}
