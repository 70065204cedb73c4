//go:build unix

package control_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
)

// TestEveryChangeIsAudited goes through every operation of [filter.Control]: what
// changes something, or tries a PIN, is in the audit log with who did it, and what
// changes nothing is not.
func TestEveryChangeIsAudited(t *testing.T) {
	c := newEngine(t)
	mum := filter.WithCaller(t.Context(), filter.Caller{Account: "mum", ID: "1000", Process: "1", Guardian: true})
	policy, err := c.Policy(mum)
	if err != nil {
		t.Fatal(err)
	}
	policy.Rules = []filter.Rule{{Name: "news.example", Allow: true, Scope: filter.Always}}
	request := func(ctx context.Context) string {
		t.Helper()
		if err := c.Ask(ctx, filter.Ask{Name: "game.example"}); err != nil {
			t.Fatal(err)
		}
		all, err := c.Requests(ctx)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v, want one request", all, err)
		}
		return all[0].ID
	}
	type operation struct {
		name    string // of the method, and after a space what is done with it
		do      func(ctx context.Context) error
		audited bool
	}
	operations := []operation{
		{"Status", func(ctx context.Context) error { _, err := c.Status(ctx); return err }, false},
		{"Watch", func(ctx context.Context) error {
			for _, err := range c.Watch(ctx) {
				return err
			}
			return nil
		}, false},
		{"Explain", func(ctx context.Context) error {
			_, err := c.Explain(ctx, filter.Question{Name: "bet.example"})
			return err
		}, false},
		{"Policy", func(ctx context.Context) error { _, err := c.Policy(ctx); return err }, false},
		{"SetPolicy", func(ctx context.Context) error { return c.SetPolicy(ctx, policy) }, true},
		{"SetPolicy as it was", func(ctx context.Context) error { return c.SetPolicy(ctx, policy) }, false},
		{"SetLesson on", func(ctx context.Context) error {
			_, err := c.SetLesson(ctx, filter.LessonChange{On: true, For: time.Hour})
			return err
		}, true},
		{"SetLesson off", func(ctx context.Context) error { _, err := c.SetLesson(ctx, filter.LessonChange{}); return err }, true},
		{"Household", func(ctx context.Context) error { _, err := c.Household(ctx); return err }, false},
		{"SetHousehold", func(ctx context.Context) error {
			return c.SetHousehold(ctx, filter.Household{Learners: []filter.Learner{{ID: "a", Name: "Leo", Audience: "learner-ks2"}}})
		}, true},
		{"Activity", func(ctx context.Context) error {
			_, err := c.Activity(ctx, filter.ActivityQuery{Learner: "a"})
			return err
		}, false},
		{"Requests", func(ctx context.Context) error { _, err := c.Requests(ctx); return err }, false},
		// A learner's question changes nothing, and is the guardian's to see elsewhere.
		{"Ask", func(ctx context.Context) error { return c.Ask(ctx, filter.Ask{Name: "game.example"}) }, false},
		{"Answer allowed", func(ctx context.Context) error { return c.Answer(ctx, request(ctx), filter.Answer{Allow: true}) }, true},
		{"Answer refused", func(ctx context.Context) error { return c.Answer(ctx, request(ctx), filter.Answer{}) }, true},
		{"SetPIN", func(ctx context.Context) error {
			return c.SetPIN(filter.WithCaller(ctx, filter.Caller{Account: "mum", ID: "0", Owner: true}), filter.PINChange{New: "482915"})
		}, true},
		{"SetPIN with a wrong one", func(ctx context.Context) error {
			return wrongPIN(c.SetPIN(ctx, filter.PINChange{New: "736251", Old: "000001"}))
		}, true},
		{"SetPIN with the old one", func(ctx context.Context) error {
			return c.SetPIN(ctx, filter.PINChange{New: "736251", Old: "482915"})
		}, true},
		{"Unlock", func(ctx context.Context) error { _, err := c.Unlock(ctx, "736251"); return err }, true},
		{"Unlock with a wrong one", func(ctx context.Context) error { _, err := c.Unlock(ctx, "000001"); return wrongPIN(err) }, true},
		{"Notices", func(ctx context.Context) error { _, err := c.Notices(ctx); return err }, false},
		{"Audit", func(ctx context.Context) error { _, err := c.Audit(ctx, 10); return err }, false},
		{"Checkup", func(ctx context.Context) error { _, err := c.Checkup(ctx, strings.Repeat("n", 16)); return err }, false},
		{"Lists", func(ctx context.Context) error { _, err := c.Lists(ctx); return err }, false},
		{"UpdateLists", func(ctx context.Context) error { return updated(c.UpdateLists(ctx, filter.ListUpdate{})) }, false},
		{"UpdateLists of one that changed much", func(ctx context.Context) error {
			return updated(c.UpdateLists(ctx, filter.ListUpdate{Accept: "bets"}))
		}, true},
	}
	tried := map[string]bool{}
	for _, o := range operations {
		method, _, _ := strings.Cut(o.name, " ")
		tried[method] = true
		before, err := c.Audit(mum, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.do(mum); err != nil {
			t.Errorf("%s: %v", o.name, err)
			continue
		}
		after, err := c.Audit(mum, 2)
		if err != nil {
			t.Fatal(err)
		}
		told := after[0] != before[0]
		if told != o.audited {
			t.Errorf("%s: the newest entry is %+v, told %v, want %v", o.name, after[0], told, o.audited)
		}
		if told && (after[0].Account != "mum" || after[1] != before[0]) {
			t.Errorf("%s: entries %+v, want one, of mum", o.name, after)
		}
	}
	for all, i := reflect.TypeFor[filter.Control](), 0; i < all.NumMethod(); i++ {
		if name := all.Method(i).Name; !tried[name] {
			t.Errorf("%s is not among the operations here: say whether it is audited", name)
		}
	}
}

