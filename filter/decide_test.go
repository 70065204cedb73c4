package filter_test

import (
	"testing"
	"time"

	"lessonguard/filter"
)

// lists is a published table for tests.
type lists map[uint64]filter.Mark

func (l lists) Lookup(h uint64) filter.Mark { return l[h] }

var key = filter.NewHashKey([16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})

func (l lists) add(n filter.Name, exact bool, cats filter.Categories) {
	var s filter.Suffixes
	key.Text(n, &s)
	h := s.Hash(s.Len() - 1)
	m := l[h]
	if exact {
		m.Only |= cats
	} else {
		m.Under |= cats
	}
	l[h] = m
}

func published() lists {
	l := lists{}
	l.add("porn.example", false, filter.CategoriesOf(filter.Pornography))
	l.add("bet.example", false, filter.CategoriesOf(filter.Gambling))
	l.add("game.example", false, filter.CategoriesOf(filter.Games))
	l.add("arcade.game.example", false, filter.CategoriesOf(filter.Gambling))
	l.add("quiz.example", false, filter.CategoriesOf(filter.Games))
	l.add("exact.example", true, filter.CategoriesOf(filter.Gambling))
	l.add("secret.example", false, filter.Restricted)
	l.add("childline.example", false, filter.CategoriesOf(filter.Pornography)|filter.Restricted)
	l.add("hurt.example", false, filter.CategoriesOf(filter.SelfHarm, filter.Drugs))
	l.add("support.example", false, filter.CategoriesOf(filter.SelfHarm))
	l.add("room.zoom.example", false, filter.CategoriesOf(filter.Messaging))
	l.add("fake.example", false, filter.CategoriesOf(filter.Misinformation))
	return l
}

