package learner_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// observer is a filter that tells what was blocked, and notes what was asked.
type observer struct {
	filter.Control
	seen  filter.Activity
	err   error
	asked []filter.ActivityQuery
}

func (o *observer) Activity(_ context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	o.asked = append(o.asked, q)
	return o.seen, o.err
}

func someActivity() filter.Activity {
	games, social := filter.Games, filter.SocialMedia
	return filter.Activity{
		Counts: map[filter.Category]int{filter.SelfHarm: 1, games: 41, social: 212},
		Others: map[filter.Reason]int{filter.RestrictedList: 1, filter.OwnRule: 3},
		Blocked: []filter.BlockedName{
			{Name: "www.tiktok.com", Reason: filter.Listed, Category: &social, Count: 208, Last: uitest.Noon().Add(-time.Minute)},
			{Name: "apis.roblox.com", Reason: filter.Listed, Category: &games, Count: 1, Last: uitest.Noon().Add(-time.Hour)},
		},
	}
}

func home(o *observer) *learner.Home {
	h := learner.NewHome(learner.HomeConfig{
		Control: o, Learner: filter.Learner{ID: "1", Name: "Leo"}, Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring"},
		Help: func() {}, Now: uitest.Noon, Do: uitest.AtOnce,
	})
	h.Show(filter.Status{State: filter.Filtering}, nil)
	return h
}

// TestSeen shows a learner what the guardian sees of them: of the last week, of
// nobody else, in the guardian's words.
func TestSeen(t *testing.T) {
	o := &observer{seen: someActivity()}
	var h *learner.Home
	uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject { h = home(o); return h.Content() })
	uitest.Press(t, h.Content(), "seen.open")
	if len(o.asked) != 1 || o.asked[0].Learner != "" || !o.asked[0].Since.Equal(uitest.Noon().Add(-7*24*time.Hour)) {
		t.Errorf("asked for %+v, want the account's own of seven days", o.asked)
	}
	shows(t, uitest.Text(h.Content()), "www.tiktok.com", "apis.roblox.com", "212", "41", ui.Text("category.self-harm"), ui.Text("activity.reason.own-rule"),
		ui.Text("activity.never"), ui.Text("activity.once", "When", "21 November 2026, 11:00"))
	uitest.Press(t, h.Content(), "ui.back")
	if text := uitest.Text(h.Content()); strings.Contains(text, "tiktok") || !strings.Contains(text, ui.Text("learner.help")) {
		t.Errorf("back does not lead home: %s", text)
	}
	o.err = errors.New("no answer")
	uitest.Press(t, h.Content(), "seen.open")
	shows(t, uitest.Text(h.Content()), ui.Text("seen.failed"))
	h.Front()
	shows(t, uitest.Text(h.Content()), ui.Text("learner.help"))
}

// TestHomeIsHonest says that games are closed only where they are: not while the
// filter has stepped aside, though a lesson is on.
func TestHomeIsHonest(t *testing.T) {
	lesson := filter.Lesson{On: true, Until: uitest.Noon().Add(time.Hour)}
	for _, c := range []struct {
		name   string
		status filter.Status
		err    error
		want   []string // keys of what is said
		closed bool     // and that games are closed
		starts bool     // and a lesson can be started
	}{
		{"on", filter.Status{State: filter.Filtering, Lesson: lesson}, nil, []string{"lesson.on"}, true, false},
		{"off", filter.Status{State: filter.Filtering}, nil, []string{"lesson.off"}, false, true},
		{"no internet", filter.Status{State: filter.NoUpstream, Lesson: lesson}, nil, []string{"lesson.on"}, true, false},
		{"only in lessons", filter.Status{State: filter.Resting}, nil, []string{"lesson.off", "learner.resting"}, false, true},
		{"let go, on", filter.Status{State: filter.LetGo, Gap: filter.NoticeNoResolver, Lesson: lesson}, nil, []string{"filter.let_go", "learner.not_running"}, false, false},
		{"let go, off", filter.Status{State: filter.LetGo, Gap: filter.NoticeNoHook}, nil, []string{"filter.let_go", "learner.not_running"}, false, false},
		{"starting", filter.Status{State: filter.LetGo, Lesson: lesson}, nil, []string{"filter.starting"}, false, false},
		{"not running", filter.Status{Lesson: lesson}, filter.ErrNotRunning, []string{"filter.not_working", "learner.not_running"}, false, false},
	} {
		var h *learner.Home
		uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject { h = home(&observer{}); return h.Content() })
		h.Show(c.status, c.err)
		text := uitest.Text(h.Content())
		for _, key := range c.want {
			shows(t, text, ui.Text(key))
		}
		until := ui.Text("learner.lesson_until", "Time", "13:00")
		if rests := c.status.State == filter.Resting; strings.Contains(text, ui.Text("learner.resting")) != rests {
			t.Errorf("%s: want that nothing is filtered %v, in:\n%s", c.name, rests, text)
		}
		if strings.Contains(text, until) != c.closed || strings.Contains(text, ui.Text("learner.start")) != c.starts {
			t.Errorf("%s: want games closed %v and a start offered %v, in:\n%s", c.name, c.closed, c.starts, text)
		}
	}
}

func TestSeenPictures(t *testing.T) {
	looks := uitest.Looks()
	for _, c := range []struct {
		name  string
		looks []uitest.Look
		seen  *observer
	}{
		{"seen", looks, &observer{seen: someActivity()}},
		{"seen-nothing", looks[:1], &observer{}},
		{"seen-failed", looks[:1], &observer{err: errors.New("no answer")}},
	} {
		uitest.Pictures(t, c.name, c.looks, func(t *testing.T) fyne.CanvasObject {
			h := home(c.seen)
			uitest.Press(t, h.Content(), "seen.open")
			return h.Content()
		})
	}
}
