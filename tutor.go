package main

import (
	"context"
	"encoding/json"
	"os"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// A tutorFile is where a tutor's account keeps the provider that they teach
// for, on a PC that no family has set up.
type tutorFile string

// provider returns the provider, if a tutor chose one here.
func (f tutorFile) provider() (p filter.Provider, ok bool) {
	data, err := os.ReadFile(string(f))
	if err != nil || json.Unmarshal(data, &p) != nil {
		return filter.Provider{}, false
	}
	return p, p.ID != ""
}

// tutors reports whether this account is a tutor's: one chose a provider here,
// and no family was seen since.
func (r *remembering) tutors() bool {
	_, ok := r.tutor.provider()
	return ok && r.last().Provider.ID == ""
}

// keep saves p and returns it as it can be used here: on a PC of a family with
// another provider it has no platform, because what is sent from there goes to
// the family's.
func (r *remembering) keep(ctx context.Context, p filter.Provider) (filter.Provider, error) {
	if h, err := r.Control.Household(ctx); err == nil && h.Provider.ID != "" {
		if h.Provider.ID == p.ID {
			return h.Provider, nil
		}
		p.Route = nil
		return p, nil
	}
	data, err := json.Marshal(p)
	if err != nil {
		return filter.Provider{}, err
	}
	return p, files.Write(string(r.tutor), data, 0o600)
}