func content() filter.Content {
	return filter.Content{
		Protected:  []filter.Name{"childline.example"},
		Sensitive:  []filter.Name{"support.example"},
		Plumbing:   []filter.Name{"home.arpa", "invalid"},
		PlumbExact: []filter.Name{"portal.example"},
		Bundles:    []filter.Bundle{{ID: "zoom", Names: []filter.Name{"zoom.example"}}},
		Engines: []filter.Engine{
			{ID: "search", Hosts: []filter.Name{"www.search.example"}, Target: "safe.search.example"},
			{ID: "tube", Hosts: []filter.Name{"www.tube.example"}, Target: "strict.tube.example", Moderate: "moderate.tube.example"},
		},
		Unsafe: []filter.Name{"wild.example"},
		Tests: map[filter.Name]filter.Categories{
			"gambling.test.invalid":   filter.CategoriesOf(filter.Gambling),
			"games.test.invalid":      filter.CategoriesOf(filter.Games),
			"restricted.test.invalid": filter.Restricted,
		},
	}
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// TestDecide reads like the design's page on the decision: first match wins.
func TestDecide(t *testing.T) {
	lesson := filter.Lesson{On: true, Until: noon.Add(time.Hour)}
	approved := filter.Lesson{On: true, Until: noon.Add(time.Hour), Style: filter.ApprovedOnly}
	const a, aaaa, txt, https = 1, 28, 16, 65
	rules := []filter.Rule{
		0: {Name: "porn.example", Allow: true, Scope: filter.Always},
		1: {Name: "bad.porn.example", Scope: filter.Always},
		2: {Name: "tie.example", Allow: true, Scope: filter.Always},
		3: {Name: "tie.example", Scope: filter.Always},
		4: {Name: "game.example", Allow: true, Scope: filter.OutsideLessons},
		5: {Name: "club.example", Scope: filter.InLessons},
		6: {Name: "www.search.example", Allow: true, Scope: filter.Always},
		7: {Name: "ended.example", Scope: filter.Always, Until: noon},
		8: {Name: "secret.example", Allow: true, Scope: filter.Always},
		9: {Name: "childline.example", Scope: filter.Always},

		10: {Name: "treat.example", Scope: filter.Always},
		11: {Name: "treat.example", Allow: true, Scope: filter.Always, Until: noon.Add(time.Minute)},
		12: {Name: "over.example", Scope: filter.Always},
		13: {Name: "over.example", Allow: true, Scope: filter.Always, Until: noon},
	}
	for _, tt := range []struct {
		why    string
		name   filter.Name
		qtype  uint16
		lesson filter.Lesson
		rules  bool
		want   filter.Verdict
	}{
		{"1 help is open, whatever lists and rules say", "www.childline.example", a, approved, true, filter.Verdict{Reason: filter.Protected, Private: true, Fixed: true}},
		{"1 the platform's exact host", "reports.provider.example", a, approved, true, filter.Verdict{Reason: filter.Protected, Private: true, Fixed: true}},
		{"1 not what lies under it", "x.reports.provider.example", a, filter.Lesson{}, true, filter.Verdict{Reason: filter.Unlisted}},
		{"2 restricted, for all", "a.secret.example", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.RestrictedList}},
		{"2 nobody can allow it", "secret.example", txt, filter.Lesson{}, true, filter.Verdict{Action: filter.Block, Reason: filter.RestrictedList}},
		{"2 its test name", "restricted.test.invalid", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.RestrictedList}},
		{"3 Firefox's canary", "use-application-dns.net", a, filter.Lesson{}, false, filter.Verdict{Action: filter.NoName, Reason: filter.Canary}},
		{"3 private relay", "mask.icloud.com", https, filter.Lesson{}, false, filter.Verdict{Action: filter.NoName, Reason: filter.Canary}},
		{"3 DDR", "_dns.resolver.arpa", 64, filter.Lesson{}, false, filter.Verdict{Action: filter.NoData, Reason: filter.Canary}},
		{"4 single label", "printer", a, approved, false, filter.Verdict{Reason: filter.Plumbing, Fixed: true}},
		{"4 home.arpa", "nas.home.arpa", a, approved, false, filter.Verdict{Reason: filter.Plumbing, Fixed: true}},
		{"4 captive portal", "portal.example", a, approved, false, filter.Verdict{Reason: filter.Plumbing, Fixed: true}},
		{"5 own allow opens a listed name", "porn.example", a, lesson, true, filter.Verdict{Reason: filter.OwnRule, Rule: 0, Depth: 2, Fixed: true}},
		{"5 the most specific wins", "x.bad.porn.example", a, filter.Lesson{}, true, filter.Verdict{Action: filter.Block, Reason: filter.OwnRule, Rule: 1, Depth: 3, Fixed: true}},
		{"5 block wins a tie", "tie.example", a, filter.Lesson{}, true, filter.Verdict{Action: filter.Block, Reason: filter.OwnRule, Rule: 3, Depth: 2, Fixed: true}},
		{"5 save with an exception", "treat.example", a, filter.Lesson{}, true, filter.Verdict{Reason: filter.OwnRule, Rule: 11, Depth: 2, Fixed: true}},
		{"5 while it lasts", "over.example", a, filter.Lesson{}, true, filter.Verdict{Action: filter.Block, Reason: filter.OwnRule, Rule: 12, Depth: 2, Fixed: true}},
		{"5 outside lessons", "game.example", a, filter.Lesson{}, true, filter.Verdict{Reason: filter.OwnRule, Rule: 4, Depth: 2, Fixed: true}},
		{"5 not in one", "game.example", a, lesson, true, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Games, Depth: 2}},
		{"5 in lessons", "club.example", a, lesson, true, filter.Verdict{Action: filter.Block, Reason: filter.OwnRule, Rule: 5, Depth: 2, Fixed: true}},
		{"5 not outside", "club.example", a, filter.Lesson{}, true, filter.Verdict{Reason: filter.Unlisted}},
		{"5 ended", "ended.example", a, filter.Lesson{}, true, filter.Verdict{Reason: filter.Unlisted}},
		{"6 a bundle in a lesson", "room.zoom.example", a, approved, false, filter.Verdict{Reason: filter.LessonSite, Fixed: true}},
		{"6 and not outside", "room.zoom.example", a, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted}},
		{"6 the provider's site", "my.tutor.example", a, approved, false, filter.Verdict{Reason: filter.LessonSite, Fixed: true}},
		{"6 the provider's, which only lessons would close", "quiz.example", a, lesson, false, filter.Verdict{Reason: filter.LessonSite, Fixed: true}},
		{"6 not what is always closed", "bet.example", a, lesson, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Gambling, Depth: 2}},
		{"6 nor where only approved sites are open", "www.bet.example", a, approved, false, filter.Verdict{Action: filter.Block, Reason: filter.NotApproved}},
		{"7 approved only", "news.example", a, approved, false, filter.Verdict{Action: filter.Block, Reason: filter.NotApproved}},
		{"7 sensitive leaves no record", "support.example", a, approved, false, filter.Verdict{Action: filter.Block, Reason: filter.NotApproved, Private: true, Unnamed: true}},
		{"7 self-harm is not named", "hurt.example", a, approved, false, filter.Verdict{Action: filter.Block, Reason: filter.NotApproved, Unnamed: true}},
		{"8 closed always", "www.porn.example", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Pornography, Depth: 2}},
		{"8 the union over parents", "x.arcade.game.example", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Gambling, Depth: 3}},
		{"8 a game outside a lesson", "game.example", a, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted}},
		{"8 a game in a lesson", "game.example", a, lesson, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Games, Depth: 2}},
		{"8 exact entry", "exact.example", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Gambling, Depth: 2}},
		{"8 exact entry, name under it", "www.exact.example", a, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted}},
		{"8 sensitive support is never blocked by a list", "support.example", a, lesson, false, filter.Verdict{Reason: filter.Sensitive, Private: true, Fixed: true}},
		{"8 a test name", "gambling.test.invalid", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Gambling}},
		{"8 a test name, open", "games.test.invalid", a, filter.Lesson{}, false, filter.Verdict{Action: filter.NoData, Reason: filter.TestName, Category: filter.Games}},
		{"8 self-harm is not named", "hurt.example", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.Listed, Category: filter.Drugs, Depth: 2, Unnamed: true}},
		{"8 open category", "fake.example", a, lesson, false, filter.Verdict{Reason: filter.Unlisted}},
		{"8 unsafe search engine", "www.wild.example", a, filter.Lesson{}, false, filter.Verdict{Action: filter.Block, Reason: filter.UnsafeSearch}},
		{"9 open", "news.example", a, lesson, false, filter.Verdict{Reason: filter.Unlisted}},
		{"safe search", "www.search.example", a, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted, Rewrite: 1}},
		{"safe search, AAAA", "www.search.example", aaaa, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted, Rewrite: 1}},
		{"safe search, HTTPS", "www.search.example", https, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted, Rewrite: 1}},
		{"safe search, not TXT", "www.search.example", txt, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted}},
		{"safe search, whoever opened it", "www.search.example", a, filter.Lesson{}, true, filter.Verdict{Reason: filter.OwnRule, Rule: 6, Depth: 3, Fixed: true, Rewrite: 1}},
		{"YouTube strict", "www.tube.example", a, filter.Lesson{}, false, filter.Verdict{Reason: filter.Unlisted, Rewrite: 2}},
		{"an ended lesson is none", "game.example", a, filter.Lesson{On: true, Until: noon}, false, filter.Verdict{Reason: filter.Unlisted}},
	} {
		t.Run(tt.why, func(t *testing.T) {
			p := filter.DefaultPolicy()
			p.Bundles, p.LessonNames = []string{"zoom"}, []filter.Name{"tutor.example", "bet.example", "quiz.example"}
			if tt.rules {
				p.Rules = rules
			}
			r := filter.NewRules(filter.RulesConfig{
				Policy: p, Content: content(), Lesson: tt.lesson, Key: key, Published: published(),
				Household: filter.Household{Provider: filter.Provider{Route: &filter.Route{URL: "https://reports.provider.example:8443/x"}}},
			})
			var s filter.Suffixes
			key.Text(tt.name, &s)
			if got := r.Decide(filter.Strictest, &s, tt.qtype, noon); got != tt.want {
				t.Errorf("Decide(%s) = %+v, want %+v", tt.name, got, tt.want)
			}
		})
	}
}

