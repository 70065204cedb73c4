package resources_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"lessonguard/resources"
)

func TestNewID(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := resources.NewID()
		if !resources.ValidID(id) || seen[id] {
			t.Fatalf("NewID = %s", id)
		}
		seen[id] = true
	}
}

func TestValidID(t *testing.T) {
	for id, want := range map[string]bool{
		strings.Repeat("0a", 16):        true,
		strings.Repeat("0A", 16):        false,
		strings.Repeat("0a", 15):        false,
		strings.Repeat("0a", 17):        false,
		strings.Repeat("0a", 15) + "0g": false,
		strings.Repeat("0a", 15) + "/.": false,
		"":                              false,
	} {
		if got := resources.ValidID(id); got != want {
			t.Errorf("ValidID(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestMessageCheck(t *testing.T) {
	good := resources.Message{ID: resources.NewID(), Kind: resources.KindAttestation, Sealed: make([]byte, 16384)}
	for _, tt := range []struct {
		name   string
		change func(*resources.Message)
		want   string
	}{
		{"good", func(*resources.Message) {}, ""},
		{"id", func(m *resources.Message) { m.ID = "x" }, "id"},
		{"kind", func(m *resources.Message) { m.Kind = "letter" }, "letter"},
		{"size", func(m *resources.Message) { m.Sealed = m.Sealed[1:] }, "16383"},
		{"empty", func(m *resources.Message) { m.Sealed = nil }, "0 bytes"},
	} {
		m := good
		tt.change(&m)
		err := m.Check()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: Check = %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestLater(t *testing.T) {
	var err error = &resources.Later{After: time.Minute, Err: resources.ErrFull}
	if !errors.Is(err, resources.ErrFull) || err.Error() != resources.ErrFull.Error() {
		t.Errorf("Later hides its reason: %v", err)
	}
}
