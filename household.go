package main

import (
	"context"
	"encoding/json"
	"os"
	"sync"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// remembering is a control that remembers the household in the account's own
// directory: a child must find the provider, and be able to report, while the
// filter service is down.
type remembering struct {
	filter.Control
	path  string
	tutor tutorFile

	mu    sync.Mutex
	saved string
}

// Household implements [filter.Control]. Where the service does not answer it
// returns the household as it last was, and the error. Where there is no family,
// a tutor's provider is what there is of one; while a service is down, a family
// that it told of before is still there, and a child of it must not be shown, or
// have a report held back for, whoever a tutor once chose in the same account.
func (r *remembering) Household(ctx context.Context) (filter.Household, error) {
	h, err := r.Control.Household(ctx)
	var last filter.Household
	if err != nil {
		last = r.last()
	}
	if h.Provider.ID == "" && last.Provider.ID == "" {
		if p, ok := r.tutor.provider(); ok {
			return filter.Household{Provider: p}, nil
		}
	}
	if err == nil {
		r.remember(h)
		return h, nil
	}
	return last, err
}

// last returns the household as the service last told it, or the zero one.
func (r *remembering) last() (h filter.Household) {
	data, err := os.ReadFile(r.path)
	if err != nil || json.Unmarshal(data, &h) != nil {
		return filter.Household{}
	}
	return h
}

// remember saves what has changed. Failing to is no harm while the service runs.
func (r *remembering) remember(h filter.Household) {
	data, err := json.Marshal(h)
	if err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if string(data) != r.saved && files.Write(r.path, data, 0o600) == nil {
		r.saved = string(data)
	}
}