// TestAudience: a question of an unknown account is the strictest learner's.
func TestAudience(t *testing.T) {
	strict, easy := filter.DefaultLevel(), filter.DefaultLevel()
	strict.Closed |= filter.CategoriesOf(filter.Misinformation)
	easy.Closed, easy.SafeSearch = filter.CategoriesOf(filter.Misinformation), false
	p := filter.DefaultPolicy()
	p.Learners = map[string]filter.Level{"ann": strict, "ben": easy}
	p.Guardians = &filter.Level{}
	r := filter.NewRules(filter.RulesConfig{Policy: p, Content: content(), Key: key, Published: published(), Household: filter.Household{
		Learners:  []filter.Learner{{ID: "ann", Accounts: []string{"ann", "family"}}, {ID: "ben", Accounts: []string{"ben"}}},
		Guardians: []string{"mum", "family"},
	}})
	for _, tt := range []struct {
		account string
		name    filter.Name
		want    filter.Action
	}{
		{"ann", "porn.example", filter.Block},
		{"ben", "porn.example", filter.Open},
		{"ben", "fake.example", filter.Block},
		{"mum", "fake.example", filter.Open},
		{"mum", "secret.example", filter.Block},
		{"family", "porn.example", filter.Block}, // shared: the learner's
		{"stranger", "porn.example", filter.Block},
		{"stranger", "fake.example", filter.Block},
	} {
		var s filter.Suffixes
		key.Text(tt.name, &s)
		if got := r.Decide(r.AudienceOf(tt.account), &s, 1, noon).Action; got != tt.want {
			t.Errorf("%s asking for %s: %v, want %v", tt.account, tt.name, got, tt.want)
		}
	}
}

