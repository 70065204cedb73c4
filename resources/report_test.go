package resources_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"lessonguard/resources"
)

// TestRecipients keeps a concern from the people it is about: about the tutor
// or the provider's staff it never goes to the DSL, about anybody else it does.
func TestRecipients(t *testing.T) {
	past := map[resources.About]bool{resources.AboutTutor: true, resources.AboutStaff: true}
	for _, a := range slices.Concat(resources.Abouts(), resources.AdultAbouts(), []resources.About{"", "somebody"}) {
		want := resources.ToSafeguarding
		if past[a] {
			want = resources.ToOversight
		}
		if got := a.Recipients(); got != want {
			t.Errorf("about %q goes to %s, want %s", a, got, want)
		}
	}
}

// TestKeepFromHome lets home be contacted only where the sender said so and
// home is not what it is about.
func TestKeepFromHome(t *testing.T) {
	for _, a := range slices.Concat(resources.Abouts(), resources.AdultAbouts(), []resources.About{"", "somebody"}) {
		for _, tell := range []resources.TellHome{resources.TellHomeYes, resources.TellHomeAsk, resources.TellHomeNo, resources.TellHomeUnsure, "", "YES"} {
			want := a == resources.AboutHome || tell != resources.TellHomeYes
			if got := resources.KeepFromHome(a, tell); got != want {
				t.Errorf("about %q, tell home %q: %v, want %v", a, tell, got, want)
			}
		}
	}
}

func TestReportCheck(t *testing.T) {
	about := resources.AboutFriend
	for _, tt := range []struct {
		name   string
		report resources.Report
		want   error
	}{
		{"words", resources.Report{About: about, Words: "help"}, nil},
		{"a topic and no words", resources.Report{About: about, Topics: []resources.Topic{resources.TopicBullying}}, nil},
		{"as long as may be", resources.Report{About: about, Words: strings.Repeat("x", resources.MaxWords)}, nil},
		{"about nobody", resources.Report{Words: "help"}, resources.ErrNoAbout},
		{"nothing", resources.Report{About: about}, resources.ErrNoWords},
		{"blanks", resources.Report{About: about, Words: " \n\t"}, resources.ErrNoWords},
		{"too long", resources.Report{About: about, Words: strings.Repeat("x", resources.MaxWords+1)}, resources.ErrTooLong},
	} {
		if got := tt.report.Check(); !errors.Is(got, tt.want) || tt.want == nil && got != nil {
			t.Errorf("%s: Check = %v, want %v", tt.name, got, tt.want)
		}
	}
}
