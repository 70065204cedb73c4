package guardian_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// TestWeekly adds weekly lessons by keyboard, is told of what is none, takes one
// away and saves the rest.
func TestWeekly(t *testing.T) {
	s := newService()
	s.locked = false
	s.policy.Timetable = filter.Timetable{{Day: time.Saturday, From: 10 * time.Hour, To: 11 * time.Hour}}
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		return guardian.NewLevels(config(s), func() {}).Content()
	})
	said := func(key string) bool { return strings.Contains(uitest.Text(w.Content()), ui.Text(key)) }
	day := focus(t, w, func(f fyne.Focusable) bool {
		seg, ok := f.(*ui.Segment)
		return ok && strings.HasPrefix(seg.AccessibilityLabel(), ui.Text("weekly.day"))
	})
	to := focus(t, w, func(f fyne.Focusable) bool { e, ok := f.(*ui.Entry); return ok && e.Text == "17:00" }).(*ui.Entry)

	day.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	to.SetText("17.30")
	uitest.Press(t, w.Content(), "weekly.add")
	if said("weekly.bad") {
		t.Errorf("17.30 is no time:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "weekly.add")
	if !said("weekly.there") {
		t.Error("the same lesson is taken twice")
	}
	for _, wrong := range []string{"", "five", "15:00", "25:00"} {
		to.SetText(wrong)
		uitest.Press(t, w.Content(), "weekly.add")
		if !said("weekly.bad") {
			t.Errorf("until %q: it is taken", wrong)
		}
	}
	to.SetText("")
	test.Type(to, "20:00")
	to.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	uitest.Press(t, w.Content(), "weekly.remove", "levels.save") // the last of the week
	want := filter.Timetable{
		{Day: time.Tuesday, From: 16 * time.Hour, To: 17*time.Hour + 30*time.Minute},
		{Day: time.Tuesday, From: 16 * time.Hour, To: 20 * time.Hour},
	}
	if !slices.Equal(s.policy.Timetable, want) {
		t.Errorf("saved %v, want %v", s.policy.Timetable, want)
	}
}

func TestWeeklyPictures(t *testing.T) {
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			s := newService()
			s.policy.Timetable = filter.Timetable{{Day: time.Thursday, From: 17 * time.Hour, To: 18 * time.Hour}}
			w := uitest.Open(t, l, func(*testing.T) fyne.CanvasObject {
				return guardian.NewLevels(config(s), func() {}).Content()
			})
			uitest.Press(t, w.Content(), "weekly.add", "weekly.add")
			focus(t, w, func(f fyne.Focusable) bool {
				b, ok := f.(*ui.Button)
				return ok && b.AccessibilityLabel() == ui.Text("weekly.add")
			})
			uitest.Compare(t, "levels-weekly", l, w)
		})
	}
}
