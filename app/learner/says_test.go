package learner_test

import (
	"strings"
	"testing"

	"lessonguard/agreements"
	"lessonguard/app/learner"
	"lessonguard/resources"
)

// TestIntakeSays goes through the intake and reads what must be there, in words
// of its own: a line of the translations that is lost or softened fails here.
func TestIntakeSays(t *testing.T) {
	report := []string{"help.report"}
	after := func(keys ...string) []string { return append(append([]string{}, report...), keys...) }
	for _, tt := range []struct {
		page  string
		keys  []string
		wants []string
	}{
		{"danger", report, []string{"Are you in danger now?", "Nobody watches for these messages all the time", "Monday to Friday", "999", "0800 1111"}},
		{"emergency", after("danger.yes"), []string{"Ring 999", "cannot speak on a mobile", "Stay on the line", "press 55", "Relay UK", "18000", "999 BSL", "999bsl.co.uk", "101", "Go on writing"}},
		{"goes on after 999", after("danger.yes", "emergency.on"), []string{"Who is it about?"}},
		{"goes on", after("danger.no"), []string{"Who is it about?"}},
		{"about", after("danger.no"), []string{
			"Me", "A friend", "Someone at home or in my family", "Another young person", "A grown-up I know", "Someone online", "My tutor",
			"Someone else who works for Key Stage Tutoring",
		}},
		{"hurt myself", after("danger.no", "about.me", "ui.next", "topic.self-harm", "ui.next"), []string{"Have you hurt yourself or taken something? Ring 999 now"}},
		{"image", after("danger.no", "about.me", "ui.next", "topic.sexual-image", "ui.next"), []string{
			"Never copy or send a naked picture", "childline.org.uk/remove", "report.iwf.org.uk", "Report Remove", "not your fault",
		}},
		{"any words", after("danger.no", "about.me", "ui.next", "ui.next"), []string{"You cannot add pictures here", "Never copy or send a naked picture", "childline.org.uk/remove", "report.iwf.org.uk"}},
		{"no name", after("danger.no", "about.me", "ui.next", "topic.hurt", "ui.next", "ui.next", "ui.next"), []string{"They can tell that it came from your family's account", "A safe way and time to reach you", "May they talk to anyone at home about it?"}},
		{"preview", after("danger.no", "about.me", "ui.next", "topic.hurt", "ui.next", "ui.next", "ui.next", "reach.preview"), []string{
			"No name. They can tell that it came from your family's account", "To: Key Stage Tutoring's safeguarding team", "Monday to Friday", "Nothing has been sent yet", "Don't send",
		}},
		{"CEOP", []string{"help.ceop"}, []string{"You have to give your name", "not for bullying, fake accounts or hacking", "Ring 999", "sexual pictures", "Read that first"}},
		{"Childline", []string{"help.childline"}, []string{"0800 1111", "does not show on the phone bill", "unless they think that you or someone else is not safe"}},
	} {
		t.Run(tt.page, func(t *testing.T) {
			d := sit(t, func(c *learner.Config) { c.Services, c.Audience = real(t), agreements.LearnerKS34 })
			d.press(t, tt.keys...)
			text := strings.ReplaceAll(d.text(), "**", "")
			shows(t, text, tt.wants...)
			if len(d.sent) > 0 {
				t.Error("something was sent")
			}
		})
	}
}

// TestOversightHours says where it is chosen that it is not known when a message
// about the provider's own people is read, and of no other; not where nobody
// could read it.
func TestOversightHours(t *testing.T) {
	const says = "They have not said when they read it. If it cannot wait, ring Childline on 0800 1111."
	for _, way := range [][]string{{"help.report", "danger.no"}, {"help.childline", "Open it, and tell Key Stage Tutoring's safeguarding team that I asked for help"}} {
		d := sit(t)
		d.press(t, way...)
		for _, a := range resources.Abouts() {
			d.press(t, "about."+string(a))
			want := a.Recipients() == resources.ToOversight
			if got := strings.Contains(d.text(), says); got != want {
				t.Errorf("%s, about %s: says it is not known when: %v, want %v", way[0], a, got, want)
			}
		}
		d.press(t, "about.tutor", "ui.next", "ui.back")
		shows(t, d.text(), says)
	}
	d := sit(t, func(c *learner.Config) {
		route := *c.Provider.Route
		route.Oversight = nil
		c.Provider.Route = &route
	})
	d.press(t, "help.report", "danger.no", "about.tutor")
	if strings.Contains(d.text(), says) {
		t.Error("it says when a message is read that is not sent")
	}
}
