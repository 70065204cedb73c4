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

// TestStage shows each stage of school every service that some of its ages may
// use, and says for whom it is where some may not; who is for all of them comes
// first.
func TestStage(t *testing.T) {
	for _, tt := range []struct {
		stage agreements.Audience
		topic string // empty: everyone
		there []string
		not   []string
	}{
		{agreements.LearnerKS1, "", []string{"Childline", "Kidscape"}, []string{"Kooth", "Runaway Helpline", "National Domestic Abuse Helpline (Refuge)", "Revenge Porn Helpline"}},
		{agreements.LearnerKS2, "topic.feelings", []string{"Kooth", ui.Ages(10, 25)}, []string{"The Mix"}},
		{agreements.LearnerKS2, "topic.home", []string{"Runaway Helpline", ui.Ages(11, 17)}, []string{"Women's Aid"}},
		{agreements.LearnerKS34, "topic.home", []string{"Runaway Helpline", "National Domestic Abuse Helpline (Refuge)", "Women's Aid", ui.Ages(16, 120)}, nil},
		{agreements.LearnerKS34, "topic.sexual-image", []string{"Report Remove", "CEOP Safety Centre"}, []string{"Revenge Porn Helpline", "StopNCII.org"}},
		{agreements.LearnerPost16, "topic.sexual-image", []string{"Report Remove", "Revenge Porn Helpline", "StopNCII.org", ui.Ages(18, 120), ui.Ages(0, 17)}, nil},
		{agreements.LearnerAdult, "", []string{"Childline", "Revenge Porn Helpline", ui.Ages(0, 18)}, []string{"CEOP Safety Centre", "Report Remove", "Runaway Helpline"}},
	} {
		d := sit(t, func(c *learner.Config) { c.Services, c.Audience = real(t), tt.stage })
		topic := tt.topic
		if topic == "" {
			topic = "others.all"
		}
		d.press(t, "help.others", topic)
		lines := strings.Split(d.text(), "\n")
		for _, want := range tt.there {
			if !slices.Contains(lines, want) {
				t.Errorf("%s, %s: %q is not there:\n%s", tt.stage, tt.topic, want, d.text())
			}
		}
		for _, not := range tt.not {
			if slices.Contains(lines, not) {
				t.Errorf("%s, %s: %q is there", tt.stage, tt.topic, not)
			}
		}
		if lines[slices.IndexFunc(lines, func(s string) bool { return s == "Emergency: 999" || s == "Childline" })] != "Emergency: 999" {
			t.Errorf("%s: 999 is not first", tt.stage)
		}
	}
}

// TestOlderLater puts nobody first for a stage whose youngest may not use it.
func TestOlderLater(t *testing.T) {
	d := sit(t, func(c *learner.Config) { c.Services, c.Audience = real(t), agreements.LearnerKS2 })
	d.press(t, "help.others", "topic.home")
	rest := d.text()
	shout, runaway := strings.Index(rest, "\nShout\n"), strings.Index(rest, "\nRunaway Helpline\n")
	if shout < 0 || runaway < shout {
		t.Errorf("Shout at %d, Runaway Helpline at %d of:\n%s", shout, runaway, rest)
	}
}

// TestEmail shows where to write beside the numbers.
func TestEmail(t *testing.T) {
	d := sit(t, func(c *learner.Config) { c.Services, c.Audience = real(t), agreements.LearnerKS34 })
	d.press(t, "help.others", "topic.self-harm")
	shows(t, d.text(), "pat@papyrus-uk.org", "jo@samaritans.org")
	d.press(t, "ui.back", "ui.back", "help.report", "danger.no", "about.me", "ui.next", "topic.self-harm", "ui.next")
	shows(t, d.text(), "pat@papyrus-uk.org")
}
