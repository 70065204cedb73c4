package learner

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// waitFor is how long a child is asked to wait for the receipt before being
// shown numbers to ring; it is asked for every askEvery.
const (
	waitFor  = 30 * time.Second
	askEvery = time.Second
)

// send hands the message over and shows what came of it.
func (h *Help) send(m message) {
	var id string
	var err error
	var state resources.ReceiptState
	page, keep, ask := h.page, h.config.Send, h.config.State
	h.config.Do(
		func() {
			var payload []byte
			if payload, err = m.payload(); err == nil {
				id, err = keep(context.Background(), m.kind, m.about.Recipients(), payload)
			}
			if err == nil {
				state = ask(id)
			}
		},
		func() {
			if h.page != page { // left: what came of it is not for who sits here now
				return
			}
			if err != nil {
				h.notSaved(m)
				return
			}
			m.after()
			h.result(m, state, true)
			if state == "" {
				h.wait(m, id)
			}
		},
	)
}

// wait asks for the receipt for a while.
func (h *Help) wait(m message, id string) {
	ctx, cancel := context.WithTimeout(context.Background(), waitFor)
	h.stop = cancel
	page, ask := h.page, h.config.State
	var state resources.ReceiptState
	h.config.Do(
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
			if h.page == page { // else left for another
				h.result(m, state, false)
			}
		},
	)
}

// result says how far a message has come, and nothing that is not so.
func (h *Help) result(m message, state resources.ReceiptState, waiting bool) {
	name := h.config.Provider.Name
	var row fyne.CanvasObject
	objects := []fyne.CanvasObject{}
	switch state {
	case resources.Received:
		row = ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.received", "Provider", name)), ui.Body(ui.Text("sent.received_line")))
	case resources.Opened:
		row = ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.opened", "Provider", name)), ui.Body(ui.Text("sent.opened_line")))
	case resources.Refused:
		row = ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.refused", "Provider", name)), ui.Body(ui.Text("sent.refused_line")))
	default:
		line := ui.Text("sent.saved_line")
		if waiting {
			line = ui.Text("sent.saved_waiting")
		}
		row = ui.Note(ui.Amberish, ui.IconClock, ui.Strong(ui.Text("sent.saved")), ui.Body(line))
	}
	objects = append(objects, ui.Header(ui.Text("sent.title"), ""), row)
	if h.config.Provider.Practice {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Strong(ui.Text("practice.banner"))))
	}
	wrong := ui.NewComplaint()
	if s := m.service; s != nil {
		objects = append(objects, ui.Flow(10, ui.Primary(ui.Text("service.open", "Service", s.Name), func() { h.open(*s, wrong) }).Icon(ui.IconOpen)))
	}
	objects = append(objects, wrong.Object(), ui.Heading(ui.Text("sent.meanwhile")), h.withoutPost(wrong))
	h.show(h.Home, nil, objects...)
}

// notSaved says that nothing was kept, keeps the draft, and shows numbers.
func (h *Help) notSaved(m message) {
	wrong := ui.NewComplaint()
	h.show(nil, foot(m.back, ui.Primary(ui.Text("sent.again"), func() { h.preview(m) })),
		ui.Header(ui.Text("sent.failed"), ui.Text("sent.failed_line")),
		h.withoutPost(wrong),
		wrong.Object(),
	)
}
