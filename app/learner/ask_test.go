package learner_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// taker is a filter that takes what is asked of it, or does not.
type taker struct {
	filter.Control
	asked []filter.Ask
	err   error
}

func (k *taker) Ask(_ context.Context, a filter.Ask) error {
	k.asked = append(k.asked, a)
	return k.err
}

func asks(k *taker, l filter.Learner) *learner.Home {
	h := learner.NewHome(learner.HomeConfig{Control: k, Learner: l, Help: func() {}, Now: uitest.Noon, Do: uitest.AtOnce})
	h.Show(filter.Status{State: filter.Filtering}, nil)
	return h
}

// TestAsk asks for a site, as it was written or copied, and says what came of it:
// who will see it, or what was wrong with it.
func TestAsk(t *testing.T) {
	for _, c := range []struct {
		name      string
		site, why string
		err       error
		want      filter.Ask // zero: nothing is asked
		says      string     // key
	}{
		{"a name", "museum.example", "my homework", nil, filter.Ask{Name: "museum.example", Why: "my homework"}, "ask.asked"},
		{"no words", " Game.Example ", " ", nil, filter.Ask{Name: "game.example"}, "ask.asked"},
		{"an address", "https://www.bbc.co.uk:443/bitesize?q=1#top", "", nil, filter.Ask{Name: "www.bbc.co.uk"}, "ask.asked"},
		{"an address without its start", "www.bbc.co.uk/bitesize", "", nil, filter.Ask{Name: "www.bbc.co.uk"}, "ask.asked"},
		{"Welsh letters", "tŷ.cymru", "", nil, filter.Ask{Name: "xn--t-foa.cymru"}, "ask.asked"},
		{"nothing", "  ", "please", nil, filter.Ask{}, "ask.wrong"},
		{"a word", "roblox", "", nil, filter.Ask{}, "ask.wrong"},
		{"two words", "the bbc", "", nil, filter.Ask{}, "ask.wrong"},
		{"a suffix", "co.uk", "", nil, filter.Ask{}, "ask.wrong"},
		{"a number", "192.0.2.1", "", nil, filter.Ask{}, "ask.wrong"},
		{"a number of the new kind", "http://[2001:db8::1]/", "", nil, filter.Ask{}, "ask.wrong"},
		{"odd", "http://%zz/", "", nil, filter.Ask{}, "ask.wrong"},
		{"many words", "game.example", strings.Repeat("x", 500), nil, filter.Ask{Name: "game.example", Why: strings.Repeat("x", 500)}, "ask.asked"},
		{"too many words", "game.example", strings.Repeat("ŵ", 251), nil, filter.Ask{}, "ask.long"},
		{"refused", "game.example", "", fmt.Errorf("asking: %w", filter.ErrBadAsk), filter.Ask{Name: "game.example"}, "ask.wrong"},
		{"too many", "game.example", "x", filter.ErrTooMany, filter.Ask{Name: "game.example", Why: "x"}, "ask.too_many"},
		{"busy", "game.example", "x", filter.ErrBusy, filter.Ask{Name: "game.example", Why: "x"}, "ask.busy"},
		{"not running", "game.example", "x", filter.ErrNotRunning, filter.Ask{Name: "game.example", Why: "x"}, "ask.failed"},
		{"another error", "game.example", "x", errors.New("disk full"), filter.Ask{Name: "game.example", Why: "x"}, "ask.failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &taker{err: c.err}
			var h *learner.Home
			uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject { h = asks(k, filter.Learner{}); return h.Content() })
			uitest.Press(t, h.Content(), "ask.title")
			uitest.Write(t, h.Content(), 0, c.site)
			uitest.Write(t, h.Content(), 1, c.why)
			uitest.Press(t, h.Content(), "ask.button")
			if c.want == (filter.Ask{}) && len(k.asked) > 0 || c.want != (filter.Ask{}) && (len(k.asked) != 1 || k.asked[0] != c.want) {
				t.Errorf("asked %.80v, want %.80v", k.asked, c.want)
			}
			text := uitest.Text(h.Content())
			shows(t, text, ui.Text(c.says))
			asked := c.says == "ask.asked"
			if got := strings.Contains(text, ui.Text("ask.asked")); got != asked {
				t.Errorf("it says that it was asked: %v, want %v", got, asked)
			}
			if asked {
				shows(t, text, string(c.want.Name), ui.Text("ask.asked_line"))
			} else if !strings.Contains(text, c.site) || !strings.Contains(text, c.why) {
				t.Errorf("what was written is gone:\n%s", text)
			}
			if c.err != nil && strings.Contains(text, c.err.Error()) {
				t.Errorf("it says %q to a child", c.err)
			}
			for _, key := range []string{"ui.back", "ask.title"} { // whoever comes back may be another
				uitest.Press(t, h.Content(), key)
				if text := uitest.Text(h.Content()); c.want.Name != "" && strings.Contains(text, string(c.want.Name)) || c.want.Why != "" && strings.Contains(text, c.want.Why) && len(c.want.Why) > 1 {
					t.Errorf("what was asked for stays:\n%s", text)
				}
			}
		})
	}
}

