// Package post hands a message over to be sent and says how far it has come: the
// part that a learner's message and an adult's worry have in common.
package post

import (
	"context"
	"encoding/json"
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
	// is safe there. payload is the JSON of what was shown.
	Send func(ctx context.Context, kind resources.Kind, to resources.Recipients, payload []byte) (reference string, err error)
	// State returns how far a message has come; empty: it waits on this PC.
	State func(reference string) resources.ReceiptState
	Do    ui.Doer
}

// Patience is how long somebody is asked to wait for the receipt before being
// shown numbers to ring.
const Patience = 30 * time.Second

const askEvery = time.Second // for the receipt

// Keep hands over a message about a, of which value is what was shown, and calls
// done on the screen's thread once it is safe on the disk, or cannot be.
func (w Way) Keep(kind resources.Kind, a resources.About, value any, done func(reference string, state resources.ReceiptState, err error)) {
	var reference string
	var state resources.ReceiptState
	var err error
	end := func() {}
	if w.Begin != nil {
		end = w.Begin()
	}
	w.Do(
		func() {
			defer end()
			var payload []byte
			if payload, err = json.Marshal(value); err == nil {
				reference, err = w.Send(context.Background(), kind, a.Recipients(), payload)
			}
			if err == nil {
				state = w.State(reference)
			}
		},
		func() { done(reference, state, err) },
	)
}

// Wait asks for the receipt for a while, and calls done on the screen's thread
// with what was heard. stop ends the waiting early.
func (w Way) Wait(reference string, done func(resources.ReceiptState)) (stop context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	var state resources.ReceiptState
	w.Do(
		func() {
			tick := time.NewTicker(askEvery)
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

// HowFar says how far a message to a provider has come, and nothing that is not
// so. refused says what to do where the provider cannot take it; waiting is that
// the receipt is still waited for.
func HowFar(provider string, state resources.ReceiptState, refused string, waiting bool, now time.Time) fyne.CanvasObject {
	switch state {
	case resources.Received:
		return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.received", "Provider", provider)), ui.Body(ui.Text("sent.received_line")))
	case resources.Opened:
		return ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(ui.Text("sent.opened", "Provider", provider)), ui.Body(ui.Text("sent.opened_line")))
	case resources.Refused:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.refused", "Provider", provider)), ui.Body(refused))
	case resources.Elsewhere:
		return ui.Note(ui.Reddish, ui.IconAlert, ui.Strong(ui.Text("sent.elsewhere")), ui.Body(ui.Text("sent.elsewhere_line")))
	}
	line := ui.Text("sent.saved_line")
	if waiting {
		line = ui.Text("sent.saved_waiting")
	}
	words := []fyne.CanvasObject{ui.Strong(ui.Text("sent.saved")), ui.Body(line)}
	if clockIsWrong(now) {
		// No certificate holds at such a time, and so nothing can be sent.
		words = append(words, ui.Body(ui.Text("sent.clock", "Day", ui.Day(now.Local()))))
	}
	return ui.Note(ui.Amberish, ui.IconClock, words...)
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
