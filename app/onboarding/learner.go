package onboarding

import (
	"strings"

	"lessonguard/agreements"
	"lessonguard/app/ui"
	"lessonguard/filter"
)

// sameAccount is the choice of a learner who uses the guardian's account.
const sameAccount = "="

// learner asks who has the lessons, how old they are, and which account of the
// PC is theirs.
func (w *Wizard) learner() step {
	l := &w.draft.learner
	audiences := w.profile().Learners
	if len(audiences) == 1 && l.audience == "" {
		w.setAudience(audiences[0])
	}
	name := ui.NewField(ui.FieldConfig{
		Label: ui.Text("learner.name"), Hint: ui.Text("learner.name_hint"), Value: l.name, Most: maxName,
		Changed: func(s string) { l.name = s },
	})
	var options []ui.Option
	for _, a := range audiences {
		options = append(options, ui.Option{ID: string(a), Text: ui.Text("audience." + string(a)), Detail: ui.Text("audience." + string(a) + ".ages")})
	}
	wrong := ui.NewComplaint()
	age := ui.NewChoice(2, string(l.audience), options, func(id string) { w.setAudience(agreements.Audience(id)) })
	objects := ui.Column(16,
		ui.Narrow(460, name.Object()),
		ui.Strong(ui.Text("learner.age")),
		age.Object(),
		wrong.Object(),
	)
	if len(w.config.Accounts) > 0 {
		objects.Add(ui.Column(6, ui.Strong(ui.Text("learner.account")), ui.Small(ui.Text("learner.account_hint"))))
		objects.Add(w.accounts().Object())
	}
	return step{
		page: ui.Page(ui.Header(ui.Text("learner.title"), ui.Text("learner.line")), objects),
		next: func(on func()) {
			name.Fail("")
			wrong.Clear()
			if l.audience == "" {
				wrong.Say(ui.Text("learner.no_age"))
			}
			switch {
			case strings.TrimSpace(l.name) == "":
				name.Fail(ui.Text("learner.no_name"))
				w.failed(name.Entry)
			case l.audience == "":
				w.failed(age.First())
			default:
				l.name = strings.TrimSpace(l.name)
				on()
			}
		},
	}
}

func (w *Wizard) accounts() *ui.Choice {
	l := &w.draft.learner
	options := []ui.Option{}
	for _, a := range w.config.Accounts {
		options = append(options, ui.Option{ID: a, Text: a})
	}
	options = append(options, ui.Option{ID: sameAccount, Text: ui.Text("learner.same_account"), Detail: ui.Text("learner.same_account_hint")})
	chosen := l.account
	if chosen == "" {
		chosen = sameAccount
	}
	return ui.NewChoice(2, chosen, options, func(id string) {
		l.account = id
		if id == sameAccount {
			l.account = ""
		}
	})
}

// setAudience keeps whom the agreement is for, and starts the levels from what
// suits the age.
func (w *Wizard) setAudience(a agreements.Audience) {
	if a == w.draft.learner.audience {
		return
	}
	w.draft.learner.audience = a
	w.draft.preset = suits(a)
	w.draft.level = w.draft.preset.Level()
}

// suits returns the preset that the levels page starts from.
func suits(a agreements.Audience) filter.Preset {
	switch a {
	case agreements.LearnerKS1, agreements.LearnerKS2:
		return filter.Under11
	case agreements.LearnerPost16, agreements.LearnerAdult:
		return filter.From16
	}
	return filter.From11
}
