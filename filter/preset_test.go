package filter_test

import (
	"testing"

	"lessonguard/filter"
)

func TestPresets(t *testing.T) {
	for _, p := range filter.Presets() {
		if got := filter.PresetOf(p.Level()); got != p {
			t.Errorf("PresetOf(level of %s) = %s", p, got)
		}
		if err := (filter.Policy{Level: p.Level(), Hook: filter.HookAlways}).Check(); err != nil {
			t.Errorf("level of %s: %v", p, err)
		}
	}
	if filter.From11.Level() != filter.DefaultLevel() {
		t.Error("the preset in the middle is not the default")
	}
	own := filter.DefaultLevel()
	own.SafeSearch = false
	if got := filter.PresetOf(own); got != filter.OwnLevel {
		t.Errorf("PresetOf(a level of one's own) = %s", got)
	}
}

// TestGuardianLevel closes what harms, and nothing more in lessons.
func TestGuardianLevel(t *testing.T) {
	l := filter.GuardianLevel()
	if l.Closed != filter.From16.Level().Closed || l.ClosedInLessons != 0 {
		t.Errorf("%v is closed, and in lessons %v", l.Closed.List(), l.ClosedInLessons.List())
	}
	if err := (filter.Policy{Level: filter.DefaultLevel(), Guardians: &l, Hook: filter.HookAlways}).Check(); err != nil {
		t.Error(err)
	}
}

func TestClosing(t *testing.T) {
	l := filter.DefaultLevel()
	for _, when := range []filter.Closing{filter.ClosedInLessons, filter.NeverClosed, filter.ClosedAlways} {
		for c := range filter.NumCategories {
			got := l.Close(c, when)
			if got.Closing(c) != when {
				t.Errorf("%s closed %s is closed %s", c, when, got.Closing(c))
			}
			if back := got.Close(c, l.Closing(c)); back != l {
				t.Errorf("closing %s and undoing it changes the level", c)
			}
		}
	}
}
