// Package post asks who writes, hands a message over to be sent, and says how far
// it has come: the part that a learner's message and an adult's worry have in
// common.
package post

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// A Way is how messages are sent. Its functions but Begin are called off the
// screen's thread.
type Way struct {
	// Begin holds the program until what it returns is called; nil: nothing has
	// to. It is called when Send is pressed.
	Begin func() (end func())
	// Send keeps a message on the disk, sealed, and returns its reference once it
	// is safe there. payload is the JSON of what was shown. With an error that is
	// [resources.ErrUnsure] there is a reference too: it goes out all the same.
	Send func(ctx context.Context, kind resources.Kind, to resources.Recipients, payload []byte) (reference string, err error)
	// State returns how far a message has come; empty: it waits on this PC.
	State func(reference string) resources.ReceiptState
	Do    ui.Doer
}

// Patience is how long somebody is asked to wait for the receipt before being
// shown numbers to ring.
const Patience = 30 * time.Second

// How often to ask for the receipt.
const (
	askEvery    = time.Second
	listenEvery = 5 * time.Second // once numbers to ring are shown
)

// Handed is what came of handing a message over.
type Handed struct {
	Reference string
	State     resources.ReceiptState
	Unsure    bool // it goes out, unless this PC stops first
}

// Keep hands over a message about a, of which value is what was shown, and calls
// done on the screen's thread once it is safe on the disk, or cannot be: after an
// error nothing of it goes out.
func (w Way) Keep(kind resources.Kind, a resources.About, value any, done func(Handed, error)) {
	var h Handed
	var err error
	end := func() {}
	if w.Begin != nil {
		end = w.Begin()
	}
	w.Do(
		func() {
			defer end()
			var payload []byte
			if payload, err = encode(value); err == nil {
				h.Reference, err = w.Send(context.Background(), kind, a.Recipients(), payload)
			}
			if errors.Is(err, resources.ErrUnsure) {
				h.Unsure, err = true, nil
			}
			if err == nil {
				h.State = w.State(h.Reference)
			}
		},
		func() { done(h, err) },
	)
}

// encode returns the JSON of value with what people write as it is: the escapes
// that a web page needs take six bytes for each < and &, and would make too long
// what is not.
func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(value)
	return b.Bytes(), err
}

// Wait asks for the receipt for a while, and calls done on the screen's thread
// with what was heard. stop ends the waiting early.
func (w Way) Wait(reference string, done func(resources.ReceiptState)) (stop context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	return w.ask(ctx, cancel, reference, askEvery, done)
}

// Listen asks for as long as it takes, and calls done on the screen's thread once
// something was heard, or with nothing once stop was called.
func (w Way) Listen(reference string, done func(resources.ReceiptState)) (stop context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	return w.ask(ctx, cancel, reference, listenEvery, done)
}

func (w Way) ask(ctx context.Context, cancel context.CancelFunc, reference string, every time.Duration, done func(resources.ReceiptState)) context.CancelFunc {
	var state resources.ReceiptState
	w.Do(
		func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for state == "" && ctx.Err() == nil {
				select {
				case <-ctx.Done():
				case <-tick.C:
					state = w.State(reference)
				}
			}
		},
		func() {
			cancel()
			done(state)
		},
	)
	return cancel
}

// Progress is how far a message to a provider has come.
type Progress struct {
	Provider string // its name
	State    resources.ReceiptState
	Adult    bool // whose message it is: else a learner's
	Waiting  bool // the receipt is still waited for
	Unsure   bool // as in [Handed]
	Now      time.Time
}

// Object says how far the message has come, and nothing that is not so.
func (p Progress) Object() fyne.CanvasObject {
	switch p.State {
	case resources.Received:
		return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.received", "Provider", p.Provider)), ui.Body(ui.Text("sent.received_line")))
	case resources.Opened:
		return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.opened", "Provider", p.Provider)), ui.Body(ui.Text("sent.opened_line")))
	case resources.Refused:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.refused", "Provider", p.Provider)), ui.Body(p.text("refused_line")))
	case resources.Elsewhere:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.elsewhere")), ui.Body(p.text("elsewhere_line")))
	}
	key := "saved"
	if p.Unsure {
		key = "unsure"
	}
	line := p.text(key + "_line")
	if p.Waiting {
		line = ui.Text("sent." + key + "_waiting")
	}
	words := []fyne.CanvasObject{ui.Strong(ui.Text("sent." + key)), ui.Body(line)}
	if clockIsWrong(p.Now) {
		// No certificate holds at such a time, and so nothing can be sent.
		words = append(words, ui.Body(ui.Text("sent.clock", "Day", ui.Day(p.Now.Local()))))
	}
	return ui.Note(ui.Amberish, ui.IconClock, words...)
}

// text returns the words for key as whoever sent the message is spoken to.
func (p Progress) text(key string) string {
	if p.Adult {
		return ui.Text("concern." + key)
	}
	return ui.Text("sent." + key)
}

// clockIsWrong reports whether it cannot be as late or as early as t: before
// this program was written, or longer after than it will be used.
func clockIsWrong(t time.Time) bool { return t.Year() < 2026 || t.Year() > 2046 }

// Host returns the host that a message to the platform at an address goes to, as
// it is shown.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Host
}
