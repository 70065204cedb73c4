package guardian_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
)

// TestResolvers chooses another DNS service by keyboard, is warned of what that
// goes round and told of what is none, and goes back to the usual one.
func TestResolvers(t *testing.T) {
	s := newService()
	s.locked = false
	w := uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
		return guardian.NewLevels(config(s), func() {}).Content()
	})
	said := func(text string) bool { return strings.Contains(uitest.Text(w.Content()), text) }
	choice := focus(t, w, isResolvers)
	if said(ui.Text("resolvers.warning")) {
		t.Error("the usual service is warned of")
	}
	choice.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if !said(ui.Text("resolvers.warning")) {
		t.Errorf("nothing says that the broadband's filter may be gone round:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "levels.save")
	if !said(ui.Text("resolvers.none")) || s.policy.Upstreams != nil {
		t.Errorf("no address is saved as %v", s.policy.Upstreams)
	}
	focus(t, w, isResolvers) // the address is the next field
	address := focus(t, w, func(f fyne.Focusable) bool {
		e, ok := f.(*ui.Entry)
		return ok && e.Text == ""
	}).(*ui.Entry)
	address.SetText("1.1.1.3 cloudflare")
	uitest.Press(t, w.Content(), "levels.save")
	if !said(ui.Text("resolvers.bad", "What", "cloudflare")) || s.policy.Upstreams != nil {
		t.Errorf("what is no address is saved: %v", s.policy.Upstreams)
	}
	address.SetText(" 1.1.1.3,  tls://Family.cloudflare-dns.com ")
	uitest.Press(t, w.Content(), "levels.save")
	if want := []string{"1.1.1.3", "tls://family.cloudflare-dns.com:853"}; !slices.Equal(s.policy.Upstreams, want) || !said(ui.Text("levels.saved")) {
		t.Errorf("saved %v, want %v", s.policy.Upstreams, want)
	}
	if said(ui.Text("resolvers.bad", "What", "cloudflare")) {
		t.Error("what was wrong is still said")
	}
	choice.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	uitest.Press(t, w.Content(), "levels.save")
	if s.policy.Upstreams != nil || said(ui.Text("resolvers.warning")) {
		t.Errorf("the usual one is saved as %v", s.policy.Upstreams)
	}
}

func isResolvers(f fyne.Focusable) bool {
	seg, ok := f.(*ui.Segment)
	return ok && strings.HasPrefix(seg.AccessibilityLabel(), ui.Text("resolvers.title"))
}

func TestResolversPictures(t *testing.T) {
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			s := newService()
			s.locked = false
			s.policy.Upstreams = []string{"1.1.1.3", "1.0.0.3"}
			w := uitest.Open(t, l, func(*testing.T) fyne.CanvasObject {
				return guardian.NewLevels(config(s), func() {}).Content()
			})
			focus(t, w, func(f fyne.Focusable) bool {
				e, ok := f.(*ui.Entry)
				return ok && e.Text == "1.1.1.3 1.0.0.3"
			})
			uitest.Compare(t, "levels-resolvers", l, w)
		})
	}
}
