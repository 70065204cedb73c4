package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"lessonguard/app/desktop"
	"lessonguard/filter"
	"lessonguard/resources"
)

// TestSendNow delivers what waits where no program runs, and stands in nobody's
// way meanwhile: a child who starts the program gets its window.
func TestSendNow(t *testing.T) {
	config, runtime := t.TempDir(), t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	t.Setenv("HOME", runtime)
	p := newFar(t)
	h := filter.Household{Provider: filter.Provider{ID: "kst", Route: p.route}}
	data, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "household.json"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSender(filepath.Join(config, "outbox"), nil, slog.New(slog.DiscardHandler))
	if _, err := s.send(t.Context(), h.Provider, resources.KindReport, resources.ToSafeguarding, []byte("{}")); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- sendNow(ctx, flags{config: config, control: filepath.Join(config, "no-service")}) }()
	until(t, "it arrives", func() bool { return p.count("/v1/reports/") == 1 })
	dir, err := desktop.RuntimeDir()
	if err != nil {
		t.Fatal(err)
	}
	instance, err := desktop.Claim(t.Context(), dir, desktop.Call{Args: []string{"help"}})
	if err != nil {
		t.Fatalf("a start of the program meanwhile: %v", err)
	}
	defer instance.Close()
	select {
	case err := <-ended:
		t.Errorf("it ended before its time, %v: whoever asked sees that it was quick", err)
	default:
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestSendHandedOver has the running program contact the platform for a later
// start that was to send, and show itself for neither that nor a start in the tray.
func TestSendHandedOver(t *testing.T) {
	for _, tt := range []struct {
		called      flags
		takes, sent bool
	}{
		{flags{send: true}, true, true},
		{flags{tray: true}, true, false},
		{flags{help: true}, false, false},
		{flags{}, false, false},
	} {
		s := newSender("", nil, slog.New(slog.DiscardHandler))
		if got := s.takes(tt.called); got != tt.takes || (len(s.network) == 1) != tt.sent {
			t.Errorf("%+v: takes %v, contacts the platform %v", tt.called, got, len(s.network) == 1)
		}
	}
}
