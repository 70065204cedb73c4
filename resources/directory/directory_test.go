package directory_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lessonguard/assets"
	"lessonguard/resources"
	"lessonguard/resources/directory"
)

func shipped(t *testing.T) []resources.Service {
	t.Helper()
	all, err := directory.Load(assets.Services)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestVerified fails when a service was last verified more than a year ago:
// phone it, correct its file, and date it anew.
func TestVerified(t *testing.T) {
	for _, s := range shipped(t) {
		if !s.VerifiedOn.IsZero() && s.Stale(time.Now()) {
			t.Errorf("%s was verified on %s: verify it again", s.ID, s.VerifiedOn.Format(time.DateOnly))
		}
	}
}

// TestFind: whoever looks for help finds the ones that cannot be missing, the
// urgent ones first.
func TestFind(t *testing.T) {
	all := shipped(t)
	for _, tt := range []struct {
		need resources.Need
		want []string
	}{
		{resources.Need{Audience: "learner", Ages: resources.Ages{From: 9, To: 9}, Nation: "england"}, []string{"emergency", "childline", "ceop"}},
		{resources.Need{Audience: "learner", Ages: resources.Ages{From: 9, To: 9}, Nation: "scotland", Topic: resources.TopicBullying}, []string{"emergency", "childline"}},
		{resources.Need{Audience: "learner", Ages: resources.Ages{From: 16, To: 16}, Nation: "wales", Topic: resources.TopicSexualImage}, []string{"emergency", "childline", "report-remove"}},
		{resources.Need{Audience: "learner", Ages: resources.Ages{From: 17, To: 17}, Topic: resources.TopicSelfHarm}, []string{"emergency", "samaritans", "shout"}},
		{resources.Need{Audience: "guardian", Topic: resources.TopicAdultContact}, []string{"emergency", "nspcc", "ceop"}},
		{resources.Need{Audience: "tutor"}, []string{"posh"}},
	} {
		var ids []string
		urgentAfter := false
		ordinary := false
		for _, s := range resources.Find(all, tt.need) {
			ids = append(ids, s.ID)
			urgentAfter = urgentAfter || ordinary && s.Urgent
			ordinary = ordinary || !s.Urgent
		}
		for _, id := range tt.want {
			if !slices.Contains(ids, id) {
				t.Errorf("%+v does not find %s: %v", tt.need, id, ids)
			}
		}
		if urgentAfter {
			t.Errorf("%+v: urgent services are not first: %v", tt.need, ids)
		}
	}
}

// TestEveryTopic: no topic leaves a child of any age or nation alone.
func TestEveryTopic(t *testing.T) {
	all := shipped(t)
	for _, topic := range resources.ReportTopics() {
		if topic == resources.TopicFilter {
			continue // for the provider, not for a helpline
		}
		for _, nation := range []string{"england", "wales", "scotland", "northern-ireland"} {
			for _, age := range []int{7, 9, 12, 16, 18} {
				found := resources.Find(all, resources.Need{Audience: "learner", Ages: resources.Ages{From: age, To: age}, Nation: nation, Topic: topic})
				if !slices.ContainsFunc(found, func(s resources.Service) bool { return !s.Urgent }) {
					t.Errorf("%s, %d, %s: nobody but 999", topic, age, nation)
				}
			}
		}
	}
}

func TestProtected(t *testing.T) {
	names, err := directory.Protected(assets.Services, shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"childline.org.uk", "ceop.police.uk", "nspcc.org.uk", "gov.uk", "nhs.uk", "samaritans.org", "talktofrank.com", "iwf.org.uk"} {
		if !slices.Contains(names, want) && !(strings.HasSuffix(want, ".police.uk") && slices.Contains(names, "police.uk")) {
			t.Errorf("%s is not protected", want)
		}
	}
}

// TestWelsh: whoever reads Welsh reads no English but names.
func TestWelsh(t *testing.T) {
	for _, s := range shipped(t) {
		cy := s.In("cy")
		for _, of := range [][2]string{{s.Summary, cy.Summary}, {s.Hours, cy.Hours}, {strings.Join(s.Notes, "\n"), strings.Join(cy.Notes, "\n")}} {
			if of[0] != "" && (of[1] == "" || of[0] == of[1]) {
				t.Errorf("%s: %q is %q in Welsh", s.ID, of[0], of[1])
			}
		}
		if cy.Name == "" || cy.Phone != s.Phone {
			t.Errorf("%s: in Welsh it is %q, %q", s.ID, cy.Name, cy.Phone)
		}
	}
}

func TestBadService(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{`id = "x"`, "summary"},
		{`id = "y"`, `"y" is not the file's name`},
		{"id = \"x\"\nfone = \"1\"", "fone"},
		{`id = "x"` + "\nname = \"X\"\nsummary = \"x\"\nsummary_cy = \"x\"\naudience = [\"learner\"]\ncheck = \"all\"", "no way to reach it"},
		{`id = "x"` + "\nname = \"X\"\nsummary = \"x\"\nsummary_cy = \"x\"\nhours = \"x\"", "hours_cy"},
		{`id = "x"` + "\nname = \"X\"\nsummary = \"x\"\nsummary_cy = \"x\"\nnotes = [\"x\"]", "notes_cy"},
	} {
		_, err := directory.Load(fstest.MapFS{"services/x.toml": {Data: []byte(tt.data)}})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "services/x.toml") {
			t.Errorf("Load(%q) = %v, want an error naming the file and %q", tt.data, err, tt.want)
		}
	}
}
