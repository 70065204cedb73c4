package resources_test

import (
	"strings"
	"testing"

	"lessonguard/resources"
)

func TestReference(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		r := resources.NewReference()
		for _, written := range []string{
			string(r), strings.ToLower(string(r)), strings.ReplaceAll(string(r), "-", ""), " " + strings.ReplaceAll(string(r), "-", " ") + "\n",
			strings.NewReplacer("0", "O", "1", "l").Replace(string(r)),
		} {
			if got, ok := resources.ParseReference(written); !ok || got != r || got.ID() != r.ID() {
				t.Fatalf("%q read as %q, %v", written, got, ok)
			}
		}
		if id := r.ID(); !resources.ValidID(id) || seen[id] || strings.Contains(id, strings.ToLower(string(r[:4]))) && strings.Contains(id, strings.ToLower(string(r[5:9]))) {
			t.Fatalf("%s has the id %s", r, id)
		}
		seen[r.ID()] = true
	}
	for _, s := range []string{"", "7KQ2-M9XW-TA4", "7KQ2-M9XW-TA4F-", "7KQ2-M9XW-TA4FF", "7KQ2-M9XW-TA4U", "7KQ2_M9XW-TA4F", "ÄKQ2-M9XW-TA4"} {
		if r, ok := resources.ParseReference(s); ok != (s == "7KQ2-M9XW-TA4F-") {
			t.Errorf("ParseReference(%q) = %q, %v", s, r, ok)
		}
	}
}
