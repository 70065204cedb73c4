package guardian_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/app/guardian"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/filter"
)

// segment returns a test of what has the focus: a segment with the label of key.
func segment(key string) func(fyne.Focusable) bool {
	return func(f fyne.Focusable) bool {
		s, ok := f.(*ui.Segment)
		return ok && strings.HasPrefix(s.AccessibilityLabel(), ui.Text(key)+",")
	}
}

// button returns a test of what has the focus: a button with the words of key.
func button(key string) func(fyne.Focusable) bool {
	return func(f fyne.Focusable) bool {
		b, ok := f.(*ui.Button)
		return ok && b.AccessibilityLabel() == ui.Text(key)
	}
}

func isEntry(f fyne.Focusable) bool { _, ok := f.(*ui.Entry); return ok }

var right, left, enter = &fyne.KeyEvent{Name: fyne.KeyRight}, &fyne.KeyEvent{Name: fyne.KeyLeft}, &fyne.KeyEvent{Name: fyne.KeyReturn}

// openLevels opens the levels of s, whose PIN has been given.
func openLevels(t *testing.T, l uitest.Look, s *service) fyne.Window {
	t.Helper()
	s.locked = false
	return uitest.Open(t, l, func(*testing.T) fyne.CanvasObject {
		return guardian.NewLevels(config(s), func() {}).Content()
	})
}

// TestSites closes and opens sites by keyboard, is told of what is none and of what
// no rule decides on, takes one away and saves the rest.
func TestSites(t *testing.T) {
	s := newService()
	s.policy.Rules = []filter.Rule{{Name: "old.example", Allow: true, Scope: filter.InLessons}}
	w := openLevels(t, uitest.Plain(), s)
	said := func(text string) bool { return strings.Contains(uitest.Text(w.Content()), text) }
	if !said("Open: old.example, in lessons") {
		t.Errorf("the rule there is is not shown:\n%s", uitest.Text(w.Content()))
	}
	site := focus(t, w, isEntry).(*ui.Entry)
	kind, when := focus(t, w, segment("sites.what")), focus(t, w, segment("sites.when"))

	for text, want := range map[string]string{
		"":                          ui.Text("sites.bad"),
		"a site":                    ui.Text("sites.bad"),
		"192.168.1.1":               ui.Text("sites.bad"),
		"leo@example.org":           ui.Text("sites.bad"),
		"https://co.uk/":            ui.Text("sites.shared", "Name", "co.uk"),
		"help.example":              ui.Text("sites.not.protected", "Name", "help.example"),
		"http://www.secret.example": ui.Text("sites.not.restricted-list", "Name", "secret.example"),
		"time.example":              ui.Text("sites.not.plumbing", "Name", "time.example"),
		"use-application-dns.net":   ui.Text("sites.not.canary", "Name", "use-application-dns.net"),
	} {
		site.SetText(text)
		uitest.Press(t, w.Content(), "sites.add")
		if !said(want) {
			t.Errorf("%q: want %q, and shown is:\n%s", text, want, uitest.Text(w.Content()))
		}
	}
	uitest.Press(t, w.Content(), "levels.save")
	if !said(ui.Text("sites.unfinished")) || said(ui.Text("levels.saved")) {
		t.Error("a site that was not added is passed over")
	}

	site.SetText("https://www.Game.example/play?x=1")
	site.TypedKey(enter)
	if !said("Closed: game.example\n") || site.Text != "" {
		t.Errorf("the host of an address is not taken:\n%s", uitest.Text(w.Content()))
	}
	site.SetText("game.example")
	site.TypedKey(enter)
	if !said(ui.Text("sites.there")) {
		t.Error("the same is taken twice")
	}
	kind.TypedKey(right)
	when.TypedKey(right)
	uitest.Press(t, w.Content(), "sites.add")
	if !said("Open: game.example, in lessons") || !said("Closed: game.example, outside lessons") {
		t.Errorf("the later word does not hold in lessons:\n%s", uitest.Text(w.Content()))
	}
	if len(s.policy.Rules) != 1 {
		t.Errorf("saved before it is saved: %v", s.policy.Rules)
	}
	uitest.Press(t, w.Content(), "sites.remove", "levels.save") // the last is old.example's
	want := []filter.Rule{
		{Name: "game.example", Allow: true, Scope: filter.InLessons},
		{Name: "game.example", Scope: filter.OutsideLessons},
	}
	if !slices.Equal(s.policy.Rules, want) || !said(ui.Text("levels.saved")) {
		t.Errorf("saved %v, want %v", s.policy.Rules, want)
	}
}

