package guardian_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// observer is a filter that has seen something.
type observer struct {
	filter.Control

	seen  map[string]filter.Activity // by learner
	asked []filter.ActivityQuery
	err   error
}

func (o *observer) Activity(_ context.Context, q filter.ActivityQuery) (filter.Activity, error) {
	o.asked = append(o.asked, q)
	return o.seen[q.Learner], o.err
}

func blocked(name string, c filter.Category, n int, ago time.Duration) filter.BlockedName {
	parsed, err := filter.ParseName(name)
	if err != nil {
		panic(err)
	}
	return filter.BlockedName{Name: parsed, Reason: filter.Listed, Category: &c, Count: n, Last: uitest.Noon().Add(-ago)}
}

func seen() map[string]filter.Activity {
	return map[string]filter.Activity{"1": {
		Counts: map[filter.Category]int{filter.SocialMedia: 212, filter.Games: 41, filter.SelfHarm: 1},
		Others: map[filter.Reason]int{filter.RestrictedList: 1, filter.OwnRule: 3},
		Blocked: []filter.BlockedName{
			blocked("www.tiktok.com", filter.SocialMedia, 208, time.Minute),
			blocked("apis.roblox.com", filter.Games, 41, 26*time.Hour),
		},
		Dropped: 4,
	}}
}

func TestActivityPictures(t *testing.T) {
	looks, all := uitest.Looks(), uitest.AllLooks()
	two := household
	two.Learners = append([]filter.Learner{}, household.Learners...)
	two.Learners = append(two.Learners, filter.Learner{ID: "2", Name: "Amina"})
	for _, c := range []struct {
		name   string
		looks  []uitest.Look
		seen   map[string]filter.Activity
		err    error
		family filter.Household
	}{
		{"activity", all, seen(), nil, two},
		{"activity-none", looks, nil, nil, household},
		{"activity-not-running", looks[:1], nil, filter.ErrNotRunning, household},
	} {
		uitest.Pictures(t, c.name, c.looks, func(*testing.T) fyne.CanvasObject {
			return guardian.NewActivity(config(&observer{seen: c.seen, err: c.err}), c.family, func() {}).Content()
		})
	}
}

// TestActivity asks for seven days of the learner who is chosen, and shows every
// name when asked to.
func TestActivity(t *testing.T) {
	many := seen()
	var names []filter.BlockedName
	for i := range 40 {
		names = append(names, blocked(fmt.Sprintf("n%d.example.org", i), filter.Games, 1, time.Duration(i)*time.Minute))
	}
	many[""] = filter.Activity{Counts: map[filter.Category]int{filter.Games: 40}, Blocked: names}
	o := &observer{seen: many}
	var a *guardian.Activity
	uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		a = guardian.NewActivity(config(o), household, func() {})
		return a.Content()
	})
	if len(o.asked) != 1 || o.asked[0].Learner != "1" || !o.asked[0].Since.Equal(uitest.Noon().AddDate(0, 0, -7)) {
		t.Errorf("the service was asked for %+v, want seven days of the first learner", o.asked)
	}
	uitest.Press(t, a.Content(), "activity.nobody")
	if text := uitest.Text(a.Content()); strings.Contains(text, "n39.example.org") || strings.Contains(text, "tiktok") {
		t.Errorf("too much is shown:\n%s", text)
	}
	uitest.Find(a.Content(), ui.Text("activity.all", "Number", "40")).Tapped(nil)
	if text := uitest.Text(a.Content()); !strings.Contains(text, "n39.example.org") {
		t.Errorf("the last name is missing:\n%s", text)
	}
}

// TestActivityOfAdults: nothing is kept of a learner of age, so they are not
// among those to choose from.
func TestActivityOfAdults(t *testing.T) {
	h := filter.Household{Learners: []filter.Learner{{ID: "3", Name: "Grace", Adult: true}}}
	o := &observer{err: errors.New("no")}
	uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		return guardian.NewActivity(config(o), h, func() {}).Content()
	})
	if len(o.asked) != 1 || o.asked[0].Learner != "" {
		t.Errorf("the service was asked for %+v", o.asked)
	}
}
