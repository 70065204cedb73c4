package app_test

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/app"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
	"lessonguard/resources"
)

// posting opens the app for an account of a family whose learners have accounts,
// each one's own; none is one that uses the guardian's.
func posting(t *testing.T, account string, sent *string, accounts ...[]string) *house {
	t.Helper()
	with := family
	with.Provider.Route = &filter.Route{URL: "https://reports.example", Verified: true, Safeguarding: []string{"age1x"}}
	with.Learners = nil
	for _, a := range accounts {
		with.Learners = append(with.Learners, filter.Learner{ID: "1", Name: "Leo", Audience: "learner-ks2", Accounts: a})
	}
	h := live(t, uitest.Plain(), account, func(c *app.Config) {
		c.State = func(string) resources.ReceiptState { return resources.Received }
		c.Send = func(_ context.Context, _ filter.Provider, _ resources.Kind, _ resources.Recipients, p []byte) (string, error) {
			*sent = string(p)
			return "0123", nil
		}
	})
	h.Show(working(), nil, with, nil)
	return h
}

// TestReportSaysWhoWrites has the role in a report: by the account that it is sent
// from, and where a learner uses the guardian's, by what they say themselves.
func TestReportSaysWhoWrites(t *testing.T) {
	asLearner := []string{"danger.no", "about.home", "ui.next", "topic.hurt", "ui.next", "ui.next", "ui.next", "reach.preview"}
	asGuardian := []string{"concern.guardian.about.child", "concern.topic.hurt", "ui.next", "ui.next", "reach.preview"}
	own, none := []string{"leo"}, []string(nil)
	for _, c := range []struct {
		name     string
		account  string
		accounts [][]string
		way      []string // from home
		pages    []string // after it
		want     string   // role
	}{
		{"a learner's account", "leo", [][]string{own}, []string{"place.help", "help.report"}, asLearner, "learner"},
		{"a learner's, one has none", "leo", [][]string{own, none}, []string{"place.help", "help.report"}, asLearner, "learner"},
		{"a guardian's own", "priya", [][]string{own}, []string{"place.help", "help.report"}, asLearner, "guardian"},
		{"a guardian's own, the form", "priya", [][]string{own}, []string{"concern.place"}, asGuardian, "guardian"},
		{"shared, a child", "priya", [][]string{none}, []string{"place.help", "help.report", "who.learner"}, asLearner, "learner"},
		{"shared, a grown-up", "priya", [][]string{none}, []string{"place.help", "help.report", "who.guardian"}, asGuardian, "guardian"},
		{"shared by one of two", "priya", [][]string{own, none}, []string{"place.help", "help.report", "who.learner"}, asLearner, "learner"},
		{"shared by name", "priya", [][]string{{"priya"}}, []string{"place.help", "help.report", "who.learner"}, asLearner, "learner"},
		{"shared, the form, a child", "priya", [][]string{none}, []string{"concern.place", "who.learner"}, asLearner, "learner"},
		{"shared, the form, a grown-up", "priya", [][]string{none}, []string{"concern.place", "who.guardian"}, asGuardian, "guardian"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sent string
			h := posting(t, c.account, &sent, c.accounts...)
			for _, k := range c.way {
				if k == "who.learner" && !h.shows(ui.Text("who.title")) {
					t.Fatalf("nobody is asked who writes:\n%s", uitest.Text(h.content()))
				}
				uitest.Press(t, h.content(), k)
			}
			uitest.Press(t, h.content(), c.pages...)
			if says := h.shows(ui.Text("preview.by_guardian")); c.want == "learner" && (says || !h.shows(ui.Text("preview.report"))) {
				t.Errorf("the preview says that a guardian writes: %v, in:\n%s", says, uitest.Text(h.content()))
			}
			uitest.Press(t, h.content(), "preview.send")
			if want := `"role":"` + c.want + `"`; !strings.Contains(sent, want) || strings.Count(sent, "guardian") > strings.Count(want, "guardian") {
				t.Errorf("sent %s, want %s", sent, want)
			}
		})
	}
}

// TestHelpRequestHasNoRole has nothing in a help-request from a shared account say
// that a guardian asked.
func TestHelpRequestHasNoRole(t *testing.T) {
	var sent string
	h := posting(t, "priya", &sent, nil)
	uitest.Press(t, h.content(), "place.help", "help.childline", "service.open_and_tell", "about.me", "ui.next", "reach.preview")
	preview := uitest.Text(h.content())
	uitest.Press(t, h.content(), "preview.send")
	for _, text := range []string{sent, preview} {
		if text == "" || strings.Contains(text, "uardian") || strings.Contains(text, `"role"`) {
			t.Errorf("it says who asks: %q", text)
		}
	}
}

