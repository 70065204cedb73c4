package resources_test

import (
	"testing"
	"time"

	"lessonguard/resources"
)

// TestFor keeps a message from everybody but the platform that it was sealed
// for.
func TestFor(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	const url = "https://reports.example"
	for _, tt := range []struct {
		name     string
		to       []resources.Address
		at       resources.Destination
		delivers bool
	}{
		{"the same", resources.Addresses(url, []string{"age1a"}), resources.Destination{URL: url, Recipients: []string{"age1a", "age1o"}}, true},
		{"written otherwise", resources.Addresses("https://Reports.Example/", []string{"age1a"}), resources.Destination{URL: url, Recipients: []string{"age1a"}}, true},
		{"keys change", resources.Addresses(url, []string{"age1a"}), resources.Destination{URL: url, Recipients: []string{"age1b", "age1a"}}, true},
		{"keys have changed", resources.Addresses(url, []string{"age1a", "age1b"}), resources.Destination{URL: url, Recipients: []string{"age1b"}}, true},
		{"to oversight", resources.Addresses(url, []string{"age1o"}), resources.Destination{URL: url, Recipients: []string{"age1a", "age1o"}}, true},
		{"another provider", resources.Addresses(url, []string{"age1a"}), resources.Destination{URL: "https://other.example", Recipients: []string{"age1z"}}, false},
		{"another host with the keys copied", resources.Addresses(url, []string{"age1a"}), resources.Destination{URL: "https://other.example", Recipients: []string{"age1a"}}, false},
		{"the host in other hands", resources.Addresses(url, []string{"age1a"}), resources.Destination{URL: url, Recipients: []string{"age1z"}}, false},
		{"another port", resources.Addresses(url, []string{"age1a"}), resources.Destination{URL: url + ":8443", Recipients: []string{"age1a"}}, false},
		{"nobody", resources.Addresses(url, []string{"age1a"}), resources.Destination{}, false},
		{"an old message, sealed since", nil, resources.Destination{URL: url, Recipients: []string{"age1a"}, Since: noon.Add(-time.Hour)}, true},
		{"an old message, sealed before", nil, resources.Destination{URL: url, Recipients: []string{"age1a"}, Since: noon.Add(time.Hour)}, false},
		{"an old message, not known since when", nil, resources.Destination{URL: url, Recipients: []string{"age1a"}}, false},
	} {
		if got := (resources.Message{At: noon, To: tt.to}).For(tt.at); got != tt.delivers {
			t.Errorf("%s: For = %v, want %v", tt.name, got, tt.delivers)
		}
	}
}
