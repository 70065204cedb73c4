package learner_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/resources"
)

// sent is one call of Send.
type sent struct {
	kind    resources.Kind
	to      resources.Recipients
	payload []byte
}

// desk is a help page with what it did.
type desk struct {
	help   *learner.Help
	window fyne.Window
	sent   []sent
	opened []string
	exits  int
	atExit string // what could be read when Exit was called
}

func sit(t *testing.T, change ...func(*learner.Config)) *desk {
	t.Helper()
	d := &desk{}
	d.window = uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		c := config(func(c *learner.Config) {
			c.Send = func(_ context.Context, k resources.Kind, to resources.Recipients, payload []byte) (string, error) {
				d.sent = append(d.sent, sent{k, to, payload})
				return "0123", nil
			}
			c.OpenURL = func(url string) error { d.opened = append(d.opened, url); return nil }
			c.Exit = func() { d.exits++; d.atExit = uitest.Text(d.help.Content()) }
		})
		for _, f := range change {
			f(&c)
		}
		d.help = learner.New(c)
		return d.help.Content()
	})
	return d
}

func (d *desk) press(t *testing.T, keys ...string) {
	t.Helper()
	uitest.Press(t, d.help.Content(), keys...)
}

func (d *desk) text() string { return uitest.Text(d.help.Content()) }

// tab goes on by Tab until something with the words has the focus.
func (d *desk) tab(t *testing.T, words string) fyne.Focusable {
	t.Helper()
	for range 100 {
		d.window.Canvas().FocusNext()
		f := d.window.Canvas().Focused()
		if o, ok := f.(fyne.CanvasObject); ok && uitest.Find(o, words) != nil {
			return f
		}
	}
	t.Fatalf("Tab never gets to %q", words)
	return nil
}

// tabField goes on by Tab until a field has the focus.
func (d *desk) tabField(t *testing.T) *ui.Entry {
	t.Helper()
	for range 100 {
		d.window.Canvas().FocusNext()
		if e, ok := d.window.Canvas().Focused().(*ui.Entry); ok {
			return e
		}
	}
	t.Fatal("Tab never gets to a field")
	return nil
}

func enter(f fyne.Focusable) { f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }

// shows has every one of the words in what can be read.
func shows(t *testing.T, all string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(all, w) {
			t.Errorf("%q is not shown in:\n%s", w, all)
		}
	}
}

// TestReportIsWhatWasShown writes a report with every field, reads the preview,
// and finds in the payload nothing that was not on it.
func TestReportIsWhatWasShown(t *testing.T) {
	d := sit(t)
	d.press(t, "help.report", "danger.yes", "emergency.on", "about.home", "ui.next", "topic.hurt", "topic.home", "ui.next")
	uitest.Write(t, d.help.Content(), 0, "It happens when nobody else is there.")
	d.press(t, "ui.next")
	uitest.Write(t, d.help.Content(), 0, "In the kitchen")
	uitest.Write(t, d.help.Content(), 1, "Every Sunday")
	uitest.Write(t, d.help.Content(), 2, "Someone to talk to")
	d.press(t, "ui.next")
	uitest.Write(t, d.help.Content(), 0, "Bee")
	uitest.Write(t, d.help.Content(), 1, "In my lesson on Tuesday")
	d.press(t, "tellhome.no", "reach.preview")
	shown := d.text()
	if len(d.sent) != 0 {
		t.Fatal("something was sent before Send was pressed")
	}
	d.press(t, "preview.send")
	if len(d.sent) != 1 || d.sent[0].kind != resources.KindReport || d.sent[0].to != resources.ToSafeguarding {
		t.Fatalf("sent %+v, want one report to the safeguarding team", d.sent)
	}
	var got resources.Report
	if err := json.Unmarshal(d.sent[0].payload, &got); err != nil {
		t.Fatal(err)
	}
	want := resources.Report{
		Schema: 1, Role: "learner", At: uitest.Noon(), About: resources.AboutHome,
		Topics: []resources.Topic{resources.TopicHurt, resources.TopicHome}, Words: "It happens when nobody else is there.",
		Where: "In the kitchen", When: "Every Sunday", Wants: "Someone to talk to", Name: "Bee", Reach: "In my lesson on Tuesday",
		TellHome: resources.TellHomeNo, Danger: true, Language: "en", App: "0.1.0",
	}
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("sent %s\nwant %s", a, b)
	}
	shows(t, shown, got.Words, got.Where, got.When, got.Wants, got.Name, got.Reach,
		ui.Text("about.home"), ui.Text("topic.hurt"), ui.Text("topic.home"), ui.Text("tellhome.no"), ui.Text("preview.danger_yes"),
		"21 November 2026, 12:00", "Lessonguard 0.1.0, in English", ui.Text("preview.report"),
		"Key Stage Tutoring's safeguarding team", "reports.keystagetutoring.example", "Monday to Friday, 9 to 5",
		ui.Text("preview.may_tell"), ui.Text("preview.keep_from_home"))
}