// TestSitesAreMany shows the first of many rules, and all of them when asked.
func TestSitesAreMany(t *testing.T) {
	s := newService()
	for i := range 25 {
		s.policy.Rules = append(s.policy.Rules, filter.Rule{Name: filter.Name(string(rune('a'+i)) + ".example"), Scope: filter.Always})
	}
	w := openLevels(t, uitest.Plain(), s)
	count := func() int { return strings.Count(uitest.Text(w.Content()), "Closed: ") }
	if count() != 20 {
		t.Errorf("%d are shown at first, want 20", count())
	}
	b := uitest.Find(w.Content(), ui.Text("notice.more", "Count", 5))
	if b == nil {
		t.Fatal("there is no way to the others")
	}
	b.Tapped(nil)
	if count() != 25 {
		t.Errorf("%d are shown of 25", count())
	}
}

// asked are what two learners and a visitor ask for.
func asked() []filter.Request {
	return []filter.Request{
		{ID: "1", Learner: "1", Ask: filter.Ask{Name: "maths.example", Why: "for **homework**"}, At: uitest.Noon()},
		{ID: "2", Learner: "gone", Ask: filter.Ask{Name: "game.example"}, At: uitest.Noon().AddDate(0, 0, -2)},
	}
}

// TestRequests opens one site and keeps another closed, both at once and with the
// PIN, and loses nothing that is not saved yet.
func TestRequests(t *testing.T) {
	s := newService()
	s.requests = asked()
	s.policy.Rules = []filter.Rule{{Name: "old.example", Scope: filter.Always}, {Name: "older.example", Scope: filter.Always}}
	w := openLevels(t, uitest.Plain(), s)
	said := func(text string) bool { return strings.Contains(uitest.Text(w.Content()), text) }
	for _, want := range []string{"Leo asks for maths.example", "for **homework**", "Somebody on this computer asks for game.example"} {
		if !said(want) {
			t.Errorf("%q is not shown:\n%s", want, uitest.Text(w.Content()))
		}
	}
	uitest.Press(t, w.Content(), "sites.remove") // older.example, not saved yet
	s.locked = true                              // the PIN was given too long ago
	focus(t, w, button("sites.open_it")).TypedKey(enter)
	pin, ok := w.Canvas().Focused().(*ui.Entry)
	if !ok {
		t.Fatal("the PIN is not asked for")
	}
	pin.SetText(s.pin)
	pin.TypedKey(enter)
	open := filter.Rule{Name: "maths.example", Allow: true, Scope: filter.OutsideLessons}
	if !slices.Contains(s.policy.Rules, open) || len(s.policy.Rules) != 3 {
		t.Errorf("once it is opened the rules are %v", s.policy.Rules)
	}
	if said("maths.example asks") || said("Leo asks for") || !said("Open: maths.example, outside lessons") || said("Closed: older.example") {
		t.Errorf("shown once it is opened:\n%s", uitest.Text(w.Content()))
	}
	s.requests = nil // answered elsewhere meanwhile
	uitest.Press(t, w.Content(), "sites.keep_closed")
	if said("asks for") || said(ui.Text("sites.asked")) {
		t.Errorf("what is answered still waits:\n%s", uitest.Text(w.Content()))
	}
	uitest.Press(t, w.Content(), "levels.save")
	if want := []filter.Rule{open, {Name: "old.example", Scope: filter.Always}}; !slices.Equal(s.policy.Rules, want) {
		t.Errorf("saved %v, want %v", s.policy.Rules, want)
	}
}

// TestHomeSaysWhatIsAskedFor and leads to where it is answered.
func TestHomeSaysWhatIsAskedFor(t *testing.T) {
	led := 0
	h, w := sitDown(t, newService(), func(c *guardian.Config) { c.Levels = func() { led++ } })
	for n, want := range map[int]string{0: "", 1: "1 site is asked for", 2: "2 sites are asked for"} {
		status := working()
		status.Requests = n
		h.Show(status, nil)
		b := uitest.Find(w.Content(), want)
		if (b != nil) != (want != "") {
			t.Errorf("%d wait, and shown is:\n%s", n, uitest.Text(w.Content()))
		}
		if b != nil {
			b.Tapped(nil)
		}
	}
	if led != 2 {
		t.Errorf("led to the levels %d times, want 2", led)
	}
	h.Show(filter.Status{Requests: 3}, filter.ErrNotRunning)
	if strings.Contains(uitest.Text(w.Content()), ui.Text("home.asked_line")) {
		t.Error("sites are asked for of a filter that does not run")
	}
}

func TestSitesPictures(t *testing.T) {
	for _, l := range uitest.AllLooks() {
		t.Run(l.Name, func(t *testing.T) {
			s := newService()
			s.requests = asked()
			s.policy.Rules = []filter.Rule{
				{Name: "example.org", Allow: true, Scope: filter.Always},
				{Name: "example.net", Scope: filter.InLessons, Until: uitest.Noon().Add(30 * time.Hour)},
			}
			w := openLevels(t, l, s)
			focus(t, w, button("sites.keep_closed"))
			uitest.Compare(t, "levels-requests", l, w)
			site := focus(t, w, isEntry).(*ui.Entry)
			site.SetText("secret.example")
			site.TypedKey(enter)
			focus(t, w, button("sites.add"))
			uitest.Compare(t, "levels-sites", l, w)
		})
	}
}
