package filter_test

import (
	"testing"

	"lessonguard/filter"
)

// TestLearnerOf: activity is kept of learners who have been told of it.
func TestLearnerOf(t *testing.T) {
	level := filter.DefaultLevel()
	p := filter.DefaultPolicy()
	p.Guardians = &level
	rules := func(learners ...filter.Learner) *filter.Rules {
		return filter.NewRules(filter.RulesConfig{
			Policy: p, Published: filter.Empty{}, Household: filter.Household{Learners: learners, Guardians: []string{"mum"}},
		})
	}
	ann := filter.Learner{ID: "a", Accounts: []string{"ann"}}
	ben := filter.Learner{ID: "b", Accounts: []string{"ben"}, Adult: true}
	cat := filter.Learner{ID: "c", Accounts: []string{"cat"}, Adult: true, OptedIn: true}
	all := rules(ann, ben, cat)
	for _, tt := range []struct {
		why     string
		rules   *filter.Rules
		account string
		id      string
		watched bool
	}{
		{"a learner", all, "ann", "a", true},
		{"an adult", all, "ben", "b", false},
		{"an adult who wishes it", all, "cat", "c", true},
		{"a guardian", all, "mum", "", false},
		{"not known", all, "nobody", "", true},
		{"not known, and no learner", rules(), "nobody", "", false},
		{"not known, and only an adult", rules(ben), "nobody", "", false},
	} {
		id, watched := tt.rules.LearnerOf(tt.rules.AudienceOf(tt.account))
		if id != tt.id || watched != tt.watched {
			t.Errorf("%s: %q, %v, want %q, %v", tt.why, id, watched, tt.id, tt.watched)
		}
	}
	if _, watched := rules(ann).LearnerOf(77); watched {
		t.Error("an audience that there is not is watched")
	}
}
