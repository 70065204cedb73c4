package filter_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

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

// TestAdults: from 18 a learner has nothing closed but restricted lists, unless
// they opted in, and makes nothing stricter or looser for anybody else.
func TestAdults(t *testing.T) {
	key := filter.NewHashKey([16]byte{1})
	table := marks{}
	for name, mark := range map[filter.Name]filter.Mark{
		"secret.example": {Under: filter.Restricted},
		"bet.example":    {Under: filter.CategoriesOf(filter.Gambling)},
		"game.example":   {Under: filter.CategoriesOf(filter.Games)},
	} {
		var s filter.Suffixes
		key.Text(name, &s)
		table[s.Hash(s.Len()-1)] = mark
	}
	ann := filter.Learner{ID: "a", Accounts: []string{"ann", "family"}}
	ben := filter.Learner{ID: "b", Accounts: []string{"ben", "family"}, Adult: true}
	cat := filter.Learner{ID: "c", Accounts: []string{"cat"}, Adult: true, OptedIn: true}
	policy := filter.DefaultPolicy()
	policy.Learners = map[string]filter.Level{"b": filter.Under11.Level()} // from before
	policy.Rules = []filter.Rule{{Name: "own.example", Scope: filter.Always}}
	lesson := filter.Lesson{On: true, Style: filter.ApprovedOnly}
	for _, tt := range []struct {
		why      string
		learners []filter.Learner
		account  string
		lesson   filter.Lesson
		closed   string // of secret, bet, game, own, other
	}{
		{"a child", []filter.Learner{ann, ben}, "ann", filter.Lesson{}, "sb-o-"},
		{"a child in a lesson", []filter.Learner{ann, ben}, "ann", lesson, "sbgox"},
		{"an adult", []filter.Learner{ann, ben}, "ben", filter.Lesson{}, "s----"},
		{"an adult in a lesson", []filter.Learner{ann, ben}, "ben", lesson, "s----"},
		{"an adult who wishes it", []filter.Learner{ann, cat}, "cat", filter.Lesson{}, "sb-o-"},
		{"an account of both", []filter.Learner{ann, ben}, "family", filter.Lesson{}, "sb-o-"},
		{"an account of both, in the other order", []filter.Learner{ben, ann}, "family", filter.Lesson{}, "sb-o-"},
		{"not known", []filter.Learner{ann, ben}, "nobody", filter.Lesson{}, "sb-o-"},
		{"not known, in the other order", []filter.Learner{ben, ann}, "nobody", filter.Lesson{}, "sb-o-"},
		{"not known, and only an adult", []filter.Learner{ben}, "nobody", lesson, "s----"},
		{"not known, and nobody", nil, "nobody", filter.Lesson{}, "sb-o-"},
	} {
		r := filter.NewRules(filter.RulesConfig{
			Policy: policy, Published: table, Key: key, Lesson: tt.lesson, Household: filter.Household{Learners: tt.learners},
		})
		got := ""
		for i, name := range []filter.Name{"secret.example", "bet.example", "game.example", "own.example", "other.example"} {
			var s filter.Suffixes
			key.Text(name, &s)
			if r.Decide(r.AudienceOf(tt.account), &s, 1, time.Now()).Blocked() {
				got += string("sbgox"[i])
			} else {
				got += "-"
			}
		}
		if got != tt.closed {
			t.Errorf("%s: %s is closed, want %s", tt.why, got, tt.closed)
		}
	}
}

// marks is a table of names by their hashes.
type marks map[uint64]filter.Mark

func (m marks) Lookup(hash uint64) filter.Mark { return m[hash] }

// TestEverybodys: a verdict that is said to be everybody's is, whatever the levels
// of a family are: nobody's own is ever passed over.
func TestEverybodys(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	key, table := filter.HashKey{}, marks{}
	names := []filter.Name{"childline.example", "www.search.example", "tube.example", "free.example", "own.example", "lesson.example"}
	for c := range filter.Category(filter.NumCategories) {
		name := filter.Name(fmt.Sprintf("c%d.example", c))
		var s filter.Suffixes
		key.Text(name, &s)
		table[s.Hash(s.Len()-1)] = filter.Mark{Under: filter.CategoriesOf(c)}
		names = append(names, name)
	}
	level := func() filter.Level {
		return filter.Level{
			Closed:          filter.Categories(random.Uint32()) & (1<<filter.NumCategories - 1),
			ClosedInLessons: filter.Categories(random.Uint32()) & (1<<filter.NumCategories - 1),
			SafeSearch:      random.IntN(2) == 0,
			YouTube:         []filter.YouTube{filter.YouTubeStrict, filter.YouTubeModerate, filter.YouTubeOpen}[random.IntN(3)],
			Style:           []filter.LessonStyle{filter.NoDistractions, filter.ApprovedOnly}[random.IntN(2)],
		}
	}
	everybodys := 0
	for range 500 {
		guardians := level()
		p := filter.Policy{Level: level(), Learners: map[string]filter.Level{"a": level(), "b": level()}, LessonNames: []filter.Name{"lesson.example"}}
		if random.IntN(2) == 0 {
			p.Guardians = &guardians
		}
		p.Rules = []filter.Rule{{Name: "own.example", Allow: random.IntN(2) == 0, Scope: filter.Always}}
		r := filter.NewRules(filter.RulesConfig{
			Policy: p, Key: key, Published: table,
			Household: filter.Household{
				Learners: []filter.Learner{
					{ID: "a", Accounts: []string{"ann"}}, {ID: "b", Accounts: []string{"ben"}, Adult: random.IntN(2) == 0},
				},
				Guardians: []string{"mum"},
			},
			Lesson: filter.Lesson{On: random.IntN(2) == 0},
			Content: filter.Content{
				Protected: []filter.Name{"childline.example"},
				Engines: []filter.Engine{
					{ID: "search", Hosts: []filter.Name{"www.search.example"}, Target: "safe.search.example"},
					{ID: "tube", Hosts: []filter.Name{"tube.example"}, Target: "strict.tube.example", Moderate: "moderate.tube.example"},
				},
			},
		})
		for _, name := range names {
			var s filter.Suffixes
			key.Text(name, &s)
			v := r.Decide(filter.Strictest, &s, 1, time.Now())
			if !r.Everybodys(v) {
				continue
			}
			everybodys++
			for _, account := range []string{"ann", "ben", "mum"} {
				if own := r.Decide(r.AudienceOf(account), &s, 1, time.Now()); own.Action != v.Action || own.Rewrite != v.Rewrite {
					t.Errorf("%s: %+v is said to be everybody's, but for %s it is %+v, with %+v", name, v, account, own, p)
				}
			}
		}
	}
	if everybodys < 1000 {
		t.Errorf("only %d verdicts were everybody's: the test shows nothing", everybodys)
	}
}
