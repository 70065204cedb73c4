package filter_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
)

// TestWith: the last word on a name holds, where it holds and for as long.
func TestWith(t *testing.T) {
	const n = "game.example"
	later := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	allow := func(s filter.RuleScope, until time.Time) filter.Rule {
		return filter.Rule{Name: n, Allow: true, Scope: s, Until: until}
	}
	block := func(s filter.RuleScope, until time.Time) filter.Rule {
		return filter.Rule{Name: n, Scope: s, Until: until}
	}
	other := filter.Rule{Name: "other.example", Scope: filter.Always}
	never := time.Time{}
	for _, tt := range []struct {
		why  string
		had  []filter.Rule
		rule filter.Rule
		want []filter.Rule
	}{
		{"the first", nil, block(filter.Always, never), []filter.Rule{block(filter.Always, never)}},
		{
			"a block over an allow, and one that ends",
			[]filter.Rule{allow(filter.Always, never), allow(filter.InLessons, later), other},
			block(filter.Always, never),
			[]filter.Rule{other, block(filter.Always, never)},
		},
		{
			"a block in lessons",
			[]filter.Rule{allow(filter.Always, never)},
			block(filter.InLessons, never),
			[]filter.Rule{allow(filter.OutsideLessons, never), block(filter.InLessons, never)},
		},
		{
			"one that ends leaves what holds after it",
			[]filter.Rule{block(filter.Always, never)},
			allow(filter.Always, later),
			[]filter.Rule{block(filter.Always, never), allow(filter.Always, later)},
		},
		{
			"a block that ends over an allow that does",
			[]filter.Rule{allow(filter.Always, later), allow(filter.InLessons, later.Add(1)), other},
			block(filter.Always, later),
			[]filter.Rule{other, block(filter.Always, later)},
		},
		{
			"one that ends in another scope",
			[]filter.Rule{allow(filter.Always, later)},
			block(filter.InLessons, later),
			[]filter.Rule{allow(filter.Always, later), block(filter.InLessons, later)},
		},
	} {
		p := filter.Policy{Rules: slices.Clone(tt.had)}
		if got := p.With(tt.rule).Rules; !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.why, got, tt.want)
		}
		if !slices.Equal(p.Rules, tt.had) {
			t.Errorf("%s: changed the policy it was asked of: %+v", tt.why, p.Rules)
		}
	}
}

// TestCheckRule: what is refused is what a rule would not decide, and nothing
// else.
func TestCheckRule(t *testing.T) {
	key := filter.NewHashKey([16]byte{1})
	listed := lists{}
	for n, m := range map[filter.Name]filter.Mark{
		"secret.example":      {Under: filter.Restricted},
		"one.secrets.example": {Only: filter.Restricted},
		"game.example":        {Under: filter.CategoriesOf(filter.Games)},
	} {
		var s filter.Suffixes
		key.Text(n, &s)
		listed[s.Hash(s.Len()-1)] = m
	}
	p := filter.DefaultPolicy()
	p.SearchDomains = []filter.Name{"home.example"}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for n, want := range map[filter.Name]string{
		"help.example": "always open, as a help service", "chat.help.example": "always open, as a help service",
		"secret.example": "restricted list", "www.secret.example": "restricted list", "one.secrets.example": "restricted list",
		"hashed.example": "restricted list", "use-application-dns.net": "go round the filter",
		"time.example": "the PC itself needs it", "a.time.example": "the PC itself needs it",
		"a.one.secrets.example": "", "secrets.example": "", "game.example": "", "news.example": "", "support.example": "",
		"nas.home.example": "", "test.example": "", "lesson.example": "",
	} {
		for _, allow := range []bool{true, false} {
			q := p
			q.LessonNames = []filter.Name{"lesson.example"}
			q.Rules = []filter.Rule{{Name: n, Allow: allow, Scope: filter.Always}}
			r := filter.NewRules(filter.RulesConfig{
				Policy: q, Key: key, Published: hashed{listed, map[string]bool{"hashed.example": true}},
				Content: filter.Content{
					Protected: []filter.Name{"help.example"}, Sensitive: []filter.Name{"support.example"},
					Plumbing: []filter.Name{"time.example"}, Tests: map[filter.Name]filter.Categories{"test.example": filter.CategoriesOf(filter.Games)},
				},
			})
			err := r.CheckRule(n)
			if (err == nil) != (want == "") || err != nil && (!errors.Is(err, filter.ErrBadPolicy) || !strings.Contains(err.Error(), want)) {
				t.Errorf("CheckRule(%s) = %v, want %q", n, err, want)
			}
			var s filter.Suffixes
			key.Text(n, &s)
			if v := r.Decide(filter.Strictest, &s, 1, at); (v.Reason == filter.OwnRule) != (want == "") {
				t.Errorf("%s, allow %v: decided by %v, and CheckRule says %v", n, allow, v.Reason, err)
			}
		}
	}
}