// TestPreviewChangesNothing shows what was written letter by letter, whatever it
// looks like to a program.
func TestPreviewChangesNothing(t *testing.T) {
	for _, words := range []string{
		"He called me a f**king b**** and **hit** me", "****", "** **", "{{.Provider}} <b>&amp;</b>", "# one\n\n* two\n`three` [four](five)",
	} {
		d := sit(t)
		d.press(t, "help.report", "danger.no", "about.me", "ui.next", "ui.next")
		uitest.Write(t, d.help.Content(), 0, words)
		d.press(t, "ui.next", "ui.next", "reach.preview")
		shows(t, d.text(), "\n"+words+"\n")
	}
}

// TestGuardianReports says whom a report is from where a guardian sits.
func TestGuardianReports(t *testing.T) {
	d := sit(t, func(c *learner.Config) { c.Role = learner.RoleGuardian })
	toPreview(t, d.help)
	shows(t, d.text(), ui.Text("preview.by"), ui.Text("preview.by_guardian"))
	if strings.Contains(d.text(), ui.Text("preview.report")) {
		t.Error("it is shown as a learner's")
	}
	d.press(t, "preview.send")
	var got resources.Report
	if err := json.Unmarshal(d.sent[0].payload, &got); err != nil {
		t.Fatal(err)
	}
	if got.Role != "guardian" {
		t.Errorf("sent as a %q, want guardian", got.Role)
	}
}

// TestHelpRequestIsWhatWasShown does the same for "tell them that I asked for
// help", without a name.
func TestHelpRequestIsWhatWasShown(t *testing.T) {
	d := sit(t)
	d.press(t, "help.childline", "service.open_and_tell", "about.online", "ui.next", "reach.preview")
	shown := d.text()
	d.press(t, "preview.send")
	if len(d.sent) != 1 || d.sent[0].kind != resources.KindHelpRequest || len(d.opened) != 0 {
		t.Fatalf("sent %+v, opened %q", d.sent, d.opened)
	}
	var got resources.HelpRequest
	if err := json.Unmarshal(d.sent[0].payload, &got); err != nil {
		t.Fatal(err)
	}
	want := resources.HelpRequest{
		Schema: 1, At: uitest.Noon(), Service: "childline", About: resources.AboutOnline, TellHome: resources.TellHomeUnsure, Language: "en", App: "0.1.0",
	}
	if got != want {
		t.Errorf("sent %+v\nwant %+v", got, want)
	}
	shows(t, shown, ui.Text("preview.asked", "Service", "Childline"), ui.Text("about.online"), ui.Text("tellhome.not-sure"),
		ui.Text("preview.no_name"), ui.Text("preview.no_reach"), "21 November 2026, 12:00")
	d.press(t, "service.open")
	if len(d.opened) != 1 || d.opened[0] != "https://www.childline.org.uk/" {
		t.Errorf("opened %q, want Childline", d.opened)
	}
}

// TestOpeningTellsNobody presses what only opens.
func TestOpeningTellsNobody(t *testing.T) {
	d := sit(t)
	d.press(t, "help.childline", "service.open", "ui.back", "help.others", "topic.feelings", "Open Shout")
	if len(d.sent) != 0 {
		t.Errorf("opening a service sent %+v", d.sent)
	}
	if len(d.opened) != 2 {
		t.Errorf("opened %q", d.opened)
	}
}

// TestEnterNeverSends presses Enter on everything that can have the focus on
// the pages before sending.
func TestEnterNeverSends(t *testing.T) {
	d := sit(t)
	toPreview(t, d.help)
	enter(d.tab(t, ui.Text("preview.send")))
	if len(d.sent) != 0 {
		t.Fatal("Enter on Send sent it")
	}
	for range 30 {
		d.window.Canvas().FocusNext()
		if f := d.window.Canvas().Focused(); f != nil && uitest.Find(f.(fyne.CanvasObject), ui.Text("help.exit")) == nil {
			enter(f)
		}
	}
	if len(d.sent) != 0 {
		t.Fatal("Enter sent it")
	}
}

// TestReportByKeyboard goes from the first page to the receipt with Tab, Space
// and letters alone.
func TestReportByKeyboard(t *testing.T) {
	d := sit(t)
	for _, key := range []string{"help.report", "danger.no", "about.me", "ui.next", "topic.bullying", "ui.next"} {
		test.Type(d.tab(t, ui.Text(key)), " ")
	}
	test.Type(d.tabField(t), "They call me names")
	test.Type(d.tab(t, ui.Text("ui.next")), " ")
	test.Type(d.tabField(t), "At school")
	test.Type(d.tab(t, ui.Text("ui.next")), " ")
	for _, key := range []string{"tellhome.yes", "reach.preview", "preview.send"} {
		test.Type(d.tab(t, ui.Text(key)), " ")
	}
	if len(d.sent) != 1 || !strings.Contains(string(d.sent[0].payload), "They call me names") {
		t.Fatalf("sent %+v", d.sent)
	}
	shows(t, d.text(), ui.Text("sent.received", "Provider", "Key Stage Tutoring"))
}

