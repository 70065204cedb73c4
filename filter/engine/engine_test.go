package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/access"
	"lessonguard/filter/engine"
	"lessonguard/filter/index"
)

func open(dir string, now func() time.Time) (*engine.Engine, error) {
	return engine.New(engine.Config{Dir: dir, Now: now, Logger: slog.New(slog.DiscardHandler)})
}

func mustOpen(t *testing.T, dir string, now func() time.Time) *engine.Engine {
	t.Helper()
	e, err := open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestBadState: each thing that can be wrong with the state directory is one
// line that names it, and nothing in it is lost.
func TestBadState(t *testing.T) {
	for _, tt := range []struct {
		why, file, data, want string
	}{
		{"another version", "state.json", `{"version": 99}`, "version 99"},
		{"half a policy", "policy.json", `{"level": {"closed": ["gam`, "policy.json is damaged"},
		{"an unknown category", "policy.json", `{"level": {"closed": ["chess"]}}`, `unknown category "chess"`},
		{"a policy that cannot be used", "policy.json", `{"level": {"style": "loud"}}`, `"loud"`},
		{"a damaged household", "household.json", `{`, "household.json is damaged"},
		{"a short key", "key", "abc", "3 bytes"},
		{"a damaged PIN", "pin.json", `{`, "pin.json is damaged"},
	} {
		t.Run(tt.why, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, tt.file)
			if err := os.WriteFile(path, []byte(tt.data), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := open(dir, time.Now)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("New = %v, want one line with %q", err, tt.want)
			}
			if got, _ := os.ReadFile(path); string(got) != tt.data {
				t.Errorf("%s was changed to %q", tt.file, got)
			}
		})
	}
	if _, err := open(filepath.Join(t.TempDir(), "missing"), time.Now); err == nil || !strings.Contains(err.Error(), "does not exist: make it") {
		t.Errorf("missing directory: %v", err)
	}
}

func TestStateOutlivesTheEngine(t *testing.T) {
	dir := t.TempDir()
	e := mustOpen(t, dir, time.Now)
	p := filter.DefaultPolicy()
	p.Rules = []filter.Rule{{Name: "bet.example", Allow: true, Scope: filter.Always}}
	if err := e.SetPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: true, For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, dir, time.Now)
	if got, _ := again.Policy(t.Context()); len(got.Rules) != 1 {
		t.Errorf("policy after a restart: %+v", got)
	}
	if s, _ := again.Status(t.Context()); !s.Lesson.On {
		t.Error("the lesson ended with the restart")
	}
	if again.Key() != e.Key() {
		t.Error("the hash key changed with the restart")
	}
}

// TestLessonEnds: the lesson ends when its time is up, and watchers see it.
func TestLessonEnds(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		e := mustOpen(t, dir, time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = e.Run(ctx) }()
		start := time.Now()
		if _, err := e.SetLesson(ctx, filter.LessonChange{On: true, For: 40 * time.Minute}); err != nil {
			t.Fatal(err)
		}
		for s := range e.Watch(ctx) {
			if !s.Lesson.On {
				break
			}
		}
		if got := time.Since(start); got != 40*time.Minute {
			t.Errorf("ended after %v, want 40m", got)
		}
	})
}

// TestLearnersLesson: without the PIN lesson mode can be started, not ended,
// and for two hours in any four.
func TestLearnersLesson(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	e := mustOpen(t, dir, func() time.Time { return now })
	learner := filter.WithCaller(t.Context(), filter.Caller{Account: "leo", ID: "1001"})
	start := func(d time.Duration) (filter.Lesson, error) {
		return e.SetLesson(learner, filter.LessonChange{On: true, For: d})
	}
	l, err := start(90 * time.Minute)
	if err != nil || l.By != "leo" {
		t.Fatalf("first lesson: %+v, %v", l, err)
	}
	if again, _ := start(3 * time.Hour); !again.Until.Equal(l.Until) {
		t.Error("a lesson that is on was made longer without the PIN")
	}
	now = now.Add(100 * time.Minute)
	if l, err = start(time.Hour); err != nil || l.Until.Sub(now) != 30*time.Minute {
		t.Errorf("second lesson: for %v, %v, want the 30m that are left", l.Until.Sub(now), err)
	}
	now = now.Add(40 * time.Minute)
	if _, err = start(time.Hour); !errors.Is(err, filter.ErrTooLong) {
		t.Errorf("third lesson: %v, want %v", err, filter.ErrTooLong)
	}
	if _, err := mustOpen(t, dir, func() time.Time { return now }).SetLesson(learner, filter.LessonChange{On: true}); !errors.Is(err, filter.ErrTooLong) {
		t.Errorf("after a restart: %v, want %v", err, filter.ErrTooLong)
	}
	now = now.Add(2 * time.Hour)
	if _, err = start(time.Hour); err != nil {
		t.Errorf("later: %v", err)
	}
	if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: true, For: 3 * time.Hour}); err != nil {
		t.Errorf("the guardian has no such limit: %v", err)
	}
}

