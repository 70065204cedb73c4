package app_test

import (
	"context"
	"strings"
	"testing"

	"lessonguard/app"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
	"lessonguard/resources"
)

// worried opens the app for an adult who writes "secret words" in the form that
// tells the provider of a worry. Each has another way to it.
func worried(t *testing.T, role string) *house {
	t.Helper()
	told := family
	told.Provider.Route = &filter.Route{URL: "https://reports.kst.example", Verified: true, Safeguarding: []string{"age1x"}, Oversight: []string{"age1y"}}
	h := live(t, uitest.Plain(), "priya", func(c *app.Config) {
		c.Tutor = role == "tutor"
		c.KeepProvider = func(_ context.Context, p filter.Provider) (filter.Provider, error) { return p, nil }
	})
	if role == "tutor" {
		h.Show(filter.Status{}, nil, filter.Household{Provider: told.Provider}, nil)
	} else {
		h.Show(working(), nil, told, nil)
		uitest.Press(t, h.content(), "concern.place")
	}
	uitest.Press(t, h.content(), "concern."+role+".about.child", "ui.next")
	uitest.Write(t, h.content(), 0, "secret words")
	if !h.shows("secret words") {
		t.Fatal("nothing was written")
	}
	return h
}

func (h *house) shows(s string) bool { return strings.Contains(uitest.Text(h.content()), s) }

// TestAdultsDraft keeps what an adult is writing while they make the text bigger
// and while something is learnt of the family, and forgets it when the window is
// closed, when they leave by the button, and when they go elsewhere.
func TestAdultsDraft(t *testing.T) {
	for _, role := range []string{"guardian", "tutor"} {
		for _, c := range []struct {
			name string
			do   func(*house)
			kept bool
		}{
			{"display", func(h *house) { uitest.Press(t, h.content(), "place.display") }, true},
			{"something learnt", func(h *house) {
				learnt := h.Household()
				learnt.Learners = append([]filter.Learner{{ID: "2", Name: "Mia"}}, learnt.Learners...)
				h.Show(working(), nil, learnt, nil)
			}, true},
			{"another provider", func(h *house) {
				learnt := h.Household()
				learnt.Provider.ID = "other"
				h.Show(working(), nil, learnt, nil)
			}, false},
			{"closed", func(h *house) { h.Leave() }, false},
			{"closed behind display", func(h *house) { uitest.Press(t, h.content(), "place.display"); h.Leave() }, false},
			{"left by the button", func(h *house) { uitest.Press(t, h.content(), "help.exit") }, false},
			{"help", func(h *house) { h.ShowHelp() }, false},
		} {
			t.Run(role+"/"+c.name, func(t *testing.T) {
				h := worried(t, role)
				c.do(h)
				uitest.Press(t, h.content(), "concern.place")
				if got := h.shows("secret words"); got != c.kept {
					t.Errorf("the words are there: %v, want %v", got, c.kept)
				}
				if !c.kept && !h.shows(ui.Text("concern.about")) {
					t.Errorf("the form does not start anew:\n%s", uitest.Text(h.content()))
				}
			})
		}
	}
}

// TestTutorLeaves shows nothing of what a tutor wrote once the window is closed,
// before anybody presses anything.
func TestTutorLeaves(t *testing.T) {
	for name, leave := range map[string]func(*house){
		"closed": func(h *house) { h.Leave() },
		"button": func(h *house) { uitest.Press(t, h.content(), "help.exit") },
	} {
		h := worried(t, "tutor")
		leave(h)
		if h.shows("secret words") || !h.shows(ui.Text("concern.about")) {
			t.Errorf("%s: the page is\n%s", name, uitest.Text(h.content()))
		}
	}
}

// TestTutorsHelpSaysSo has the role in a report that a tutor sends from the help
// page: a DSL must not take it for a child's.
func TestTutorsHelpSaysSo(t *testing.T) {
	var payload string
	h := live(t, uitest.Plain(), "tom", func(c *app.Config) {
		c.Tutor = true
		c.State = func(string) resources.ReceiptState { return resources.Received }
		c.Send = func(_ context.Context, _ filter.Provider, _ resources.Kind, _ resources.Recipients, p []byte) (string, error) {
			payload = string(p)
			return "0123", nil
		}
	})
	teaches := family.Provider
	teaches.Route = &filter.Route{URL: "https://reports.example", Verified: true, Safeguarding: []string{"age1x"}}
	h.Show(working(), nil, filter.Household{Provider: teaches}, nil)
	h.ShowHelp()
	uitest.Press(t, h.content(), "help.report", "danger.no", "about.friend", "ui.next", "topic.bullying", "ui.next", "ui.next", "ui.next", "reach.preview")
	if !h.shows(ui.Text("preview.by_tutor")) || h.shows(ui.Text("preview.report")) {
		t.Errorf("the preview does not say who writes:\n%s", uitest.Text(h.content()))
	}
	uitest.Press(t, h.content(), "preview.send")
	if want := `"role":"tutor"`; !strings.Contains(payload, want) {
		t.Errorf("sent %s, want %s", payload, want)
	}
}
