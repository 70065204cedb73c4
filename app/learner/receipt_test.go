package learner_test

import (
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// TestReceipt waits for the receipt, at most half a minute, and says how far
// the message has come.
func TestReceipt(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration // until the platform answers
		state resources.ReceiptState
		first string // said at once
		then  string // said at the end
	}{
		{"at once", 0, resources.Received, "sent.received", "sent.received"},
		{"soon", 5 * time.Second, resources.Received, "sent.saved_waiting", "sent.received"},
		{"read", 5 * time.Second, resources.Opened, "sent.saved_waiting", "sent.opened"},
		{"refused", 5 * time.Second, resources.Refused, "sent.saved_waiting", "sent.refused"},
		{"never", time.Hour, resources.Received, "sent.saved_waiting", "sent.saved_line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			test.NewTempApp(t) // its goroutines outlive the bubble
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				d := sit(t, func(x *learner.Config) {
					x.State = func(string) resources.ReceiptState {
						if time.Since(start) < c.after {
							return ""
						}
						return c.state
					}
					x.Do = func(work, done func()) { go now(work, done) }
				})
				toPreview(t, d.help)
				d.press(t, "preview.send")
				synctest.Wait()
				shows(t, d.text(), ui.Text(c.first, "Provider", "Key Stage Tutoring"))
				time.Sleep(40 * time.Second)
				synctest.Wait()
				shows(t, d.text(), ui.Text(c.then, "Provider", "Key Stage Tutoring"))
			})
		})
	}
}

// TestReceiptOfAPageLeft does not bring back a page that the learner has left.
func TestReceiptOfAPageLeft(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := sit(t, func(x *learner.Config) {
			x.State = func(string) resources.ReceiptState {
				if time.Since(start) < 5*time.Second {
					return ""
				}
				return resources.Received
			}
			x.Do = func(work, done func()) { go now(work, done) }
		})
		toPreview(t, d.help)
		d.press(t, "preview.send")
		synctest.Wait()
		d.press(t, "ui.back", "help.hide")
		time.Sleep(40 * time.Second)
		synctest.Wait()
		shows(t, d.text(), ui.Text("hide.safer"))
	})
}
