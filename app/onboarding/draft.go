package onboarding

import (
	"time"

	"lessonguard/agreements"
	"lessonguard/filter"
)

// draft is what was entered so far. It lives in memory only, and outlives going
// back and forth.
type draft struct {
	provider  string // id of a profile
	guardian  consent
	learner   learner
	learnerID string
	consent   consent // the learner's
	preset    filter.Preset
	level     filter.Level // of [filter.OwnLevel]
	pin       [2]string
}

type learner struct {
	name     string
	audience agreements.Audience
	account  string // empty: they use the guardian's
}

// A consent is what was answered to one agreement.
type consent struct {
	agreement string // digest of the text that it answers
	ticked    map[string]bool
	name      string
	at        time.Time // zero: not agreed
	declined  bool
}

func newDraft() draft {
	return draft{preset: filter.From11, level: filter.DefaultLevel()}
}

// of returns c if it answers a, else an empty answer with the same name: what
// was ticked under another text counts for nothing.
func (c consent) of(a agreements.Agreement) consent {
	if c.agreement == a.Digest() {
		return c
	}
	return consent{agreement: a.Digest(), ticked: map[string]bool{}, name: c.name}
}

func (w *Wizard) profile() agreements.Profile {
	for _, p := range w.config.Profiles {
		if p.ID == w.draft.provider {
			return p
		}
	}
	return agreements.Profile{}
}

// agreement returns the provider's text for an audience, in the language of the
// screens where there is one, else in any.
func (w *Wizard) agreement(a agreements.Audience) (found agreements.Agreement, ok bool) {
	for _, x := range w.config.Agreements {
		if x.Provider != w.draft.provider || x.Audience != a {
			continue
		}
		if x.Language == w.config.Language {
			return x, true
		}
		if !ok || x.Language == "en" {
			found, ok = x, true
		}
	}
	return found, ok
}
