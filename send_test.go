package main

import (
	"os"
	"path/filepath"
	"testing"

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
	s := newSender(t.Context(), inTheWay, nil)
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
