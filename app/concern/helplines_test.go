package concern_test

import (
	"slices"
	"strings"
	"testing"

	"lessonguard/app/concern"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/assets"
	"lessonguard/resources"
	"lessonguard/resources/directory"
)

// shipped has the form work with the services that come with the program.
func shipped(t *testing.T) func(*concern.Config) {
	t.Helper()
	all, err := directory.Load(assets.Services)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *concern.Config) { c.Services = all }
}

// TestEveryHelpline: with a platform and without, an adult finds every service
// that is for them, the urgent one first, and none that is not.
func TestEveryHelpline(t *testing.T) {
	all, err := directory.Load(assets.Services)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{concern.RoleGuardian, concern.RoleTutor} {
		for name, with := range map[string][]func(*concern.Config){"platform": {shipped(t)}, "no platform": {shipped(t), noRoute}} {
			f := open(t, config(role, nil, with...))
			uitest.Press(t, f.Content(), "concern.helplines", "concern.helplines_all")
			lines := strings.Split(uitest.Text(f.Content()), "\n")
			urgent, found := len(lines), 0
			for _, s := range all {
				at := slices.Index(lines, s.Name)
				if want := slices.Contains(s.Audience, role); (at >= 0) != want {
					t.Errorf("%s, %s: %s is there: %v, want %v", role, name, s.Name, at >= 0, want)
				}
				if at >= 0 {
					found++
				}
				if s.Urgent {
					urgent = at
				}
			}
			if other := slices.Index(lines, "NSPCC Helpline"); found < 40 || urgent > other {
				t.Errorf("%s, %s: %d services, 999 in line %d, the NSPCC in %d", role, name, found, urgent, other)
			}
		}
	}
}

// TestNation shows an adult who is there for where the child lives, and says of
// the others where they are.
func TestNation(t *testing.T) {
	f := open(t, config(concern.RoleGuardian, nil, shipped(t), noRoute))
	uitest.Press(t, f.Content(), "concern.helplines", "concern.helplines_all")
	for _, tt := range []struct {
		nation     string
		there, not []string
	}{
		{"any", []string{"Family Lives", "YoungMinds Parents Helpline", "Child Law Advice", "Children First support line", "Meic", "Lifeline", ui.Text("nation.only", "Nations", ui.Text("nation.scotland"))}, nil},
		{"scotland", []string{"Children First support line", "Emergency: 999"}, []string{"Child Law Advice", "Meic", "Lifeline", "Family Lives"}},
		{"wales", []string{"Meic", "Live Fear Free", "Family Lives"}, []string{"Children First support line", "Lifeline"}},
		{"northern-ireland", []string{"Lifeline", "Safer Schools NI"}, []string{"Meic", "Family Lives"}},
		{"england", []string{"Child Law Advice", "Family Lives"}, []string{"Meic", "Lifeline"}},
	} {
		uitest.Press(t, f.Content(), "nation."+tt.nation)
		lines := strings.Split(uitest.Text(f.Content()), "\n")
		for _, want := range tt.there {
			if !slices.Contains(lines, want) {
				t.Errorf("%s: %q is not there", tt.nation, want)
			}
		}
		for _, not := range tt.not {
			if slices.Contains(lines, not) {
				t.Errorf("%s: %q is there", tt.nation, not)
			}
		}
	}
}

// TestWays shows every way to a service: to ring, to text, to write, and when.
func TestWays(t *testing.T) {
	f := open(t, config(concern.RoleTutor, nil, shipped(t)))
	uitest.Press(t, f.Content(), "concern.helplines", "concern.topic.self-harm")
	text := uitest.Text(f.Content())
	for _, want := range []string{"0800 068 4141", "88247", "pat@papyrus-uk.org", "jo@samaritans.org", "helpline@saferinternet.org.uk", "SHOUT"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown in:\n%s", want, text)
		}
	}
}

// TestAdviserFirst names on the first page, before anything is written, whom an
// adult can ask: a tutor the professionals' line.
func TestAdviserFirst(t *testing.T) {
	for role, want := range map[string]string{concern.RoleTutor: "0344 381 4772", concern.RoleGuardian: "0808 800 5000"} {
		for name, with := range map[string][]func(*concern.Config){"platform": {shipped(t)}, "no platform": {shipped(t), noRoute}} {
			f := open(t, config(role, nil, with...))
			if text := uitest.Text(f.Content()); !strings.Contains(text, want) {
				t.Errorf("%s, %s: %q is not on the first page:\n%s", role, name, want, text)
			}
		}
	}
	f := open(t, config(concern.RoleGuardian, nil, shipped(t)))
	if strings.Contains(uitest.Text(f.Content()), "0344 381 4772") {
		t.Error("a guardian is led to the professionals' line")
	}
}

// TestHelplinesKeepTheDraft goes to the helplines in the middle of a form, and
// comes back to it.
func TestHelplinesKeepTheDraft(t *testing.T) {
	f := open(t, config(concern.RoleGuardian, nil, shipped(t)))
	uitest.Press(t, f.Content(), "concern.guardian.about.home", "concern.topic.home")
	uitest.Press(t, f.Content(), "concern.helplines", "concern.topic.home", "ui.back", "ui.back", "ui.next")
	if text := uitest.Text(f.Content()); !strings.Contains(text, ui.Text("concern.words")) {
		t.Errorf("whom it is about is forgotten:\n%s", text)
	}
}

// TestWhenOversightReads says where it is chosen that it is not known when a
// worry about the provider's own people is read, and of no other.
func TestWhenOversightReads(t *testing.T) {
	for _, role := range []string{concern.RoleGuardian, concern.RoleTutor} {
		f := open(t, config(role, nil, shipped(t)))
		hours := ui.Text("concern.oversight_hours", "To", ui.Text("preview.oversight", "Provider", "Key Stage Tutoring"), "Phone", "0808 800 5000")
		for _, a := range resources.AdultAbouts() {
			uitest.Press(t, f.Content(), "concern."+role+".about."+string(a))
			want := a.Recipients() == resources.ToOversight
			if got := strings.Contains(uitest.Text(f.Content()), hours); got != want {
				t.Errorf("%s about %s: says it is not known when: %v, want %v", role, a, got, want)
			}
		}
	}
}
