package learner

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// Limits on what is asked with.
const (
	maxSite = 300 // letters of an address that was copied
	maxWhy  = 500 // bytes of [filter.Ask.Why]
)

// An asker is the page on which a learner asks for a site to be opened. Guardians
// see what is asked for, and it says so first.
type asker struct {
	control filter.Control
	adult   bool
	do      ui.Doer
	changed func() // lays out the page again

	site, why *ui.Field
	said      *ui.Complaint
	waits     bool // for the service to take it
}

// ask shows the page, empty: what was written on it before may be another's.
func (m *Home) ask() {
	m.visits++
	c := m.config
	a := &asker{control: c.Control, adult: Adult(c.Learner), do: c.Do, changed: m.box.Refresh, said: ui.NewComplaint()}
	a.site = ui.NewField(ui.FieldConfig{Label: ui.Text("ask.site"), Hint: ui.Text("ask.site_hint"), Most: maxSite})
	a.why = ui.NewField(ui.FieldConfig{Label: ui.Text("ask.why"), Hint: ui.Text("ask.why_hint"), Most: maxWhy, Lines: 2})
	m.under(
		ui.Header(ui.Text("ask.title"), a.say("line")),
		ui.Narrow(520, a.site.Object()), a.why.Object(), a.said.Object(),
		ui.Flow(0, ui.Primary(ui.Text("ask.button"), a.ask).Icon(ui.IconSend)),
	)
}

// say returns the words for key as whoever asks is spoken to.
func (a *asker) say(key string) string {
	if a.adult {
		return ui.Text("ask.adult." + key)
	}
	return ui.Text("ask." + key)
}

// ask asks for what was written.
func (a *asker) ask() {
	if a.waits {
		return
	}
	a.site.Fail("")
	a.why.Fail("")
	a.said.Clear()
	defer a.changed()
	name, err := siteName(a.site.Text())
	if err != nil || name.IsPublicSuffix() { // co.uk, or a word
		a.site.Fail(ui.Text("ask.wrong"))
		return
	}
	why := strings.TrimSpace(a.why.Text())
	if len(why) > maxWhy {
		a.why.Fail(ui.Text("ask.long"))
		return
	}
	a.waits = true
	a.do(
		func() { err = a.control.Ask(context.Background(), filter.Ask{Name: name, Why: why}) },
		func() {
			a.waits = false
			a.answered(name, err)
			a.changed()
		},
	)
}

func (a *asker) answered(name filter.Name, err error) {
	switch {
	case err == nil:
		a.site.Entry.SetText("")
		a.why.Entry.SetText("")
		a.said.Put(ui.Note(ui.Greenish, ui.IconCheck, ui.Strong(a.say("asked")), ui.Strong(string(name)), ui.Body(ui.Text("ask.asked_line"))))
	case errors.Is(err, filter.ErrBadAsk), errors.Is(err, filter.ErrBadName):
		a.site.Fail(ui.Text("ask.wrong"))
	case errors.Is(err, filter.ErrTooMany):
		a.said.Say(ui.Text("ask.too_many"))
	case errors.Is(err, filter.ErrBusy):
		a.said.Say(ui.Text("ask.busy"))
	default:
		a.said.Say(ui.Text("ask.failed"))
	}
}

// siteName returns the name in what somebody wrote, which may be the address of a
// page that they copied.
func siteName(text string) (filter.Name, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		text = "//" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", filter.ErrBadName
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil {
		return "", filter.ErrBadName
	}
	return filter.ParseName(u.Hostname())
}