// TestWhoIsAskedAnew keeps nothing of who wrote: whoever sits here next may be
// another. Enter, which somebody may still hold, chooses nothing.
func TestWhoIsAskedAnew(t *testing.T) {
	leave := map[string]func(*house){
		"home":    func(h *house) { uitest.Press(t, h.content(), "place.home") },
		"closed":  func(h *house) { h.Leave() },
		"button":  func(h *house) { uitest.Press(t, h.content(), "help.exit") },
		"privacy": func(h *house) { uitest.Press(t, h.content(), "place.privacy") },
	}
	for _, way := range [][]string{{"place.help", "help.report"}, {"concern.place"}} {
		for _, answer := range []string{"who.learner", "who.guardian"} {
			for name, do := range leave {
				t.Run(strings.Join(way, " ")+" "+answer+" "+name, func(t *testing.T) {
					var sent string
					h := posting(t, "priya", &sent, nil)
					for range 2 {
						uitest.Press(t, h.content(), way...)
						if f := h.window.Canvas().Focused(); f != nil {
							f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
						}
						if on := h.window.Canvas().OnTypedKey(); on != nil {
							on(&fyne.KeyEvent{Name: fyne.KeyReturn})
						}
						if !h.shows(ui.Text("who.title")) {
							t.Fatalf("nobody is asked who writes:\n%s", uitest.Text(h.content()))
						}
						uitest.Press(t, h.content(), answer)
						do(h)
					}
				})
			}
		}
	}
}

// TestWhoByKeys chooses by the keyboard alone.
func TestWhoByKeys(t *testing.T) {
	for _, answer := range []string{"who.learner", "who.guardian"} {
		var sent string
		h := posting(t, "priya", &sent, nil)
		uitest.Press(t, h.content(), "place.help", "help.report")
		b := uitest.Find(h.content(), ui.Text(answer))
		for range 30 {
			h.window.Canvas().FocusNext()
			if f := h.window.Canvas().Focused(); any(f) == any(b) {
				f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
				break
			}
		}
		if want := map[string]string{"who.learner": "danger.title", "who.guardian": "concern.guardian.line"}[answer]; !h.shows(ui.Text(want)) {
			t.Errorf("%s by keys shows:\n%s", answer, uitest.Text(h.content()))
		}
	}
}

// asking notes what is asked of it about activity.
type asking struct {
	*service
	asked *int
}

func (a asking) Activity(context.Context, filter.ActivityQuery) (filter.Activity, error) {
	*a.asked++
	social := filter.SocialMedia
	return filter.Activity{Counts: map[filter.Category]int{social: 3}, Blocked: []filter.BlockedName{
		{Name: "www.tiktok.com", Reason: filter.Listed, Category: &social, Count: 3, Last: uitest.Noon()},
	}}, nil
}

// TestSeenFromHelp opens on every account what a guardian can see. A guardian's
// account asks the service nothing: it would take the PIN, and be in the diary.
func TestSeenFromHelp(t *testing.T) {
	shared, grown, unwatched := family, family, family
	shared.Learners = []filter.Learner{{ID: "1", Name: "Leo", Audience: "learner-ks2"}}
	grown.Learners = []filter.Learner{{ID: "1", Name: "Leo", Audience: "learner-adult", Adult: true, OptedIn: true}}
	unwatched.Learners = []filter.Learner{{ID: "1", Name: "Leo", Audience: "learner-adult", Adult: true, Accounts: []string{"leo"}}}
	for _, c := range []struct {
		name, account string
		household     filter.Household
		title         string
		want          []string // keys
		names         bool     // and the names that were blocked
	}{
		{"learner", "leo", family, "seen.title", []string{"seen.1", "seen.3"}, true},
		{"guardian", "priya", family, "seen.title", []string{"seen.1", "seen.not_here"}, false},
		{"shared", "priya", shared, "seen.title", []string{"seen.1", "seen.not_here"}, false},
		{"shared with an adult", "priya", grown, "seen.adult.title", []string{"seen.adult.1", "seen.adult.not_here"}, false},
		{"an adult who said no", "leo", unwatched, "seen.adult.title", []string{"seen.adult.unwatched"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := 0
			h := live(t, uitest.Plain(), c.account, func(app *app.Config) {
				app.Control = asking{app.Control.(*service), &asked}
			})
			h.Show(working(), nil, c.household, nil)
			uitest.Press(t, h.content(), "place.help", c.title)
			for _, key := range c.want {
				if !h.shows(ui.Text(key)) {
					t.Errorf("%s is not shown in:\n%s", key, uitest.Text(h.content()))
				}
			}
			if got := h.shows("www.tiktok.com"); got != c.names || asked > 0 != c.names {
				t.Errorf("names shown: %v, asked %d times; want %v", got, asked, c.names)
			}
			if strings.HasPrefix(c.title, "seen.adult") && h.shows("grown-up") {
				t.Errorf("an adult has a grown-up:\n%s", uitest.Text(h.content()))
			}
		})
	}
}
