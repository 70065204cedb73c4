package engine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/engine"
)

func as(t *testing.T, account string) context.Context {
	return filter.WithCaller(t.Context(), filter.Caller{Account: account, ID: account})
}

// asking returns an engine with a family, whose clock is at now.
func asking(t *testing.T, dir string, now *time.Time) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Config{
		Dir: dir, Now: func() time.Time { return *now }, Logger: slog.New(slog.DiscardHandler),
		Content: filter.Content{
			Protected: []filter.Name{"help.example"}, Sensitive: []filter.Name{"support.example"},
			Tests: map[filter.Name]filter.Categories{"secret.example": filter.Restricted, "hurt.example": filter.CategoriesOf(filter.SelfHarm)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	err = e.SetHousehold(t.Context(), filter.Household{
		Learners: []filter.Learner{{ID: "a", Name: "Ann", Accounts: []string{"ann"}}, {ID: "b", Name: "Ben", Accounts: []string{"ben"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func requests(t *testing.T, e *engine.Engine) []filter.Request {
	t.Helper()
	all, err := e.Requests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestAskLeavesNoTrace: names that may not be mentioned are answered as others
// are, and touch no file.
func TestAskLeavesNoTrace(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	e := asking(t, dir, &now)
	before := snapshot(t, dir)
	for _, n := range []filter.Name{"help.example", "www.help.example", "support.example", "secret.example", "hurt.example"} {
		if err := e.Ask(as(t, "ann"), filter.Ask{Name: n, Why: "please"}); err != nil {
			t.Errorf("Ask(%s) = %v", n, err)
		}
	}
	if after := snapshot(t, dir); !slices.Equal(before, after) {
		t.Errorf("files before %v, after %v", before, after)
	}
	if all := requests(t, e); len(all) != 0 {
		t.Errorf("requests %+v, want none", all)
	}
}

// snapshot returns every file with its contents and time.
func snapshot(t *testing.T, dir string) (files []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, fmt.Sprintf("%s %v %x", f.Name(), info.ModTime(), data))
	}
	return files
}

// TestAskIsBounded: by learner, and for all; what waits outlives a restart and
// goes after thirty days, and with the learner.
func TestAskIsBounded(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	e := asking(t, dir, &now)
	ask := func(account string, n int) (last error) {
		for i := range n {
			last = e.Ask(as(t, account), filter.Ask{Name: filter.Name(fmt.Sprintf("s%d.example", i))})
		}
		return last
	}
	if err := ask("ann", 20); err != nil {
		t.Error(err)
	}
	if err := ask("ann", 21); !errors.Is(err, filter.ErrTooMany) {
		t.Errorf("the 21st: %v, want %v", err, filter.ErrTooMany)
	}
	if err := e.Ask(as(t, "ann"), filter.Ask{Name: "help.example"}); !errors.Is(err, filter.ErrTooMany) {
		t.Errorf("the 21st, that may not be mentioned: %v, want the same", err)
	}
	if err := ask("ben", 2); err != nil {
		t.Errorf("another learner: %v", err)
	}
	e = asking(t, dir, &now)
	all := requests(t, e)
	if len(all) != 22 || all[0].Learner != "a" || all[21].Learner != "b" {
		t.Errorf("%d requests after a restart, want 22", len(all))
	}
	if err := e.SetHousehold(t.Context(), filter.Household{Learners: []filter.Learner{{ID: "b", Name: "Ben"}}}); err != nil {
		t.Fatal(err)
	}
	if all := requests(t, e); len(all) != 2 {
		t.Errorf("%d requests once Ann has left, want 2", len(all))
	}
	now = now.Add(30 * 24 * time.Hour)
	if all := requests(t, e); len(all) != 0 {
		t.Errorf("%d requests after thirty days, want none", len(all))
	}
}

// TestAnswerScope: an allow holds where it was made, and takes the place of what
// the rules said there.
func TestAnswerScope(t *testing.T) {
	const n = "game.example"
	later := time.Now().UTC().Truncate(time.Second).Add(time.Hour)
	for _, tt := range []struct {
		why    string
		lesson bool
		had    []filter.Rule
		answer filter.Answer
		want   []filter.Rule
	}{
		{why: "outside a lesson", want: []filter.Rule{{Name: n, Allow: true, Scope: filter.OutsideLessons}}},
		{why: "in a lesson", lesson: true, want: []filter.Rule{{Name: n, Allow: true, Scope: filter.Always}}},
		{why: "as chosen", answer: filter.Answer{Scope: filter.InLessons}, want: []filter.Rule{{Name: n, Allow: true, Scope: filter.InLessons}}},
		{
			why: "over a block", had: []filter.Rule{{Name: n, Scope: filter.Always}, {Name: "other.example", Scope: filter.Always}},
			want: []filter.Rule{{Name: n, Scope: filter.InLessons}, {Name: "other.example", Scope: filter.Always}, {Name: n, Allow: true, Scope: filter.OutsideLessons}},
		},
		{
			why: "over a block, in lessons", had: []filter.Rule{{Name: n, Scope: filter.Always}}, answer: filter.Answer{Scope: filter.InLessons},
			want: []filter.Rule{{Name: n, Scope: filter.OutsideLessons}, {Name: n, Allow: true, Scope: filter.InLessons}},
		},
		{
			why: "over a block, for good", had: []filter.Rule{{Name: n, Scope: filter.Always}}, answer: filter.Answer{Scope: filter.Always},
			want: []filter.Rule{{Name: n, Allow: true, Scope: filter.Always}},
		},
		{
			why: "over a block, until later", had: []filter.Rule{{Name: n, Scope: filter.Always}}, answer: filter.Answer{Scope: filter.Always, Until: later},
			want: []filter.Rule{{Name: n, Scope: filter.Always}, {Name: n, Allow: true, Scope: filter.Always, Until: later}},
		},
		{
			why: "beside another scope", had: []filter.Rule{{Name: n, Scope: filter.InLessons}},
			want: []filter.Rule{{Name: n, Scope: filter.InLessons}, {Name: n, Allow: true, Scope: filter.OutsideLessons}},
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			now := time.Now()
			e := asking(t, t.TempDir(), &now)
			p := filter.DefaultPolicy()
			p.Rules = tt.had
			if err := e.SetPolicy(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			if _, err := e.SetLesson(t.Context(), filter.LessonChange{On: tt.lesson}); err != nil {
				t.Fatal(err)
			}
			if err := e.Ask(as(t, "ann"), filter.Ask{Name: n}); err != nil {
				t.Fatal(err)
			}
			id := requests(t, e)[0].ID
			tt.answer.Allow = true
			if err := e.Answer(t.Context(), id, filter.Answer{Allow: true, Until: now}); !errors.Is(err, filter.ErrBadPolicy) {
				t.Errorf("until now: %v, want %v", err, filter.ErrBadPolicy)
			}
			if err := e.Answer(as(t, "mum"), id, tt.answer); err != nil {
				t.Fatal(err)
			}
			if got, _ := e.Policy(t.Context()); !slices.Equal(got.Rules, tt.want) {
				t.Errorf("rules %+v, want %+v", got.Rules, tt.want)
			}
			if log, _ := e.Audit(t.Context(), 1); len(log) != 1 || log[0].What != "A request was answered: the site was allowed." || log[0].Account != "mum" {
				t.Errorf("audit %+v", log)
			}
		})
	}
}

// TestDamagedRequests are set aside, and the filter starts.
func TestDamagedRequests(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	if err := os.WriteFile(filepath.Join(dir, "requests.json"), []byte(`[{"id":`), 0o600); err != nil {
		t.Fatal(err)
	}
	e := asking(t, dir, &now)
	if err := e.Ask(as(t, "ann"), filter.Ask{Name: "news.example"}); err != nil || len(requests(t, e)) != 1 {
		t.Errorf("Ask = %v", err)
	}
	aside, _ := filepath.Glob(filepath.Join(dir, "requests.json.damaged-*"))
	if len(aside) != 1 {
		t.Fatalf("set aside: %v", aside)
	}
	if data, _ := os.ReadFile(aside[0]); !strings.HasPrefix(string(data), `[{"id":`) {
		t.Errorf("set aside %q", data)
	}
}
