package guardian

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"lessonguard/app/ui"
	"lessonguard/filter"
)

// shownRules is how many of the guardian's own rules are shown at first.
const shownRules = 20

// sites is what the guardian opens and closes by name, and what learners asked to
// be opened.
type sites struct {
	gate     *gate
	rules    []filter.Rule // as they will be saved
	kept     []filter.Rule // as they are in force
	learners []filter.Learner
	requests []filter.Request
	answered func(filter.Policy) // with the policy that a request has changed
	changed  func()              // what is shown

	name    *ui.Field
	allow   bool // what is written
	scope   filter.RuleScope
	all     bool // every rule is shown
	busy    bool
	asks    *fyne.Container
	rows    *fyne.Container
	trouble *ui.Complaint
}

// learnt is what the service tells of the sites, and of all else in the policy.
type learnt struct {
	policy   filter.Policy
	learners []filter.Learner
	requests []filter.Request
}

func learn(ctx context.Context, c filter.Control) (l learnt, err error) {
	var h filter.Household
	if l.policy, err = c.Policy(ctx); err != nil {
		return l, err
	}
	if l.requests, err = c.Requests(ctx); err != nil {
		return l, err
	}
	h, err = c.Household(ctx)
	l.learners = h.Learners
	return l, err
}

func newSites(g *gate, known learnt, answered func(filter.Policy), changed func()) *sites {
	s := &sites{
		gate: g, rules: slices.Clone(known.policy.Rules), kept: known.policy.Rules, learners: known.learners, requests: known.requests,
		answered: answered, changed: changed, scope: filter.Always, asks: ui.Column(14), rows: ui.Column(8), trouble: ui.NewComplaint(),
	}
	s.name = ui.NewField(ui.FieldConfig{Label: ui.Text("sites.name"), Hint: ui.Text("sites.hint"), Most: 2000, Entered: s.add})
	s.draw()
	return s
}

// object is the card that all of it is shown on.
func (s *sites) object() fyne.CanvasObject {
	const open, closed = "open", "closed"
	kind := ui.NewSegment(ui.Text("sites.what"), closed, []ui.Option{
		{ID: closed, Text: ui.Text("sites.closed")}, {ID: open, Text: ui.Text("sites.open")},
	}, func(id string) { s.allow = id == open })
	var scopes []ui.Option
	for _, scope := range []filter.RuleScope{filter.Always, filter.InLessons, filter.OutsideLessons} {
		scopes = append(scopes, ui.Option{ID: string(scope), Text: ui.Text("sites." + string(scope))})
	}
	when := ui.NewSegment(ui.Text("sites.when"), string(s.scope), scopes, func(id string) { s.scope = filter.RuleScope(id) })
	return ui.Card(ui.Column(14,
		ui.Column(2, ui.Strong(ui.Text("sites.title")), ui.Small(ui.Text("sites.line"))),
		s.asks,
		s.trouble.Object(),
		s.rows,
		s.name.Object(),
		ui.Flow(16, kind, when),
		ui.Flow(8, ui.Secondary(ui.Text("sites.add"), s.add)),
	))
}

// unfinished says that a site is written and was not added; "" where none is.
func (s *sites) unfinished() string {
	wrong := ""
	if text := strings.TrimSpace(s.name.Text()); text != "" {
		wrong = ui.Text("sites.unfinished")
	}
	s.name.Fail(wrong)
	return wrong
}

// add adds the site that is written, or says what is wrong with it. What the
// service knows of a name it tells in full only to whoever has unlocked: the policy
// is asked for so that the PIN is.
func (s *sites) add() {
	if s.busy {
		return
	}
	n, wrong := s.written()
	if s.name.Fail(wrong); wrong != "" {
		s.changed()
		return
	}
	s.busy = true
	rule := filter.Rule{Name: n, Allow: s.allow, Scope: s.scope}
	var x filter.Explanation
	s.gate.pass(
		func(ctx context.Context) (err error) {
			if _, err = s.gate.config.Control.Policy(ctx); err == nil {
				x, err = s.gate.config.Control.Explain(ctx, filter.Question{Name: n})
			}
			return err
		},
		func(err error) {
			s.busy = false
			switch wrong := undecided(x); {
			case err != nil:
				s.name.Fail(sentence(err))
			case wrong != "":
				s.name.Fail(wrong)
			default:
				s.rules = filter.Policy{Rules: s.rules}.With(rule).Rules
				s.name.Entry.SetText("")
				s.draw()
			}
			s.changed()
		},
		func() { s.busy = false },
	)
}

// written returns the site that is written, or what is wrong with it.
func (s *sites) written() (n filter.Name, wrong string) {
	n, err := filter.ParseSite(s.name.Text())
	switch {
	case err != nil:
		return "", ui.Text("sites.bad")
	case n.IsPublicSuffix():
		return "", ui.Text("sites.shared", "Name", string(n))
	case slices.Contains(s.rules, filter.Rule{Name: n, Allow: s.allow, Scope: s.scope}):
		return "", ui.Text("sites.there")
	}
	return n, ""
}

