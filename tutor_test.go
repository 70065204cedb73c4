package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"lessonguard/filter"
)

// household is a service that knows a family, or cannot be reached.
type household struct {
	filter.Control

	family filter.Household
	err    error
}

func (h household) Household(context.Context) (filter.Household, error) { return h.family, h.err }

// TestTutorsProvider keeps the provider of a tutor where there is no family, and
// never sends a tutor's worry to the provider of a family.
func TestTutorsProvider(t *testing.T) {
	teaches := filter.Provider{ID: "demo", Name: "Practice provider", Route: &filter.Route{URL: "http://127.0.0.1:1"}}
	family := filter.Household{Provider: filter.Provider{ID: "kst", Name: "Key Stage Tutoring", Route: &filter.Route{URL: "https://kst.example"}}}
	same := filter.Household{Provider: filter.Provider{ID: "demo", Route: &filter.Route{URL: "https://family.example"}}}
	for _, tt := range []struct {
		name   string
		c      household
		url    string // where it goes; empty: nowhere
		tutors bool
	}{
		{"no service", household{err: filter.ErrNotRunning}, "http://127.0.0.1:1", true},
		{"no family", household{}, "http://127.0.0.1:1", true},
		{"a family elsewhere", household{family: family}, "", false},
		{"a family of the same provider", household{family: same}, "https://family.example", false},
	} {
		dir := t.TempDir()
		r := &remembering{Control: tt.c, path: filepath.Join(dir, "household.json"), tutor: tutorFile(filepath.Join(dir, "tutor.json"))}
		p, err := r.keep(t.Context(), teaches)
		if err != nil {
			t.Fatal(err)
		}
		var url string
		if p.Route != nil {
			url = p.Route.URL
		}
		if p.ID != "demo" || url != tt.url {
			t.Errorf("%s: %s at %q, want demo at %q", tt.name, p.ID, url, tt.url)
		}
		if got := r.tutors(); got != tt.tutors {
			t.Errorf("%s: the account is a tutor's: %v, want %v", tt.name, got, tt.tutors)
		}
		if h, err := r.Household(t.Context()); tt.tutors && (err != nil || h.Provider.Route == nil || h.Provider.Route.URL != tt.url) {
			t.Errorf("%s: the household is %+v, %v", tt.name, h, err)
		}
	}
}

// TestFamilyAfterTutor has a family set up on the PC of an account that was a
// tutor's. While the service is down the family's provider stays its provider.
func TestFamilyAfterTutor(t *testing.T) {
	dir := t.TempDir()
	control := &household{}
	r := &remembering{Control: control, path: filepath.Join(dir, "household.json"), tutor: tutorFile(filepath.Join(dir, "tutor.json"))}
	if _, err := r.keep(t.Context(), filter.Provider{ID: "demo", Route: &filter.Route{URL: "http://127.0.0.1:1"}}); err != nil {
		t.Fatal(err)
	}
	control.family = filter.Household{Provider: filter.Provider{ID: "kst"}}
	if h, err := r.Household(t.Context()); err != nil || h.Provider.ID != "kst" {
		t.Fatalf("the household is of %q, %v, want the family's", h.Provider.ID, err)
	}
	*control = household{err: filter.ErrNotRunning}
	if h, err := r.Household(t.Context()); !errors.Is(err, filter.ErrNotRunning) || h.Provider.ID != "kst" {
		t.Errorf("while the service is down: %q, %v, want the family's provider and %v", h.Provider.ID, err, filter.ErrNotRunning)
	}
}