// TestSearchDomains: what a network calls its own opens no closed site, and
// turns no safe search off.
func TestSearchDomains(t *testing.T) {
	p := filter.DefaultPolicy()
	p.SearchDomains = []filter.Name{"office.example", "bet.example", "secret.example", "search.example", "wild.example", "shut.example"}
	p.Rules = []filter.Rule{{Name: "shut.example", Scope: filter.Always}}
	r := filter.NewRules(filter.RulesConfig{Policy: p, Content: content(), Key: key, Published: published()})
	for _, tt := range []struct {
		name    filter.Name
		want    filter.Reason
		blocked bool
		rewrite filter.Name
	}{
		{name: "printer.office.example", want: filter.Plumbing},
		{name: "www.bet.example", want: filter.Listed, blocked: true},
		{name: "secret.example", want: filter.RestrictedList, blocked: true},
		{name: "www.search.example", want: filter.Unlisted, rewrite: "safe.search.example"},
		{name: "wild.example", want: filter.UnsafeSearch, blocked: true},
		{name: "shut.example", want: filter.OwnRule, blocked: true},
	} {
		var s filter.Suffixes
		key.Text(tt.name, &s)
		v := r.Decide(filter.Strictest, &s, 1, noon)
		var rewrite filter.Name
		if v.Rewrite != 0 {
			rewrite = r.Rewrite(v.Rewrite)
		}
		if v.Reason != tt.want || v.Blocked() != tt.blocked || rewrite != tt.rewrite {
			t.Errorf("%s: %+v, rewritten to %q, want %v, blocked %v, rewritten to %q", tt.name, v, rewrite, tt.want, tt.blocked, tt.rewrite)
		}
	}
}

