package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"lessonguard/filter"
	"lessonguard/resources"
	"lessonguard/resources/seal"
)

// TestNoOutbox has a sender on a disk that takes no outbox: it says that a
// message is not kept, and keeps the next one once the disk is mended.
func TestNoOutbox(t *testing.T) {
	dir := t.TempDir()
	inTheWay := filepath.Join(dir, "outbox")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := seal.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	p := filter.Provider{ID: "kst", Route: &filter.Route{URL: "https://reports.example", Safeguarding: []string{key.Recipient()}}}
	s, err := newSender(t.Context(), inTheWay, nil)
	if err == nil {
		t.Fatal("an outbox was opened in a file")
	}
	send := func() (string, error) {
		return s.send(t.Context(), p, resources.KindReport, resources.ToSafeguarding, []byte("{}"))
	}
	if id, err := send(); err == nil || id != "" {
		t.Errorf("without an outbox: %q, %v, want an error", id, err)
	}
	if got := s.state("0123"); got != "" {
		t.Errorf("state %q of a message that is not there", got)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	if id, err := send(); err != nil || !resources.ValidID(id) {
		t.Errorf("once the disk is mended: %q, %v", id, err)
	}
}

// hung is a service that never answers.
type hung struct{ filter.Control }

func (hung) Household(ctx context.Context) (filter.Household, error) {
	<-ctx.Done()
	return filter.Household{}, ctx.Err()
}

// TestHungService finds the platform by what the service last said, with the
// attempt still to be made.
func TestHungService(t *testing.T) {
	path := filepath.Join(t.TempDir(), "household.json")
	h := filter.Household{Provider: filter.Provider{ID: "kst", Route: &filter.Route{URL: "https://reports.example", Token: "t"}}}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := &sender{household: &remembering{Control: hung{}, path: path}}
		client, token, err := s.platform(t.Context())
		if err != nil || client == nil || token != "t" {
			t.Fatalf("platform: %v, %q, %v", client, token, err)
		}
		client.Close()
	})
}