// TestAskOnce asks once however often the button is pressed.
func TestAskOnce(t *testing.T) {
	k := &taker{}
	var work, done []func()
	var h *learner.Home
	uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		h = learner.NewHome(learner.HomeConfig{Control: k, Help: func() {}, Now: uitest.Noon, Do: func(w, d func()) {
			work, done = append(work, w), append(done, d)
		}})
		return h.Content()
	})
	uitest.Press(t, h.Content(), "ask.title")
	uitest.Write(t, h.Content(), 0, "game.example")
	uitest.Press(t, h.Content(), "ask.button", "ask.button")
	if len(work) != 1 {
		t.Fatalf("begun %d times, want once", len(work))
	}
	uitest.AtOnce(work[0], done[0])
	shows(t, uitest.Text(h.Content()), ui.Text("ask.asked"))
	uitest.Write(t, h.Content(), 0, "other.example")
	uitest.Press(t, h.Content(), "ask.button")
	if len(work) != 2 {
		t.Error("the next one is not asked")
	}
}

// TestAskIsForLearners says who decides, and offers nothing to an adult for whom
// nobody does.
func TestAskIsForLearners(t *testing.T) {
	grown := filter.Learner{Audience: "learner-adult", Adult: true}
	opted := grown
	opted.OptedIn = true
	for _, c := range []struct {
		name        string
		learner     filter.Learner
		want, never string // keys
	}{
		{"a child", filter.Learner{Audience: "learner-ks2"}, "ask.line", "ask.adult.line"},
		{"not known", filter.Learner{}, "ask.line", "ask.adult.line"},
		{"an adult who is filtered", opted, "ask.adult.line", "ask.line"},
		{"an adult who is not", grown, "seen.adult.unwatched", "ask.title"},
	} {
		var h *learner.Home
		uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject { h = asks(&taker{}, c.learner); return h.Content() })
		text := uitest.Text(h.Content())
		if uitest.Find(h.Content(), ui.Text("ask.title")) != nil {
			uitest.Press(t, h.Content(), "ask.title")
			text += uitest.Text(h.Content())
		}
		shows(t, text, ui.Text(c.want))
		if strings.Contains(text, ui.Text(c.never)) {
			t.Errorf("%s: %s is shown in:\n%s", c.name, c.never, text)
		}
	}
}

func TestAskPictures(t *testing.T) {
	for _, c := range []struct {
		name, site string
		err        error
	}{
		{"asked", "www.bbc.co.uk", nil},
		{"ask-failed", "www.bbc.co.uk", filter.ErrNotRunning},
		{"ask-wrong", "roblox", nil},
	} {
		uitest.Pictures(t, c.name, uitest.AllLooks(), func(t *testing.T) fyne.CanvasObject {
			h := asks(&taker{err: c.err}, filter.Learner{Name: "Leo"})
			uitest.Press(t, h.Content(), "ask.title")
			uitest.Write(t, h.Content(), 0, c.site)
			uitest.Press(t, h.Content(), "ask.button")
			return h.Content()
		})
	}
}
