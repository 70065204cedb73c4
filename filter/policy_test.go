package filter_test

import (
	"errors"
	"testing"

	"lessonguard/filter"
)

// TestRebindingNames: what may lead to the home's network is a site or a name of
// the home's, never a suffix that anybody can have a name under.
func TestRebindingNames(t *testing.T) {
	many := make([]filter.Name, 101)
	for i := range many {
		many[i] = "nas.example.org"
	}
	for _, tt := range []struct {
		names []filter.Name
		ok    bool
	}{
		{nil, true},
		{[]filter.Name{"nas.example.org", "example.org"}, true},
		{[]filter.Name{"router", "fritz.box"}, true},
		{many[:100], true},
		{[]filter.Name{"nas.example.org", "com"}, false},
		{[]filter.Name{"co.uk"}, false},
		{[]filter.Name{"github.io"}, false},
		{many, false},
	} {
		p := filter.DefaultPolicy()
		p.Rebinding = tt.names
		if err := p.Check(); (err == nil) != tt.ok || err != nil && !errors.Is(err, filter.ErrBadPolicy) {
			t.Errorf("%d names that end with %q: %v, want them taken: %v", len(tt.names), tt.names[max(0, len(tt.names)-1):], err, tt.ok)
		}
	}
}
