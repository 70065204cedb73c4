package learner_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/resources"
)

// TestCode shows a code only where it was asked for, and nowhere once the page
// was left.
func TestCode(t *testing.T) {
	const code = "7KQ2-M9XW-TA4F"
	d := sit(t, func(c *learner.Config) {
		c.Send = func(context.Context, resources.Kind, resources.Recipients, []byte) (string, error) { return code, nil }
	})
	toPreview(t, d.help)
	if strings.Contains(d.text(), code) {
		t.Error("the code is on the preview")
	}
	d.press(t, "preview.send")
	if strings.Contains(d.text(), code) {
		t.Error("the code is shown to somebody who did not ask")
	}
	d.press(t, "code.offer")
	shows(t, d.text(), code, ui.Text("code.line"))
	d.press(t, "ui.back")
	d.press(t, "help.find")
	if strings.Contains(d.text(), code) {
		t.Error("the code is still there")
	}
}

// TestFind asks for what was typed, as people type codes, and says what came of
// it, and nothing more.
func TestFind(t *testing.T) {
	for _, tt := range []struct {
		name  string
		state resources.ReceiptState
		err   error
		want  []string
	}{
		{"received", resources.Received, nil, []string{"sent.received", "sent.received_line"}},
		{"opened", resources.Opened, nil, []string{"sent.opened"}},
		{"waiting", "", nil, []string{"sent.saved", "sent.saved_line"}},
		{"elsewhere", resources.Elsewhere, nil, []string{"sent.elsewhere", "sent.elsewhere_line"}},
		{"arrived elsewhere", "", resources.ErrElsewhere, []string{"find.elsewhere", "find.elsewhere_line"}},
		{"refused", resources.Refused, nil, []string{"sent.refused"}},
		{"unknown", "", resources.ErrNoSuchMessage, []string{"find.unknown"}},
		{"down", "", errors.New("no route to host"), []string{"find.failed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			d := sit(t, func(c *learner.Config) {
				c.Find = func(_ context.Context, reference string) (resources.ReceiptState, error) {
					asked = append(asked, reference)
					return tt.state, tt.err
				}
			})
			d.press(t, "help.find")
			uitest.Write(t, d.help.Content(), 0, "7kq2m9xw")
			d.press(t, "find.look")
			shows(t, d.text(), ui.Text("find.wrong"))
			uitest.Write(t, d.help.Content(), 0, "7kq2 m9xw ta4f")
			d.press(t, "find.look")
			if len(asked) != 1 || asked[0] != "7KQ2-M9XW-TA4F" {
				t.Fatalf("asked for %q", asked)
			}
			for _, key := range tt.want {
				shows(t, d.text(), ui.Text(key, "Provider", "Key Stage Tutoring"))
			}
			shows(t, d.text(), "0800 1111", "999")
			if strings.Contains(d.text(), "7KQ2") {
				t.Error("the code is still on the screen")
			}
			if len(d.sent) > 0 {
				t.Errorf("looking sent %+v", d.sent)
			}
		})
	}
}

// TestBegin holds the program from the press of Send until the message is kept.
func TestBegin(t *testing.T) {
	held, kept := 0, false
	var work, done func()
	d := sit(t, func(c *learner.Config) {
		c.Begin = func() func() { held++; return func() { held-- } }
		c.Do = func(w, d func()) { work, done = w, d }
		send := c.Send
		c.Send = func(ctx context.Context, k resources.Kind, to resources.Recipients, p []byte) (string, error) {
			kept = held == 1
			return send(ctx, k, to, p)
		}
	})
	toPreview(t, d.help)
	d.press(t, "preview.send")
	if held != 1 {
		t.Fatalf("held %d times once Send was pressed, before anything ran", held)
	}
	work()
	if !kept || held != 0 {
		t.Errorf("held while it is kept: %v; afterwards %d times", kept, held)
	}
	done()
}

// TestBeside puts the services for the topics beside the words, the ones that
// are for little else first.
func TestBeside(t *testing.T) {
	d := sit(t)
	d.press(t, "help.report", "danger.no", "about.me", "ui.next", "topic.self-harm", "topic.sexual-image", "ui.next")
	shows(t, d.text(), ui.Text("beside.services"), "PAPYRUS", "0800 068 4141", "Report Remove", ui.Text("beside.self-harm", "Phone", "999"))
	d.press(t, "Open Report Remove")
	if len(d.opened) != 1 || d.opened[0] != "https://www.childline.org.uk/remove/" || len(d.sent) > 0 {
		t.Errorf("opened %q, sent %d", d.opened, len(d.sent))
	}
	d = sit(t)
	d.press(t, "help.report", "danger.no", "about.me", "ui.next", "ui.next")
	if strings.Contains(d.text(), ui.Text("beside.services")) {
		t.Error("services stand beside no topic")
	}
}

// TestNotSure ticks that it is not known when.
func TestNotSure(t *testing.T) {
	d := sit(t)
	d.press(t, "help.report", "danger.no", "about.me", "ui.next", "topic.hurt", "ui.next", "ui.next", "details.not_sure", "ui.next", "reach.preview")
	shows(t, d.text(), ui.Text("details.when"), ui.Text("details.not_sure"))
	d.press(t, "ui.back", "ui.back")
	b, ok := uitest.Find(d.help.Content(), ui.Text("details.not_sure")).(*ui.Tick)
	if !ok || !b.On() {
		t.Fatal("it is forgotten")
	}
	uitest.Write(t, d.help.Content(), 1, "Sunday")
	if b.On() {
		t.Error("Sunday, and not sure")
	}
}

// TestEveryAboutAndTopic goes through all eight and all thirteen.
func TestEveryAboutAndTopic(t *testing.T) {
	if a, b := len(resources.Abouts()), len(resources.ReportTopics()); a != 8 || b != 13 {
		t.Errorf("%d people and %d topics, want 8 and 13", a, b)
	}
	for _, a := range resources.Abouts() {
		d := sit(t)
		d.press(t, "help.report", "danger.no", "about."+string(a), "ui.next")
		for _, topic := range resources.ReportTopics() {
			if uitest.Find(d.help.Content(), ui.Text("topic."+string(topic))) == nil {
				t.Errorf("about %s: %s is not offered", a, topic)
			}
		}
	}
}
