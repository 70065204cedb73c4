package learner

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"syscall"
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
	var reference string
	var err error
	var state resources.ReceiptState
	page, keep, ask := h.page, h.config.Send, h.config.State
	end := func() {}
	if h.config.Begin != nil {
		end = h.config.Begin()
	}
	h.config.Do(
		func() {
			defer end()
			var payload []byte
			if payload, err = m.payload(); err == nil {
				reference, err = keep(context.Background(), m.kind, m.about.Recipients(), payload)
			}
			if err == nil {
				state = ask(reference)
			}
		},
		func() {
			if h.page != page { // left: what came of it is not for who sits here now
				return
			}
			if err != nil {
				h.notSaved(m, err)
				return
			}
			m.after()
			m.code = &code{reference: reference}
			h.result(m, state, true)
			if state == "" {
				h.wait(m)
			}
		},
	)
}

// wait asks for the receipt for a while.
func (h *Help) wait(m message) {
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
					state = ask(m.code.reference)
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
	objects := []fyne.CanvasObject{ui.Header(ui.Text("sent.title"), ""), h.howFar(state, waiting)}
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

// howFar is one of the states: saved here and not sent, received, opened, or
// never to arrive.
func (h *Help) howFar(state resources.ReceiptState, waiting bool) fyne.CanvasObject {
	name := h.config.Provider.Name
	switch state {
	case resources.Received:
		return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.received", "Provider", name)), ui.Body(ui.Text("sent.received_line")))
	case resources.Opened:
		return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.opened", "Provider", name)), ui.Body(ui.Text("sent.opened_line")))
	case resources.Refused:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.refused", "Provider", name)), ui.Body(ui.Text("sent.refused_line")))
	case resources.Elsewhere:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.elsewhere")), ui.Body(ui.Text("sent.elsewhere_line")))
	}
	line := ui.Text("sent.saved_line")
	if waiting {
		line = ui.Text("sent.saved_waiting")
	}
	words := []fyne.CanvasObject{ui.Strong(ui.Text("sent.saved")), ui.Body(line)}
	if now := h.config.Now(); clockIsWrong(now) {
		// No certificate holds at such a time, and so nothing can be sent.
		words = append(words, ui.Body(ui.Text("sent.clock", "Day", ui.Day(now.Local()))))
	}
	return ui.Note(ui.Amberish, ui.IconClock, words...)
}

// clockIsWrong reports whether it cannot be as late or as early as t: before
// this program was written, or longer after than it will be used.
func clockIsWrong(t time.Time) bool { return t.Year() < 2026 || t.Year() > 2046 }

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
	if why := whyNotSaved(err); why != "" {
		objects = append(objects, ui.Note(ui.Amberish, ui.IconAlert, ui.Body(ui.Text(why))))
	}
	h.show(nil, foot(m.back, ui.Primary(ui.Text("sent.again"), func() { h.preview(m) })), append(objects, h.withoutPost(wrong), wrong.Object())...)
}

// isFull reports whether err is of a disk without room. Windows has numbers of
// its own: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
func isFull(err error) bool {
	no, ok := errors.AsType[syscall.Errno](err)
	if ok && runtime.GOOS == "windows" {
		return no == 39 || no == 112
	}
	return ok && (no == syscall.ENOSPC || no == syscall.EDQUOT)
}

// whyNotSaved returns the key of the words for an error of Send; empty: what it
// is would help nobody here.
func whyNotSaved(err error) string {
	switch {
	case errors.Is(err, resources.ErrFull):
		return "sent.why_waiting"
	case errors.Is(err, resources.ErrTooLong):
		return "sent.why_long"
	case isFull(err):
		return "sent.why_full"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EIO):
		return "sent.why_disk"
	}
	return ""
}
