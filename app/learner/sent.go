package learner

import (
	"fyne.io/fyne/v2"

	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// send hands the message over and shows what came of it.
func (h *Help) send(m message) {
	page := h.page
	h.way().Keep(m.kind, m.about, m.value, func(handed post.Handed, err error) {
		if h.page != page { // left: what came of it is not for who sits here now
			return
		}
		if err != nil {
			h.notSaved(m, err)
			return
		}
		m.after()
		m.code, m.unsure = &code{reference: handed.Reference}, handed.Unsure
		h.result(m, handed.State, true)
		if handed.State == "" {
			h.wait(m)
		}
	})
}

// wait asks for the receipt for a while, and goes on in silence: a page that
// stays must not say "not sent yet" of what has been sent.
func (h *Help) wait(m message) {
	page := h.page
	h.stop = h.way().Wait(m.code.reference, func(state resources.ReceiptState) {
		if h.page != page { // left for another
			return
		}
		h.result(m, state, false)
		if state == "" {
			h.listen(m)
		}
	})
}

func (h *Help) listen(m message) {
	page := h.page
	h.stop = h.way().Listen(m.code.reference, func(state resources.ReceiptState) {
		if h.page == page && state != "" {
			h.result(m, state, false)
		}
	})
}

func (h *Help) way() post.Way {
	return post.Way{Begin: h.config.Begin, Send: h.config.Send, State: h.config.State, Do: h.config.Do}
}

// result says how far a message has come, and nothing that is not so.
func (h *Help) result(m message, state resources.ReceiptState, waiting bool) {
	objects := []fyne.CanvasObject{ui.Header(ui.Text("sent.title"), ""), h.howFar(post.Progress{State: state, Waiting: waiting, Unsure: m.unsure})}
	if h.config.Provider.Practice {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Strong(ui.Text("practice.banner"))))
	}
	wrong := ui.NewComplaint()
	if s := m.service; s != nil {
		objects = append(objects, ui.Flow(10, ui.Primary(ui.Text("service.open", "Service", s.Name), func() { h.open(*s, wrong) }).Icon(ui.IconOpen)))
	}
	if state == "" || state == resources.Received {
		objects = append(objects, h.offer(m.code))
	}
	objects = append(objects, wrong.Object(), ui.Heading(ui.Text("sent.meanwhile")), h.withoutPost(wrong))
	h.show(h.Home, nil, objects...)
}

func (h *Help) howFar(p post.Progress) fyne.CanvasObject {
	p.Provider, p.Now = h.config.Provider.Name, h.config.Now()
	return p.Object()
}

// A code is what the reference of one message is called on the screen. It is
// shown only where it was asked for, and forgotten with the page.
type code struct {
	reference string
	shown     bool
}

// offer offers a code, or shows it once it was asked for.
func (h *Help) offer(c *code) fyne.CanvasObject {
	box := ui.Column(0)
	show := func() {
		c.shown = true
		ui.Fill(box, ui.Card(ui.Column(8,
			ui.Heading(ui.Text("code.title", "Code", c.reference)), ui.Body(ui.Text("code.line")), ui.Small(ui.Text("code.how")))))
		h.refresh()
	}
	if c.shown {
		show()
		return box
	}
	box.Add(ui.Column(4, ui.Flow(0, ui.Link(ui.Text("code.offer"), show)), ui.Small(ui.Text("code.offer_line"))))
	return box
}

// notSaved says that nothing was kept and why, keeps the draft, and shows
// numbers.
func (h *Help) notSaved(m message, err error) {
	wrong := ui.NewComplaint()
	objects := []fyne.CanvasObject{ui.Header(ui.Text("sent.failed"), ui.Text("sent.failed_line"))}
	if why := post.Why(err); why != "" {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Body(why)))
	}
	h.show(nil, foot(m.back, ui.Primary(ui.Text("sent.again"), func() { h.preview(m) })), append(objects, h.withoutPost(wrong), wrong.Object())...)
}
