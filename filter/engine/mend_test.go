package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter/engine"
)

// TestMend: an installed filter starts with the usual settings where its own
// cannot be read, and what was damaged is kept beside.
func TestMend(t *testing.T) {
	for file, data := range map[string]string{
		"state.json":     `{"version":`,
		"policy.json":    `{"level": {"style": "loud"}}`,
		"household.json": `{`,
		"pin.json":       `{"hash":`,
		"key":            "abc",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		aside, err := engine.Mend(dir, time.Now())
		if err != nil || len(aside) != 1 || !strings.HasPrefix(aside[0], path+".damaged-") {
			t.Fatalf("%s: set aside %v, %v", file, aside, err)
		}
		if got, err := os.ReadFile(aside[0]); string(got) != data {
			t.Errorf("%s holds %q, %v", aside[0], got, err)
		}
		e, err := open(dir, time.Now)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if e.Guard().Set() {
			t.Errorf("%s: there is a PIN", file)
		}
		if again, err := engine.Mend(dir, time.Now()); err != nil || len(again) != 0 {
			t.Errorf("%s: what is whole was set aside: %v, %v", file, again, err)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "state.json"), []byte(`{"version": 99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if aside, err := engine.Mend(dir, time.Now()); err != nil || len(aside) != 0 {
		t.Errorf("a newer program's state was set aside: %v, %v", aside, err)
	}
}
