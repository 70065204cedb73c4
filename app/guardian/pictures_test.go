package guardian_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

var (
	guardianText = agreements.Agreement{ID: "kst-guardian", Provider: "kst", Audience: agreements.Guardian, Version: 3, Title: "Your agreement about online lessons", Language: "en"}
	learnerText  = agreements.Agreement{ID: "kst-learner-ks1", Provider: "kst", Audience: agreements.LearnerKS1, Version: 2, Title: "Safe lessons", Language: "en"}
)

var accepted = []agreements.Acceptance{
	{Agreement: "kst-guardian", Version: 3, Language: "en", Name: "Priya Shah", At: uitest.Noon().AddDate(0, 0, -9), Audience: agreements.Guardian},
	{Agreement: "kst-learner-ks1", Version: 1, Language: "en", Name: "Leo", TalkedBy: "Priya Shah", At: uitest.Noon().AddDate(0, -4, 0), Audience: agreements.LearnerKS1},
}

var household = filter.Household{
	Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring"}, Guardians: []string{"priya"},
	Learners: []filter.Learner{{ID: "1", Name: "Leo", Audience: "learner-ks1"}},
}

func working() filter.Status {
	return filter.Status{
		State: filter.Filtering, Hook: "nftables", Names: 1_482_113, Lists: 23, PINSet: true, Provider: "Key Stage Tutoring",
		Restricted: filter.NoRestricted, Listen: "127.0.0.1:53",
	}
}

func config(c filter.Control) guardian.Config {
	return guardian.Config{
		Control: c, Canvas: func() fyne.Canvas { return lastCanvas() },
		Agreements: []agreements.Agreement{guardianText, learnerText},
		Accepted:   func(context.Context) ([]agreements.Acceptance, error) { return accepted, nil },
		Help:       func() {}, Levels: func() {}, Language: "en",
		Now: uitest.Noon, Do: uitest.AtOnce,
	}
}

func TestHomePictures(t *testing.T) {
	looks, all := uitest.Looks(), uitest.AllLooks()
	lesson := working()
	lesson.Lesson = filter.Lesson{On: true, Until: uitest.Noon().Add(time.Hour), Style: filter.NoDistractions, By: "leo"}
	weekly := working()
	weekly.Next = uitest.Noon().AddDate(0, 0, 3).Add(4 * time.Hour)
	starter := working()
	starter.Starter, starter.Names, starter.Hook, starter.Restricted, starter.PINSet = true, 412, "none", filter.SampleRestricted, false
	starter.Listen = "127.0.0.1:5354"
	gone := working()
	gone.State, gone.Gap = filter.LetGo, filter.NoticeNoResolver
	resting := working()
	resting.State, resting.Restricted = filter.Resting, filter.LicensedRestricted
	noted := working()
	noted.Noticed = uitest.Noon()
	for _, c := range []struct {
		name   string
		looks  []uitest.Look
		status filter.Status
		err    error
	}{
		{"home-off", all, working(), nil},
		{"home-on", all, lesson, nil},
		{"home-weekly", all, weekly, nil},
		{"home-trial", looks[:1], starter, nil},
		{"home-let-go", all, gone, nil},
		{"home-resting", all, resting, nil},
		{"home-notices", looks[:1], noted, nil},
		{"home-not-running", looks, filter.Status{}, filter.ErrNotRunning},
	} {
		uitest.Pictures(t, c.name, c.looks, func(*testing.T) fyne.CanvasObject {
			s := newService()
			s.notices = happened()
			h := guardian.NewHome(config(s), household)
			h.Show(c.status, c.err)
			return h.Content()
		})
	}
}

// TestNoticesPictures shows what lies below the fold of the home.
func TestNoticesPictures(t *testing.T) {
	uitest.Pictures(t, "notices", uitest.AllLooks(), func(*testing.T) fyne.CanvasObject {
		s := newService()
		s.notices = happened()
		h := guardian.NewHome(config(s), household)
		noted := working()
		noted.Noticed = uitest.Noon()
		h.Show(noted, nil)
		return ui.Page(guardian.NoticesOf(h))
	})
}

// happened is what a bad week brings.
func happened() []filter.Notice {
	at := func(days, hour, minute int) time.Time {
		y, m, d := uitest.Noon().AddDate(0, 0, -days).Date()
		return time.Date(y, m, d, hour, minute, 0, 0, time.Local)
	}
	return []filter.Notice{
		{Kind: filter.NoticeNoResolver, From: at(0, 9, 2), To: at(0, 9, 14), Times: 3},
		{Kind: filter.NoticeTunnel, From: at(1, 19, 40), To: at(1, 19, 40)},
		{Kind: filter.NoticeKilled, From: at(3, 23, 50), To: at(2, 7, 5)},
		{Kind: filter.NoticeHosts, From: at(4, 16, 30), To: at(4, 16, 30)},
		{Kind: filter.NoticeUndone, From: at(5, 16, 30), To: at(5, 16, 30), Times: 41},
		{Kind: filter.NoticeResolvers, From: at(6, 16, 30), To: at(6, 16, 30)},
	}
}
