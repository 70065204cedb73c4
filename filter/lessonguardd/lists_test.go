package main

import (
	"testing"
	"testing/fstest"

	"lessonguard/filter/catalogue"
)

// TestFingerprint: a list is compiled again when it is to be read in another
// way, though its file is the same.
func TestFingerprint(t *testing.T) {
	of := func(change func(*catalogue.Source)) string {
		t.Helper()
		s := catalogue.Source{ID: "a", Path: "a", Restricted: true, Files: fstest.MapFS{"a": {Data: []byte("a.example")}}}
		change(&s)
		sum, err := fingerprint(1, []catalogue.Source{s})
		if err != nil {
			t.Fatal(err)
		}
		return sum
	}
	seen := map[string]string{}
	for why, change := range map[string]func(*catalogue.Source){
		"as it is":       func(*catalogue.Source) {},
		"another format": func(s *catalogue.Source) { s.Format = "plain" },
		"of digests":     func(s *catalogue.Source) { s.Hashed = true },
		"signed":         func(s *catalogue.Source) { s.Licensed = true },
		"another key":    func(s *catalogue.Source) { s.Secret = []byte("secret") },
		"another copy":   func(s *catalogue.Source) { s.Copy = "2" },
	} {
		sum := of(change)
		if other, same := seen[sum]; same {
			t.Errorf("%s: the same fingerprint as %s", why, other)
		}
		seen[sum] = why
		if again := of(change); again != sum {
			t.Errorf("%s: two fingerprints", why)
		}
	}
}
