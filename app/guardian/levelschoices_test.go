package guardian_test

import (
	"strings"
	"testing"

	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// TestLessonStyle is saved, and is no matter of the age: that stays chosen, and
// another age changes no style.
func TestLessonStyle(t *testing.T) {
	s := newService()
	w := openLevels(t, uitest.Plain(), s)
	said := func(key string) bool { return strings.Contains(uitest.Text(w.Content()), ui.Text(key)) }
	focus(t, w, segment("levels.style")).TypedKey(right)
	if !said("levels.style.approved-only.line") || said("levels.style.no-distractions.line") {
		t.Errorf("what it means is not said:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "level.under-11", "levels.save")
	want := filter.Under11.Level()
	want.Style = filter.ApprovedOnly
	if s.policy.Level != want {
		t.Errorf("saved %+v, want %+v", s.policy.Level, want)
	}
	w = openLevels(t, uitest.Plain(), s)
	if focus(t, w, segment("levels.style")).(*ui.Segment).Chosen() != string(filter.ApprovedOnly) || said("category.games.line") {
		t.Errorf("an age with approved sites only is shown as a choice of one's own:\n%s", uitest.Text(w.Content()))
	}
	focus(t, w, segment("levels.style")).TypedKey(left)
	uitest.Press(t, w.Content(), "levels.save")
	if s.policy.Level != filter.Under11.Level() {
		t.Errorf("saved %+v, want the level of under 11", s.policy.Level)
	}
}

// TestGuardiansLevel is chosen, kept where no screen made it, and given up.
func TestGuardiansLevel(t *testing.T) {
	s := newService()
	w := openLevels(t, uitest.Plain(), s)
	choice := focus(t, w, segment("levels.guardians"))
	choice.TypedKey(right)
	uitest.Press(t, w.Content(), "levels.save")
	if got := s.policy.Guardians; got == nil || *got != filter.GuardianLevel() {
		t.Errorf("saved %+v", got)
	}
	own := filter.GuardianLevel()
	own.SafeSearch = false
	s.policy.Guardians = &own
	w = openLevels(t, uitest.Plain(), s)
	choice = focus(t, w, segment("levels.guardians"))
	choice.TypedKey(left)
	choice.TypedKey(right)
	uitest.Press(t, w.Content(), "levels.save")
	if got := s.policy.Guardians; got == nil || *got != own {
		t.Errorf("saved %+v, want what there was", got)
	}
	choice.TypedKey(left)
	uitest.Press(t, w.Content(), "levels.save")
	if s.policy.Guardians != nil {
		t.Errorf("saved %+v, want the learners'", s.policy.Guardians)
	}
}

// TestYouTube: what the level says of it is shown, and can be chosen while safe
// search is on.
func TestYouTube(t *testing.T) {
	s := newService()
	w := openLevels(t, uitest.Plain(), s)
	said := func(key string) bool { return strings.Contains(uitest.Text(w.Content()), ui.Text(key)) }
	if !said("levels.safe_search_on") {
		t.Error("strict is not said")
	}
	uitest.Press(t, w.Content(), "level.16-plus")
	if !said("levels.safe_search_moderate") || said("levels.safe_search_on") {
		t.Errorf("16 and over is moderate, and shown is:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "level.own")
	youtube := focus(t, w, segment("levels.youtube")).(*ui.Segment)
	if youtube.Chosen() != string(filter.YouTubeModerate) {
		t.Errorf("one's own begins with %s, want what was shown", youtube.Chosen())
	}
	youtube.TypedKey(right)
	uitest.Press(t, w.Content(), "levels.save")
	if s.policy.Level.YouTube != filter.YouTubeOpen || !s.policy.Level.SafeSearch {
		t.Errorf("saved %s", s.policy.Level.YouTube)
	}
	focus(t, w, isSwitch).(*ui.Switch).TypedRune(' ')
	if said("levels.youtube.line") {
		t.Error("YouTube is offered where safe search is off")
	}
	uitest.Press(t, w.Content(), "levels.save")
	if s.policy.Level.SafeSearch {
		t.Error("safe search is saved as on")
	}
}

func TestLevelsChoicesPictures(t *testing.T) {
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			s := newService()
			s.policy.Level.Style = filter.ApprovedOnly
			w := openLevels(t, l, s)
			focus(t, w, segment("levels.when"))
			uitest.Compare(t, "levels-style", l, w)
			focus(t, w, segment("levels.guardians"))
			uitest.Compare(t, "levels-guardians", l, w)
		})
	}
}