// TestAboutThePeopleWhoRead sends a concern about the provider's own people to
// oversight alone, and where there is none, nowhere.
func TestAboutThePeopleWhoRead(t *testing.T) {
	for _, about := range []string{"about.tutor", "about.staff"} {
		for name, to := range map[string][]string{
			"report":  {"help.report", "danger.no", about, "ui.next"},
			"request": {"help.childline", "service.open_and_tell", about, "ui.next"},
		} {
			t.Run(about+" "+name, func(t *testing.T) {
				d := sit(t, func(c *learner.Config) { c.Provider.Route.Oversight = nil })
				d.press(t, to...)
				shows(t, d.text(), ui.Text("no_post.title"), "0800 1111", "CEOP", "0808 800 5000", "999", ui.Text("without.council"))
				if uitest.Find(d.help.Content(), ui.Text("preview.send")) != nil || uitest.Find(d.help.Content(), ui.Text("ui.next")) != nil {
					t.Error("there is a way on to sending")
				}
				d = sit(t)
				d.press(t, to...)
				if name == "report" {
					d.press(t, "topic.other", "ui.next", "ui.next", "ui.next")
				}
				d.press(t, "reach.preview")
				shows(t, d.text(), ui.Text("preview.oversight", "Provider", "Key Stage Tutoring"))
				d.press(t, "preview.send")
				if len(d.sent) != 1 || d.sent[0].to != resources.ToOversight {
					t.Errorf("sent %+v, want one to oversight", d.sent)
				}
			})
		}
	}
}

// TestUnverifiedAddress says on every send page that nobody checked it.
func TestUnverifiedAddress(t *testing.T) {
	d := sit(t, func(c *learner.Config) { c.Provider.Route.Verified = false })
	toPreview(t, d.help)
	shows(t, d.text(), "An adult at home added this address. We could not check who reads it.", "0800 1111", "reports.keystagetutoring.example")
}

// TestWithoutRoute has no way to send, only the provider's own contacts.
func TestWithoutRoute(t *testing.T) {
	d := sit(t, noRoute)
	if uitest.Find(d.help.Content(), ui.Text("help.report")) == nil {
		t.Fatal("the page has no card for the provider")
	}
	d.press(t, "help.contact")
	shows(t, d.text(), "01632 960001", "https://keystagetutoring.example/safeguarding", "safe@keystagetutoring.example")
	d.press(t, "contacts.open_web", "contacts.open_email")
	if want := "https://keystagetutoring.example/safeguarding mailto:safe@keystagetutoring.example"; strings.Join(d.opened, " ") != want {
		t.Errorf("opened %q, want %q", d.opened, want)
	}
	d.press(t, "ui.back", "help.childline")
	if strings.Contains(d.text(), "tell Key Stage Tutoring's safeguarding team that I") {
		t.Error("it offers to tell a provider that takes no messages")
	}
}

// TestNotSaved keeps the words and shows numbers when a message cannot be kept.
func TestNotSaved(t *testing.T) {
	broken := true
	d := sit(t, func(c *learner.Config) {
		send := c.Send
		c.Send = func(ctx context.Context, k resources.Kind, to resources.Recipients, p []byte) (string, error) {
			if broken {
				return "", errors.New("no space left on device")
			}
			return send(ctx, k, to, p)
		}
	})
	toPreview(t, d.help)
	d.press(t, "preview.send")
	shows(t, d.text(), ui.Text("sent.failed"), "0800 1111", "999")
	if strings.Contains(d.text(), ui.Text("sent.saved")) {
		t.Error("it claims to be saved")
	}
	broken = false
	d.press(t, "sent.again")
	shows(t, d.text(), "Some people in my group chat")
	d.press(t, "preview.send")
	if len(d.sent) != 1 {
		t.Errorf("sent %d messages, want one", len(d.sent))
	}
}

// TestBackKeepsTheWords goes back and on again.
func TestBackKeepsTheWords(t *testing.T) {
	d := sit(t)
	d.press(t, "help.report", "danger.no", "about.me", "ui.next", "topic.money", "ui.next")
	uitest.Write(t, d.help.Content(), 0, "A stranger asked for my card")
	d.press(t, "ui.next", "ui.back")
	shows(t, d.text(), "A stranger asked for my card")
	d.press(t, "ui.back")
	if b, ok := uitest.Find(d.help.Content(), ui.Text("topic.money")).(*ui.Tick); !ok || !b.On() {
		t.Error("the topic is forgotten")
	}
}

// TestReloadWaits goes on with the provider that a report was begun for, though
// the household changes meanwhile.
func TestReloadWaits(t *testing.T) {
	d := sit(t)
	toPreview(t, d.help)
	c := config()
	c.Provider.Name = "Other Tutoring"
	d.help.Reload(c)
	shows(t, d.text(), "Key Stage Tutoring's safeguarding team", "Some people in my group chat")
	d.press(t, "preview.send")
	if len(d.sent) != 1 {
		t.Errorf("sent %d messages", len(d.sent))
	}
	d.press(t, "ui.back")
	shows(t, d.text(), "Other Tutoring's safeguarding team")
}
