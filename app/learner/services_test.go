package learner_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/assets"
	"lessonguard/resources"
	"lessonguard/resources/directory"
)

// real returns the services that come with the program.
func real(t *testing.T) []resources.Service {
	t.Helper()
	all, err := directory.Load(assets.Services)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestTopicsLeadToServices writes about each topic, at three ages, and finds
// beside the words the service that is best for it.
func TestTopicsLeadToServices(t *testing.T) {
	all := real(t)
	name := func(id string) string {
		i := slices.IndexFunc(all, func(s resources.Service) bool { return s.ID == id })
		if i < 0 {
			t.Fatalf("no service has the id %s", id)
		}
		return all[i].Name
	}
	for _, tt := range []struct {
		topic resources.Topic
		best  string // id
		young string // the same for those under 11, where it is another
	}{
		{resources.TopicBullying, "kidscape", ""},
		{resources.TopicAdultContact, "ceop", ""},
		{resources.TopicSexualImage, "report-remove", ""},
		{resources.TopicHurt, "runaway-helpline", "police-101"},
		{resources.TopicNotLookedAfter, "runaway-helpline", "local-authority"},
		{resources.TopicHome, "runaway-helpline", "shout"},
		{resources.TopicHate, "true-vision", ""},
		{resources.TopicExtremism, "act-early", ""},
		{resources.TopicSelfHarm, "papyrus", ""},
		{resources.TopicMoney, "report-fraud", ""},
		{resources.TopicSawSomething, "iwf-report", ""},
		{resources.TopicOther, "shout", ""},
		{resources.TopicFilter, "", ""}, // whoever guards the PIN can open a site
	} {
		for _, age := range []agreements.Audience{agreements.LearnerKS1, agreements.LearnerKS2, agreements.LearnerPost16} {
			want := tt.best
			if tt.young != "" && age != agreements.LearnerPost16 {
				want = tt.young
			}
			d := sit(t, func(c *learner.Config) { c.Services, c.Audience = all, age })
			d.press(t, "help.report", "danger.no", "about.me", "ui.next", "topic."+string(tt.topic), "ui.next")
			text := d.text()
			_, side, found := strings.Cut(text, ui.Text("beside.services"))
			if want == "" {
				if found {
					t.Errorf("%s: services stand beside it", tt.topic)
				}
				continue
			}
			if strings.Contains(text, "Text  to") {
				t.Errorf("%s: a number to text without a word:\n%s", tt.topic, text)
			}
			if !strings.HasPrefix(strings.TrimSpace(side), name(want)) {
				t.Errorf("%s, %s: want %s first beside\n%s", tt.topic, age, name(want), text)
			}
		}
	}
}

// TestOthersBestFirst has 999 first, then Childline, then who is best for it.
func TestOthersBestFirst(t *testing.T) {
	for topic, want := range map[resources.Topic]string{
		resources.TopicFeelings: "Shout", resources.TopicIdentity: "Switchboard", resources.TopicSelfHarm: "Papyrus HOPELINE247",
		resources.TopicHurt: "Runaway Helpline", resources.TopicSexualImage: "Report Remove",
	} {
		d := sit(t, func(c *learner.Config) { c.Services, c.Audience = real(t), agreements.LearnerPost16 })
		d.press(t, "help.others", "topic."+string(topic))
		rest := d.text()
		for _, next := range []string{"\nEmergency: 999\n", "\nChildline\n", "\n" + want + "\n"} {
			before, after, ok := strings.Cut(rest, next)
			if !ok || strings.Contains(before, "\n"+want+"\n") {
				t.Errorf("%s: want 999, Childline and %s in this order:\n%s", topic, want, d.text())
				break
			}
			rest = "\n" + after
		}
	}
}

// TestNation shows those who are there for where somebody says they live, says
// of the others where they are, and forgets the answer.
func TestNation(t *testing.T) {
	d := sit(t, func(c *learner.Config) { c.Services, c.Audience = real(t), agreements.LearnerPost16 })
	d.press(t, "help.others", "topic.feelings")
	shows(t, d.text(), "Breathing Space", "Meic", ui.Text("nation.only", "Nations", ui.Text("nation.scotland")))
	for _, tt := range []struct{ id, there, not string }{
		{"scotland", "Breathing Space", "Meic"},
		{"wales", "Meic", "Breathing Space"},
		{"northern-ireland", "Lifeline", "Meic"},
	} {
		d.press(t, "nation."+tt.id)
		text := d.text()
		shows(t, text, tt.there, "Shout", "999")
		if strings.Contains(text, tt.not) {
			t.Errorf("in %s, %s is offered", tt.id, tt.not)
		}
		if f, ok := d.window.Canvas().Focused().(fyne.CanvasObject); !ok || f != d.find("nation."+tt.id) {
			t.Errorf("the focus is on %T", f)
		}
	}
	d.press(t, "ui.back", "ui.back")
	d.help.Home()
	d.press(t, "help.others", "topic.feelings")
	shows(t, d.text(), "Breathing Space", "Meic")

	// Hate in Scotland is not for True Vision, which is for the other nations.
	d.press(t, "nation.scotland", "ui.back", "ui.back", "help.report", "danger.no", "about.me", "ui.next", "topic.hate", "ui.next")
	if strings.Contains(d.text(), "True Vision") {
		t.Errorf("in Scotland, True Vision stands beside hate")
	}
}

// find returns what can be pressed with the words for key.
func (d *desk) find(key string) fyne.CanvasObject {
	o, _ := uitest.Find(d.help.Content(), ui.Text(key)).(fyne.CanvasObject)
	return o
}
