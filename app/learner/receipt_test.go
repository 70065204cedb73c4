package learner_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2/test"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/resources"
)

// A thread is the screen's: what is done on it waits there until it is settled.
type thread chan func()

func (s thread) do(work, done func()) {
	go func() {
		work()
		s <- done
	}()
}

// settle lets all work come to where it waits, and does what is to be done.
func (s thread) settle() {
	for {
		synctest.Wait()
		select {
		case done := <-s:
			done()
		default:
			return
		}
	}
}

// leave leaves the page, and with it whatever is waited for.
func (d *desk) leave(screen thread) {
	d.help.Home()
	screen.settle()
}

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
				start, screen := time.Now(), make(thread, 8)
				d := sit(t, func(x *learner.Config) {
					x.State = func(string) resources.ReceiptState {
						if time.Since(start) < c.after {
							return ""
						}
						return c.state
					}
					x.Do = screen.do
				})
				toPreview(t, d.help)
				d.press(t, "preview.send")
				screen.settle()
				shows(t, d.text(), ui.Text(c.first, "Provider", "Key Stage Tutoring"))
				time.Sleep(40 * time.Second)
				screen.settle()
				shows(t, d.text(), ui.Text(c.then, "Provider", "Key Stage Tutoring"))
				d.leave(screen)
			})
		})
	}
}

// TestUnsure has a disk that does not confirm the message: the page does not say
// that it is kept, leads to no second one, and says so when it arrives.
func TestUnsure(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration // until the platform answers
		then  string        // said at the end
	}{
		{"it arrives", 5 * time.Second, "sent.received"},
		{"never", time.Hour, "sent.unsure_line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			test.NewTempApp(t)
			synctest.Test(t, func(t *testing.T) {
				start, screen := time.Now(), make(thread, 8)
				d := sit(t, func(x *learner.Config) {
					x.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
						return "7KQ2-M9XW-TA4F", fmt.Errorf("saving message: %w", resources.ErrUnsure)
					}
					x.State = func(string) resources.ReceiptState {
						if time.Since(start) < c.after {
							return ""
						}
						return resources.Received
					}
					x.Do = screen.do
				})
				toPreview(t, d.help)
				d.press(t, "preview.send")
				screen.settle()
				shows(t, d.text(), ui.Text("sent.unsure"), ui.Text("sent.unsure_waiting"), "999", "0800 1111")
				for _, no := range []string{"sent.saved", "sent.failed", "sent.again"} {
					if strings.Contains(d.text(), ui.Text(no)) {
						t.Errorf("it says %q", ui.Text(no))
					}
				}
				time.Sleep(40 * time.Second)
				screen.settle()
				shows(t, d.text(), ui.Text(c.then, "Provider", "Key Stage Tutoring"), "999", "0800 1111")
				d.leave(screen)
			})
		})
	}
}

// TestReceiptComesLate stays on the page after half a minute: it must not go on
// saying that a message is not sent, and keeps the code that was asked for.
func TestReceiptComesLate(t *testing.T) {
	for _, leave := range []bool{false, true} {
		test.NewTempApp(t)
		synctest.Test(t, func(t *testing.T) {
			start, screen, asked := time.Now(), make(thread, 8), time.Time{}
			d := sit(t, func(x *learner.Config) {
				x.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) {
					return "7KQ2-M9XW-TA4F", nil
				}
				x.State = func(string) resources.ReceiptState {
					asked = time.Now()
					if time.Since(start) < 10*time.Minute {
						return ""
					}
					return resources.Received
				}
				x.Do = screen.do
			})
			toPreview(t, d.help)
			d.press(t, "preview.send")
			screen.settle()
			time.Sleep(time.Minute)
			screen.settle()
			shows(t, d.text(), ui.Text("sent.saved_line"))
			d.press(t, "code.offer")
			if leave {
				d.press(t, "ui.back")
			}
			left := time.Now()
			time.Sleep(10 * time.Minute)
			screen.settle()
			if leave {
				shows(t, d.text(), ui.Text("help.title"))
				if asked.After(left) {
					t.Errorf("it is asked for %v after the page was left", asked.Sub(left))
				}
				return
			}
			shows(t, d.text(), ui.Text("sent.received", "Provider", "Key Stage Tutoring"), "7KQ2-M9XW-TA4F", "999", "0800 1111")
		})
	}
}

// TestReceiptOfAPageLeft does not bring back a page that the learner has left.
func TestReceiptOfAPageLeft(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		start, screen := time.Now(), make(thread, 8)
		d := sit(t, func(x *learner.Config) {
			x.State = func(string) resources.ReceiptState {
				if time.Since(start) < 5*time.Second {
					return ""
				}
				return resources.Received
			}
			x.Do = screen.do
		})
		toPreview(t, d.help)
		d.press(t, "preview.send")
		screen.settle()
		d.press(t, "ui.back", "help.hide")
		time.Sleep(40 * time.Second)
		screen.settle()
		shows(t, d.text(), ui.Text("hide.safer"))
	})
}

// TestLateReceipt leaves the receipt's page when the answer is already on its
// way to the screen: it does not come back.
func TestLateReceipt(t *testing.T) {
	test.NewTempApp(t)
	synctest.Test(t, func(t *testing.T) {
		start, screen := time.Now(), make(thread, 8)
		d := sit(t, func(x *learner.Config) {
			x.State = func(string) resources.ReceiptState {
				if time.Since(start) < 5*time.Second {
					return ""
				}
				return resources.Received
			}
			x.Do = screen.do
		})
		toPreview(t, d.help)
		d.press(t, "preview.send")
		screen.settle()
		time.Sleep(40 * time.Second)
		synctest.Wait() // the answer waits for the screen
		d.press(t, "ui.back", "help.hide")
		screen.settle()
		shows(t, d.text(), ui.Text("hide.safer"))
	})
}