// undecided says why no rule of the guardian's decides on what x explains; "" where
// one would.
func undecided(x filter.Explanation) string {
	switch x.Reason {
	case filter.Protected, filter.RestrictedList, filter.Plumbing, filter.Canary:
		return ui.Text("sites.not."+x.Reason.String(), "Name", string(x.Name))
	}
	return ""
}

// answer settles a request at once.
func (s *sites) answer(r filter.Request, allow bool) {
	if s.busy {
		return
	}
	s.busy = true
	s.trouble.Clear()
	var known learnt
	s.gate.pass(
		func(ctx context.Context) (err error) {
			// One that was answered elsewhere meanwhile is answered.
			if err = s.gate.config.Control.Answer(ctx, r.ID, filter.Answer{Allow: allow}); err == nil || errors.Is(err, filter.ErrNotFound) {
				known, err = learn(ctx, s.gate.config.Control)
			}
			return err
		},
		func(err error) {
			s.busy = false
			if err != nil {
				s.trouble.Say(sentence(err))
			} else {
				s.take(known)
				s.draw()
			}
			s.changed()
		},
		func() { s.busy = false },
	)
}

// take takes what the service says now, and leaves what was changed here and is not
// saved yet.
func (s *sites) take(known learnt) {
	s.requests, s.learners = known.requests, known.learners
	s.rules = slices.DeleteFunc(s.rules, func(r filter.Rule) bool {
		return slices.Contains(s.kept, r) && !slices.Contains(known.policy.Rules, r)
	})
	for _, r := range known.policy.Rules {
		if !slices.Contains(s.kept, r) {
			s.rules = filter.Policy{Rules: s.rules}.With(r).Rules
		}
	}
	s.kept = known.policy.Rules
	s.answered(known.policy)
}

func (s *sites) draw() {
	var asks []fyne.CanvasObject
	for _, r := range s.requests {
		asks = append(asks, s.request(r))
	}
	if s.asks.Hidden = len(asks) == 0; !s.asks.Hidden {
		asks = []fyne.CanvasObject{ui.Note(ui.Bluish, ui.IconChat, ui.Strong(ui.Text("sites.asked")), ui.Small(ui.Text("sites.asked_line")), ui.Rows(asks...))}
	}
	ui.Fill(s.asks, asks...)
	slices.SortStableFunc(s.rules, func(a, b filter.Rule) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Scope, b.Scope))
	})
	shown := s.rules
	if !s.all {
		shown = shown[:min(len(shown), shownRules)]
	}
	var rows []fyne.CanvasObject
	for _, r := range shown {
		rows = append(rows, ui.Beside(180, 16, nil, ui.Body(rule(r)), ui.Secondary(ui.Text("sites.remove"), func() {
			s.rules = slices.DeleteFunc(s.rules, func(other filter.Rule) bool { return other == r })
			s.draw()
			s.changed()
		})))
	}
	if more := len(s.rules) - len(shown); more > 0 {
		rows = append(rows, ui.Flow(8, ui.Secondary(ui.Text("notice.more", "Count", more), func() {
			s.all = true
			s.draw()
			s.changed()
		})))
	}
	if len(rows) == 0 {
		rows = append(rows, ui.Soft(ui.Text("sites.none")))
	}
	ui.Fill(s.rows, rows...)
}

// request is what a learner asked for, with the two answers.
func (s *sites) request(r filter.Request) fyne.CanvasObject {
	who := ui.Text("sites.somebody")
	for _, l := range s.learners {
		if l.ID == r.Learner {
			who = l.Name
		}
	}
	about := ui.Column(2, ui.Strong(ui.Text("sites.asks", "Who", who, "Name", string(r.Ask.Name))))
	if r.Ask.Why != "" {
		about.Add(ui.Written(r.Ask.Why))
	}
	about.Add(ui.Small(ui.Day(r.At.Local())))
	return ui.Column(10, about, ui.Flow(8,
		ui.Secondary(ui.Text("sites.open_it"), func() { s.answer(r, true) }),
		ui.Secondary(ui.Text("sites.keep_closed"), func() { s.answer(r, false) })))
}

// rule says a rule in a line.
func rule(r filter.Rule) string {
	key := "sites.row.closed"
	if r.Allow {
		key = "sites.row.open"
	}
	line := ui.Text(key, "Name", string(r.Name))
	if r.Scope != filter.Always {
		line += ", " + ui.Text("sites.row."+string(r.Scope))
	}
	if until := r.Until.Local(); !r.Until.IsZero() {
		line += ", " + ui.Text("sites.row.until", "Day", ui.Day(until), "Time", ui.Clock(until))
	}
	return line
}