func wrongPIN(err error) error {
	if errors.Is(err, filter.ErrWrongPIN) {
		return nil
	}
	return errors.New("it was taken for the right one: " + err.Error())
}

func updated(progress func(func(filter.Progress, error) bool)) (failed error) {
	for _, err := range progress {
		failed = err
	}
	return failed
}

// TestEverySettingIsAudited changes every single setting of a policy, of a
// household and of a learner, and each is told.
func TestEverySettingIsAudited(t *testing.T) {
	ctx := filter.WithCaller(t.Context(), filter.Caller{Account: "mum", ID: "1000", Process: "1", Guardian: true})
	level := filter.Level{SafeSearch: true, YouTube: filter.YouTubeStrict, Style: filter.NoDistractions}
	// Of each setting that is no yes or no, another value.
	others := map[string]any{
		"Policy.Learners":    map[string]filter.Level{"a": level},
		"Policy.Guardians":   &level,
		"Policy.Rules":       []filter.Rule{{Name: "news.example", Allow: true, Scope: filter.Always}},
		"Policy.Bundles":     []string{"zoom"},
		"Policy.LessonNames": []filter.Name{"lesson.example"},
		"Policy.Timetable":   filter.Timetable{{Day: time.Monday, From: 16 * time.Hour, To: 17 * time.Hour}},
		"Policy.Hook":        filter.HookInLessons,
		"Policy.Upstreams":   []string{"9.9.9.9"},
		"Policy.Rebinding":   []filter.Name{"nas.example"},

		"Policy.Level.Closed":          filter.CategoriesOf(filter.Games),
		"Policy.Level.ClosedInLessons": filter.CategoriesOf(filter.Gambling),
		"Policy.Level.YouTube":         filter.YouTubeModerate,
		"Policy.Level.Style":           filter.ApprovedOnly,

		"Household.Provider.ID":    "other",
		"Household.Provider.Name":  "Other",
		"Household.Provider.Route": &filter.Route{URL: "https://other.example", Safeguarding: []string{"age1"}},
		"Household.Learners":       []filter.Learner{{ID: "a", Name: "Leo"}, {ID: "b", Name: "Mia"}},
		"Household.Guardians":      []string{"mum"},

		"Learner.ID":       "c",
		"Learner.Name":     "Leonard",
		"Learner.Audience": "learner-ks3-4",
		"Learner.Accounts": []string{"leo"},
	}
	elsewhere := map[string]bool{"Policy.SearchDomains": true} // the service finds them, and keeps them nowhere
	household := filter.Household{Provider: filter.Provider{ID: "demo", Name: "Practice"}, Learners: []filter.Learner{{ID: "a", Name: "Leo", Audience: "learner-ks2"}}}
	told := func(t *testing.T, set func(c filter.Control) error) bool {
		t.Helper()
		c := newEngine(t)
		if err := c.SetHousehold(ctx, household); err != nil {
			t.Fatal(err)
		}
		before, _ := c.Audit(ctx, 1)
		if err := set(c); err != nil {
			t.Fatal(err)
		}
		after, err := c.Audit(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		return after[0] != before[0]
	}
	used := map[string]bool{}
	// each changes the settings of v one by one, and has the change made.
	var each func(path string, v reflect.Value, set func(c filter.Control) error)
	each = func(path string, v reflect.Value, set func(c filter.Control) error) {
		for i := range v.NumField() {
			field, path := v.Field(i), path+"."+v.Type().Field(i).Name
			if elsewhere[path] || !v.Type().Field(i).IsExported() {
				continue
			}
			other, known := others[path]
			was := reflect.New(field.Type()).Elem()
			was.Set(field)
			switch {
			case known:
				used[path] = true
				field.Set(reflect.ValueOf(other))
			case field.Kind() == reflect.Bool:
				field.SetBool(!field.Bool())
			case field.Kind() == reflect.Struct:
				each(path, field, set)
				continue
			default:
				t.Errorf("%s: say another value of it here", path)
				continue
			}
			t.Run(path, func(t *testing.T) {
				if !told(t, set) {
					t.Error("its change is not in the audit log")
				}
			})
			field.Set(was)
		}
	}
	policy, err := newEngine(t).Policy(ctx)
	if err != nil {
		t.Fatal(err)
	}
	each("Policy", reflect.ValueOf(&policy).Elem(), func(c filter.Control) error { return c.SetPolicy(ctx, policy) })
	family := household
	each("Household", reflect.ValueOf(&family).Elem(), func(c filter.Control) error { return c.SetHousehold(ctx, family) })
	learner := household.Learners[0]
	each("Learner", reflect.ValueOf(&learner).Elem(), func(c filter.Control) error {
		h := household
		h.Learners = []filter.Learner{learner}
		return c.SetHousehold(ctx, h)
	})
	for _, path := range slices.Sorted(maps.Keys(others)) {
		if !used[path] {
			t.Errorf("there is no setting %s any more", path)
		}
	}
}
