package learner

import (
	"errors"
	"io/fs"
	"runtime"
	"syscall"

	"fyne.io/fyne/v2"

	"lessonguard/app/post"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// send hands the message over and shows what came of it.
func (h *Help) send(m message) {
	page := h.page
	h.way().Keep(m.kind, m.about, m.value, func(reference string, state resources.ReceiptState, err error) {
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
	})
}

// wait asks for the receipt for a while.
func (h *Help) wait(m message) {
	page := h.page
	h.stop = h.way().Wait(m.code.reference, func(state resources.ReceiptState) {
		if h.page == page { // else left for another
			h.result(m, state, false)
		}
	})
}

func (h *Help) way() post.Way {
	return post.Way{Begin: h.config.Begin, Send: h.config.Send, State: h.config.State, Do: h.config.Do}
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

func (h *Help) howFar(state resources.ReceiptState, waiting bool) fyne.CanvasObject {
	return post.HowFar(h.config.Provider.Name, state, ui.Text("sent.refused_line"), waiting, h.config.Now())
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
