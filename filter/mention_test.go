package filter_test

import (
	"testing"

	"lessonguard/filter"
)

func TestMentionable(t *testing.T) {
	key := filter.NewHashKey([16]byte{1})
	listed := lists{}
	mark := func(n filter.Name, m filter.Mark) {
		var s filter.Suffixes
		key.Text(n, &s)
		listed[s.Hash(s.Len()-1)] = m
	}
	mark("secret.example", filter.Mark{Under: filter.Restricted})
	mark("one.secrets.example", filter.Mark{Only: filter.Restricted | filter.CategoriesOf(filter.Games)})
	mark("hurt.example", filter.Mark{Under: filter.CategoriesOf(filter.SelfHarm)})
	mark("game.example", filter.Mark{Under: filter.CategoriesOf(filter.Games)})
	p := filter.DefaultPolicy()
	p.Level.Closed = 0
	r := filter.NewRules(filter.RulesConfig{
		Policy: p, Key: key, Published: hashed{listed, map[string]bool{"hashed.example": true}},
		Household: filter.Household{Provider: filter.Provider{Route: &filter.Route{URL: "https://reports.provider.example"}}},
		Content:   filter.Content{Protected: []filter.Name{"help.example"}, Sensitive: []filter.Name{"support.example"}},
	})
	for name, want := range map[filter.Name]bool{
		"news.example": true, "game.example": true, "www.game.example": true, "provider.example": true,
		"help.example": false, "chat.help.example": false, "reports.provider.example": false,
		"support.example": false, "a.support.example": false,
		"secret.example": false, "a.secret.example": false, "one.secrets.example": false, "secrets.example": true, "a.one.secrets.example": true,
		"hashed.example": false,
		"hurt.example":   false, "a.hurt.example": false, // though self-harm is open here
	} {
		if got := r.Mentionable(name); got != want {
			t.Errorf("Mentionable(%s) = %v, want %v", name, got, want)
		}
	}
}