// TestResume: a clock that was wrong when the PC started again makes no lesson
// longer than a lesson can be.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	e := mustOpen(t, dir, time.Now)
	if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: true, For: time.Hour}); err != nil {
		t.Fatal(err)
	}
	wrong := time.Now().Add(-20 * 365 * 24 * time.Hour)
	s, err := mustOpen(t, dir, func() time.Time { return wrong }).Status(t.Context())
	if err != nil || !s.Lesson.On || s.Lesson.Until.Sub(wrong) > filter.MaxLesson {
		t.Errorf("lesson after the clock went back: %+v, %v", s.Lesson, err)
	}
}

// TestRestrictedIsOnlyBlocked: without the PIN a name on a restricted list is
// explained in the very words of any other name that is always closed.
func TestRestrictedIsOnlyBlocked(t *testing.T) {
	dir := t.TempDir()
	e := mustOpen(t, dir, time.Now)
	path := filepath.Join(dir, "index")
	list := func(id string, c filter.Category, restricted bool, n string) index.Source {
		return index.Source{ID: id, Category: c, Restricted: restricted, Names: func(add func([]byte, bool)) error {
			add([]byte(n), false)
			return nil
		}}
	}
	_, err := index.Build(index.Config{Path: path, Key: e.Key(), Lists: []index.Source{
		list("closed", filter.Gambling, false, "listed.example"), list("lessons", filter.Games, false, "game.example"),
		list("restricted", 0, true, "secret.example"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Open(path, e.Key())
	if err != nil {
		t.Fatal(err)
	}
	e.Publish(x)
	explain := func(n filter.Name, guardian bool) string {
		t.Helper()
		x, err := e.Explain(filter.WithCaller(t.Context(), filter.Caller{Account: "leo", Guardian: guardian}), filter.Question{Name: n})
		if err != nil {
			t.Fatal(err)
		}
		said, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(said), string(n), "NAME")
	}
	for _, style := range []filter.LessonStyle{"", filter.NoDistractions, filter.ApprovedOnly} {
		if style != "" {
			if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: true, Style: style}); err != nil {
				t.Fatal(err)
			}
		}
		listed, secret := explain("www.listed.example", false), explain("www.secret.example", false)
		if listed != secret {
			t.Errorf("in a lesson %q: a listed name\n%s, one on a restricted list\n%s", style, listed, secret)
		}
		if strings.Contains(secret, "closed on this computer") == (style == filter.ApprovedOnly) {
			t.Errorf("in a lesson %q: %s", style, secret)
		}
		if got := explain("www.game.example", false); style == filter.NoDistractions && !strings.Contains(got, `"games"`) {
			t.Errorf("what is closed in lessons only: %s, want its category", got)
		}
		if got := explain("www.secret.example", true); !strings.Contains(got, "restricted-list") {
			t.Errorf("with the PIN: %s", got)
		}
	}
	if _, err := e.SetLesson(t.Context(), filter.LessonChange{}); err != nil {
		t.Fatal(err)
	}
	if got := explain("www.listed.example", true); !strings.Contains(got, `"gambling"`) || !strings.Contains(got, `["closed"]`) {
		t.Errorf("with the PIN: %s", got)
	}
}

// TestExplainUnfiltered: where the PC does not ask the filter, that is what is
// said first.
func TestExplainUnfiltered(t *testing.T) {
	e := mustOpen(t, t.TempDir(), time.Now)
	p := filter.DefaultPolicy()
	p.Rules = []filter.Rule{{Name: "game.example", Scope: filter.Always}}
	if err := e.SetPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	const blocked = "Blocked: your own rule for game.example blocks it."
	for state, want := range map[filter.State]string{
		filter.Filtering: blocked,
		filter.Resting:   "No lesson is on. Where it filters, the rules of this moment say: " + blocked,
		filter.LetGo:     "No lesson is on. Where it filters, the rules of this moment say: " + blocked,
	} {
		e.Hooked(engine.Hook{Name: "nft", State: state, Why: "No lesson is on."})
		x, err := e.Explain(t.Context(), filter.Question{Name: "game.example"})
		if err != nil || x.Sentence != want || x.Unfiltered != (state != filter.Filtering) || x.Action != filter.Block {
			t.Errorf("%s: %+v, %v, want %q", state, x, err, want)
		}
	}
}

// TestRuleRefused: a rule that would decide nothing is refused, one that was there
// before is not, and neither what is refused nor its name is kept.
func TestRuleRefused(t *testing.T) {
	dir := t.TempDir()
	e := mustOpen(t, dir, time.Now)
	p := filter.DefaultPolicy()
	p.Rules = []filter.Rule{{Name: "support.example", Scope: filter.Always}}
	if err := e.SetPolicy(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	e.Know(filter.Content{Protected: []filter.Name{"help.example", "support.example"}})
	refused := p.Clone()
	refused.Rules = append(refused.Rules, filter.Rule{Name: "help.example", Scope: filter.Always})
	if err := e.SetPolicy(t.Context(), refused); !errors.Is(err, filter.ErrBadPolicy) {
		t.Errorf("a rule for a protected name: %v, want %v", err, filter.ErrBadPolicy)
	}
	p.Level.SafeSearch = false
	if err := e.SetPolicy(t.Context(), p); err != nil {
		t.Errorf("another change beside an older rule: %v", err)
	}
	for _, name := range []string{"policy.json", "audit.jsonl"} {
		if kept, err := os.ReadFile(filepath.Join(dir, name)); err == nil && strings.Contains(string(kept), "help.example") {
			t.Errorf("%s holds the name: %s", name, kept)
		}
	}
}

// TestAuditSentences: changes are told in words that name no site.
func TestAuditSentences(t *testing.T) {
	e := mustOpen(t, t.TempDir(), time.Now)
	ctx := filter.WithCaller(t.Context(), filter.Caller{Account: "mum", Guardian: true})
	h := filter.Household{Learners: []filter.Learner{{ID: "a", Name: "Leo"}}}
	if err := e.SetHousehold(ctx, h); err != nil {
		t.Fatal(err)
	}
	p := filter.DefaultPolicy()
	for _, tt := range []struct {
		change func()
		want   string
	}{
		{func() {}, "What is known of the family was changed: learners: 1 added."}, // none
		{func() { p.Level.Closed |= filter.CategoriesOf(filter.Games, filter.Misinformation) }, "The filter's settings were changed: always closed games, misinformation."},
		{func() { p.Level.Closed &^= filter.CategoriesOf(filter.Games); p.Level.SafeSearch = false }, "The filter's settings were changed: no longer always closed games; safe search off."},
		{func() { p.Learners = map[string]filter.Level{"a": p.Level} }, "The filter's settings were changed: Leo has settings of their own."},
		{func() { l := p.Level; l.YouTube = filter.YouTubeOpen; p.Learners = map[string]filter.Level{"a": l} }, "The filter's settings were changed: Leo: YouTube open."},
		{func() { p.Rules = []filter.Rule{{Name: "secret.example", Scope: filter.Always}} }, "The filter's settings were changed: rules: 1 added."},
		{func() { p.Rules = []filter.Rule{{Name: "other.example", Scope: filter.Always}} }, "The filter's settings were changed: rules: 1 added, 1 removed."},
		{func() { p.Hook = filter.HookInLessons; p.LessonNames = []filter.Name{"tutor.example"} }, "The filter's settings were changed: lesson sites: 1 added; filtering in lessons only."},
	} {
		tt.change()
		if err := e.SetPolicy(ctx, p); err != nil {
			t.Fatal(err)
		}
		entries, err := e.Audit(ctx, 1)
		if err != nil || len(entries) != 1 || entries[0].What != tt.want || entries[0].Account != "mum" {
			t.Errorf("audit %+v, %v, want %q by mum", entries, err, tt.want)
		}
	}
}

// TestLearnersFillNoLog: short lessons without the PIN are made longer.
func TestLearnersFillNoLog(t *testing.T) {
	now := time.Now()
	e := mustOpen(t, t.TempDir(), func() time.Time { return now })
	learner := filter.WithCaller(t.Context(), filter.Caller{Account: "leo", ID: "1001"})
	started := 0
	for range 1000 {
		if s, _ := e.Status(learner); s.Lesson.On {
			t.Fatal("the lesson goes on")
		}
		if l, err := e.SetLesson(learner, filter.LessonChange{On: true, For: 1}); err == nil {
			started++
			now = l.Until
		} else {
			break
		}
	}
	if started != int(filter.LearnerLesson/filter.LearnerLeast) {
		t.Errorf("%d lessons, want %d", started, filter.LearnerLesson/filter.LearnerLeast)
	}
}

// TestAuditPIN: who set the PIN, and by what right.
func TestAuditPIN(t *testing.T) {
	dir := t.TempDir()
	e := mustOpen(t, dir, time.Now)
	mum, root := filter.Caller{Account: "mum", ID: "1000"}, filter.Caller{Account: "root", ID: "0", Owner: true}
	set := func(c filter.Caller, p filter.PINChange, err error, want string) {
		t.Helper()
		if got := e.SetPIN(filter.WithCaller(t.Context(), c), p); !errors.Is(got, err) {
			t.Errorf("SetPIN = %v, want %v", got, err)
		}
		if log, _ := e.Audit(t.Context(), 1); len(log) != 1 || log[0].What != want || want != "This record was begun." && log[0].Account != c.Account {
			t.Errorf("audit %+v, want %q", log, want)
		}
	}
	claim := func() string {
		t.Helper()
		c, err := access.MintClaim(dir, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	set(mum, filter.PINChange{New: "482915"}, filter.ErrForbidden, "This record was begun.")
	set(mum, filter.PINChange{New: "482915", Claim: claim()}, nil, "The PIN was set.")
	set(mum, filter.PINChange{New: "736251", Old: "000001"}, filter.ErrWrongPIN, "A wrong PIN was given.")
	set(mum, filter.PINChange{New: "736251", Old: "482915"}, nil, "The PIN was changed.")
	set(root, filter.PINChange{New: "918273"}, nil, "An administrator set a new PIN.")
	set(mum, filter.PINChange{New: "482915", Claim: claim()}, nil, "A new PIN was set, by a claim that an administrator gave.")
}