// TestTarget: a CNAME's target closes an answer by restricted list, category or
// own block, unless the question was opened by name.
func TestTarget(t *testing.T) {
	p := filter.DefaultPolicy()
	p.Rules = []filter.Rule{{Name: "mine.example", Allow: true, Scope: filter.Always}, {Name: "shut.example", Scope: filter.Always}}
	r := filter.NewRules(filter.RulesConfig{Policy: p, Content: content(), Key: key, Published: published()})
	for _, tt := range []struct {
		question, target filter.Name
		want             bool // blocked
	}{
		{"news.example", "cdn.porn.example", true},
		{"news.example", "secret.example", true},
		{"news.example", "cdn.shut.example", true},
		{"news.example", "cdn.mine.example", false},
		{"news.example", "cdn.example", false},
		{"mine.example", "cdn.shut.example", false},
		{"mine.example", "cdn.porn.example", false},
		{"www.childline.example", "cdn.porn.example", false},
	} {
		var q, s filter.Suffixes
		key.Text(tt.question, &q)
		key.Text(tt.target, &s)
		v := r.Decide(filter.Strictest, &q, 1, noon)
		if got := r.Target(v, filter.Strictest, &s, 1, noon).Blocked(); got != tt.want {
			t.Errorf("%s by way of %s: blocked %v, want %v", tt.question, tt.target, got, tt.want)
		}
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	r := filter.NewRules(filter.RulesConfig{Policy: filter.DefaultPolicy(), Content: content(), Key: key, Published: published()})
	var s filter.Suffixes
	wire := []byte("\x03www\x04porn\x07example\x00")
	if got := testing.AllocsPerRun(1000, func() {
		key.Wire(wire, &s)
		r.Decide(filter.Strictest, &s, 1, noon)
	}); got != 0 {
		t.Errorf("%v allocations a question, want 0", got)
	}
}

func BenchmarkDecide(b *testing.B) {
	r := filter.NewRules(filter.RulesConfig{Policy: filter.DefaultPolicy(), Content: content(), Key: key, Published: published()})
	wire := []byte("\x03www\x05other\x03two\x07example\x00")
	var s filter.Suffixes
	b.ReportAllocs()
	for b.Loop() {
		key.Wire(wire, &s)
		r.Decide(filter.Strictest, &s, 1, noon)
	}
}

// hashed is a published table with names that arrived hashed.
type hashed struct {
	lists
	closes map[string]bool
}

func (h hashed) Digests() filter.Digests {
	if h.closes == nil {
		return nil
	}
	return h
}

func (h hashed) Closes(s filter.Suffixes) bool { return h.closes[s.Name()] }

// TestDecideDigests: a name on a hashed list is restricted, whatever the
// guardian says, and a protected one is not.
func TestDecideDigests(t *testing.T) {
	policy := filter.DefaultPolicy()
	policy.Rules = []filter.Rule{{Name: "hashed.example", Allow: true}}
	for _, tt := range []struct {
		published filter.Table
		name      filter.Name
		want      filter.Reason
	}{
		{hashed{lists: published(), closes: map[string]bool{"hashed.example": true, "childline.example": true}}, "hashed.example", filter.RestrictedList},
		{hashed{lists: published(), closes: map[string]bool{"hashed.example": true, "childline.example": true}}, "childline.example", filter.Protected},
		{hashed{lists: published(), closes: map[string]bool{}}, "hashed.example", filter.OwnRule},
		{hashed{lists: published()}, "hashed.example", filter.OwnRule},
		{published(), "hashed.example", filter.OwnRule},
	} {
		r := filter.NewRules(filter.RulesConfig{Policy: policy, Content: content(), Key: key, Published: tt.published})
		var s filter.Suffixes
		key.Text(tt.name, &s)
		if got := r.Decide(filter.Strictest, &s, 1, noon).Reason; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDerive(t *testing.T) {
	first := key.Derive("a")
	if again := key.Derive("a"); again != first {
		t.Error("a secret changes")
	}
	if first == key.Derive("b") || first == filter.NewHashKey([16]byte{8}).Derive("a") {
		t.Error("a secret depends on neither key nor purpose")
	}
}
