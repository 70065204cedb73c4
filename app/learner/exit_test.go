package learner_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
)

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// writing is a help page on which a report is being written, with the words in
// the field that has the focus.
func writing(t *testing.T) (*desk, *clock, *ui.Entry) {
	t.Helper()
	c := &clock{uitest.Noon()}
	d := sit(t, func(x *learner.Config) { x.Now = c.now })
	d.press(t, "help.report", "danger.no", "about.me", "ui.next", "topic.hurt", "ui.next")
	e := d.tabField(t)
	e.SetText("my words")
	return d, c, e
}

// TestShiftThreeTimes presses Shift in a field and on a button, with and
// without what must not count.
func TestShiftThreeTimes(t *testing.T) {
	const shift, other = desktop.KeyShiftLeft, fyne.KeyA
	for _, c := range []struct {
		name string
		keys []fyne.KeyName
		gap  time.Duration
		want int
	}{
		{"three", []fyne.KeyName{shift, desktop.KeyShiftRight, shift}, time.Second, 1},
		{"two", []fyne.KeyName{shift, shift}, 0, 0},
		{"too slow", []fyne.KeyName{shift, shift, shift}, 3 * time.Second, 0},
		{"slow start", []fyne.KeyName{shift, shift, shift, shift}, 2500 * time.Millisecond, 1},
		{"capitals", []fyne.KeyName{shift, other, shift, other, shift, other}, 100 * time.Millisecond, 0},
		{"capitals first", []fyne.KeyName{shift, other, shift, shift, shift}, 100 * time.Millisecond, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, on := range []string{"field", "button", "nothing"} {
				d, clock, e := writing(t)
				var down func(*fyne.KeyEvent)
				switch on {
				case "field":
					down = e.KeyDown
				case "button":
					down = d.tab(t, ui.Text("ui.next")).(desktop.Keyable).KeyDown
				default:
					down = d.help.KeyDown
				}
				for _, k := range c.keys {
					down(&fyne.KeyEvent{Name: k})
					clock.t = clock.t.Add(c.gap)
				}
				if d.exits != c.want {
					t.Errorf("with the focus on a %s it left %d times, want %d", on, d.exits, c.want)
				}
			}
		})
	}
}

// TestExitBlanksAndClears has nothing to read on the page when the window is
// taken away, and nothing of what was written when help is opened again.
func TestExitBlanksAndClears(t *testing.T) {
	d, _, _ := writing(t)
	d.press(t, "help.exit")
	if d.exits != 1 || d.atExit != "" {
		t.Errorf("left %d times with this on the page: %q", d.exits, d.atExit)
	}
	d.help.Home()
	shows(t, d.text(), ui.Text("help.title"))
	d.press(t, "help.report", "danger.no", "ui.next")
	shows(t, d.text(), ui.Text("about.missing")) // nothing is chosen any more
	d.press(t, "about.me", "ui.next", "ui.next")
	if e := d.tabField(t); e.Text != "" {
		t.Errorf("the field still has %q", e.Text)
	}
}

// TestLeftWhileSending says nothing of a message to whoever opens help next.
func TestLeftWhileSending(t *testing.T) {
	var finish func()
	hold := false
	d := sit(t, func(c *learner.Config) {
		c.Do = func(work, done func()) {
			if hold {
				finish = func() { uitest.AtOnce(work, done) }
				return
			}
			uitest.AtOnce(work, done)
		}
	})
	toPreview(t, d.help)
	hold = true
	d.press(t, "preview.send")
	d.help.Exit()
	d.help.Home()
	finish()
	if len(d.sent) != 1 {
		t.Errorf("sent %d messages: leaving must not stop what the child decided", len(d.sent))
	}
	shows(t, d.text(), ui.Text("help.title"))
}

// TestSendingLeavesThePreview has nothing to press while a message is being
// saved that could claim it is not sent, or send it again.
func TestSendingLeavesThePreview(t *testing.T) {
	var finish func()
	hold := false
	d := sit(t, func(c *learner.Config) {
		c.Do = func(work, done func()) {
			if hold {
				finish = func() { uitest.AtOnce(work, done) }
				return
			}
			uitest.AtOnce(work, done)
		}
	})
	toPreview(t, d.help)
	hold = true
	d.press(t, "preview.send")
	shows(t, d.text(), ui.Text("preview.sending"), "0800 1111", ui.Text("help.exit"))
	for _, key := range []string{"preview.send", "preview.dont", "ui.back"} {
		if uitest.Find(d.help.Content(), ui.Text(key)) != nil {
			t.Errorf("%q can be pressed while it is being sent", ui.Text(key))
		}
	}
	hold = false
	finish()
	shows(t, d.text(), ui.Text("sent.received", "Provider", "Key Stage Tutoring"))
	if len(d.sent) != 1 {
		t.Errorf("sent %d messages, want one", len(d.sent))
	}
}

// TestNumbersAreOnEveryPage looks for them on each page of a report.
func TestNumbersAreOnEveryPage(t *testing.T) {
	d := sit(t)
	for _, key := range []string{"help.report", "danger.yes", "emergency.on", "about.me", "ui.next", "topic.hurt", "ui.next", "ui.next", "ui.next", "reach.preview", "preview.send"} {
		shows(t, d.text(), ui.Text("numbers.danger")+" 999", ui.Text("numbers.childline")+" 0800 1111", ui.Text("help.exit"))
		d.press(t, key)
	}
	shows(t, d.text(), ui.Text("numbers.danger")+" 999", ui.Text("numbers.childline")+" 0800 1111", ui.Text("help.exit"))
}

// TestNumbersWithoutData has the numbers also when the file of services is
// lost.
func TestNumbersWithoutData(t *testing.T) {
	d := sit(t, func(c *learner.Config) { c.Services = nil })
	shows(t, d.text(), "999", "0800 1111")
	d.press(t, "help.ceop", "Open CEOP")
	if len(d.opened) != 1 || d.opened[0] != "https://www.ceop.police.uk/Safety-Centre/" {
		t.Errorf("opened %q", d.opened)
	}
}
