// Package texts reads agreements and provider profiles from the files they are
// published in, finds the one for a person and says what a new version changed.
//
// An agreement is Markdown under TOML front matter between two lines of +++, in
// PROVIDER/AUDIENCE.md. A translation adds its language (guardian.cy.md), an
// earlier version kept for comparison its number (guardian.v1.md). A profile is
// PROVIDER.toml. Fetching and vouching for either is not done here.
package texts

import (
	"cmp"
	"fmt"
	"slices"

	"lessonguard/agreements"
)

// English is the language that every agreement has, and that is shown where
// there is no translation.
const English = "en"

// Texts are agreements and the profiles they belong to. They do not change, so
// any number of goroutines may read them. Make them with [Load].
type Texts struct {
	agreements []agreements.Agreement // by id, language and version, newest first
	profiles   []agreements.Profile   // by name
}

// All returns every agreement, in every language and version: by id, then
// language, the newest version first.
func (t *Texts) All() []agreements.Agreement { return slices.Clone(t.agreements) }

// Find returns the newest version of the agreement id in a language, or in
// English where it is not translated.
func (t *Texts) Find(id, language string) (agreements.Agreement, bool) {
	for _, language := range []string{language, English} {
		for _, a := range t.agreements { // newest first
			if a.ID == id && a.Language == language {
				return a, true
			}
		}
	}
	return agreements.Agreement{}, false
}

// Version returns one version of the agreement id in exactly one language: what
// an acceptance was of, where it is still known.
func (t *Texts) Version(id, language string, version int) (agreements.Agreement, bool) {
	for _, a := range t.agreements {
		if a.ID == id && a.Language == language && a.Version == version {
			return a, true
		}
	}
	return agreements.Agreement{}, false
}

// For returns the agreement of a provider for an audience, as [Texts.Find] does.
func (t *Texts) For(provider string, audience agreements.Audience, language string) (agreements.Agreement, bool) {
	return t.Find(provider+"-"+string(audience), language)
}

// ByProvider returns the newest agreements of a provider in a language, or in
// English, one for each audience in the order of [agreements.Audiences].
func (t *Texts) ByProvider(provider, language string) []agreements.Agreement {
	var found []agreements.Agreement
	for _, audience := range agreements.Audiences() {
		if a, ok := t.For(provider, audience, language); ok {
			found = append(found, a)
		}
	}
	return found
}

// Profiles returns the profiles by name. The practice profile is among them:
// whoever shows them to a family leaves it out.
func (t *Texts) Profiles() []agreements.Profile { return slices.Clone(t.profiles) }

// Profile returns the profile of a provider.
func (t *Texts) Profile(id string) (agreements.Profile, bool) {
	i := slices.IndexFunc(t.profiles, func(p agreements.Profile) bool { return p.ID == id })
	if i < 0 {
		return agreements.Profile{}, false
	}
	return t.profiles[i], true
}

// With returns texts that also hold p, in place of the profile with its id, and
// more agreements of that provider. Use it for a profile that was enrolled and
// verified; t is left as it was.
func (t *Texts) With(p agreements.Profile, more ...agreements.Agreement) (*Texts, error) {
	for _, a := range more {
		if a.Provider != p.ID {
			return nil, fmt.Errorf("adding agreements of %s: %s belongs to another provider", p.ID, a)
		}
	}
	other := func(had agreements.Profile) bool { return had.ID == p.ID }
	with := assemble(append(t.All(), more...), append(slices.DeleteFunc(t.Profiles(), other), p))
	if err := with.check(); err != nil {
		return nil, fmt.Errorf("adding profile %s: %w", p.ID, err)
	}
	return with, nil
}

func assemble(all []agreements.Agreement, profiles []agreements.Profile) *Texts {
	slices.SortFunc(all, func(a, b agreements.Agreement) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Language, b.Language), cmp.Compare(b.Version, a.Version))
	})
	slices.SortFunc(profiles, func(a, b agreements.Profile) int { return cmp.Compare(a.Name, b.Name) })
	return &Texts{all, profiles}
}

// check checks what only shows when all texts are seen together.
func (t *Texts) check() error {
	for i, a := range t.agreements {
		if i > 0 && a.ID == t.agreements[i-1].ID && a.Language == t.agreements[i-1].Language && a.Version == t.agreements[i-1].Version {
			return fmt.Errorf("%s is there twice: give a new wording a new version", a)
		}
		english, ok := t.Version(a.ID, English, a.Version)
		if !ok {
			return fmt.Errorf("%s has no English text of the same version", a)
		}
		// Who agrees in one language must not agree to less than in another.
		if got, want := len(a.Clauses()), len(english.Clauses()); got != want {
			return fmt.Errorf("%s has %d clauses, but the English text has %d", a, got, want)
		}
	}
	for _, p := range t.profiles {
		if err := t.checkProfile(p); err != nil {
			return fmt.Errorf("profile %s: %w", p.ID, err)
		}
	}
	return nil
}

// checkProfile checks that everyone whom p concerns has something to agree to.
func (t *Texts) checkProfile(p agreements.Profile) error {
	for _, id := range p.Agreements {
		if a, ok := t.Find(id, English); !ok || a.Provider != p.ID {
			return fmt.Errorf("it names the agreement %s, which does not exist for this provider: correct the spelling or add the text", id)
		}
	}
	for _, audience := range append([]agreements.Audience{agreements.Guardian}, p.Learners...) {
		if id := p.ID + "-" + string(audience); !slices.Contains(p.Agreements, id) {
			return fmt.Errorf("it has no agreement for %s: add %s", audience, id)
		}
	}
	return nil
}
