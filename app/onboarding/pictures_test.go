package onboarding_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/app/onboarding"
	"lessonguard/app/ui/uitest"
)

func TestPictures(t *testing.T) {
	looks, all := uitest.Looks(), uitest.AllLooks()
	for _, c := range []struct {
		name  string
		looks []uitest.Look
		with  []func(*onboarding.Config)
		to    func(*testing.T, *family)
	}{
		{"provider", all, nil, func(t *testing.T, f *family) {}},
		{"provider-missing", looks[:1], nil, func(t *testing.T, f *family) { uitest.Press(t, f.wizard.Content(), "ui.next") }},
		{"guardian", all, nil, func(t *testing.T, f *family) { f.choose(t) }},
		{"guardian-missing", looks[:1], nil, func(t *testing.T, f *family) {
			f.choose(t)
			tickAll(t, f.wizard.Content(), texts[0].Clauses()[:3])
			uitest.Press(t, f.wizard.Content(), "agreement.agree")
		}},
		{"learner", looks, nil, func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			uitest.Write(t, f.wizard.Content(), 0, "Leo")
			uitest.Press(t, f.wizard.Content(), "audience.learner-ks2")
		}},
		{"learner-missing", looks[:1], nil, func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			uitest.Press(t, f.wizard.Content(), "ui.next")
		}},
		{"consent", all, nil, func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			f.name(t, "audience.learner-ks2")
		}},
		{"consent-ks1", looks, nil, func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			f.name(t, "audience.learner-ks1")
		}},
		{"levels", all, nil, func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			f.name(t, "audience.learner-ks2")
			f.sign(t)
		}},
		{"levels-own", looks, nil, func(t *testing.T, f *family) {
			f.choose(t)
			f.agree(t)
			f.name(t, "audience.learner-ks2")
			f.sign(t)
			uitest.Press(t, f.wizard.Content(), "level.own")
		}},
		{"pin", looks, nil, toPIN},
		{"pin-claim", looks[:1], []func(*onboarding.Config){without(func(context.Context, func(string)) (string, error) { return "", nil })}, toPIN},
		{"pin-short", looks[:1], nil, func(t *testing.T, f *family) {
			toPIN(t, f)
			f.lock(t, "4829", "")
		}},
		{"pin-differ", looks[:1], nil, func(t *testing.T, f *family) {
			toPIN(t, f)
			f.lock(t, "482915", "482916")
		}},
		{"pin-failed", looks, nil, func(t *testing.T, f *family) {
			toPIN(t, f)
			f.service.fail = "policy"
			f.lock(t, "482915", "482915")
		}},
		{"done", all, nil, func(t *testing.T, f *family) {
			toPIN(t, f)
			f.lock(t, "482915", "482915")
		}},
		{"done-tried", looks[:1], nil, func(t *testing.T, f *family) {
			toPIN(t, f)
			f.lock(t, "482915", "482915")
			uitest.Press(t, f.wizard.Content(), "Ask about bet365.com")
		}},
	} {
		uitest.Pictures(t, c.name, c.looks, func(t *testing.T) fyne.CanvasObject {
			f := newFamily(c.with...)
			c.to(t, f)
			return f.wizard.Content()
		})
	}
}

// toPIN goes as far as the PIN.
func toPIN(t *testing.T, f *family) {
	f.choose(t)
	f.agree(t)
	f.name(t, "audience.learner-ks2")
	f.sign(t)
	uitest.Press(t, f.wizard.Content(), "ui.next")
}
