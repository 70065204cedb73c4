package filter_test

import (
	"net/netip"
	"testing"

	"lessonguard/filter"
)

// TestCheckup: a name resolves through the service that made it, and no other.
func TestCheckup(t *testing.T) {
	ours, others := filter.NewCheckup([32]byte{1}), filter.NewCheckup([32]byte{2})
	rules := func(c *filter.Checkup) *filter.Rules {
		return filter.NewRules(filter.RulesConfig{Policy: filter.DefaultPolicy(), Key: key, Published: filter.Empty{}, Checkup: c})
	}
	n, want := ours.Name("0123456789abcdef")
	if parsed, err := filter.ParseName(string(n)); err != nil || parsed != n {
		t.Fatalf("Name = %s, %v, want a name", n, err)
	}
	if !netip.MustParsePrefix("198.18.0.0/15").Contains(want) {
		t.Errorf("address %v, want one that no network uses", want)
	}
	if again, _ := ours.Name("0123456789abcdeg"); again == n {
		t.Error("another nonce has the same name")
	}
	forged := filter.Name("00" + string(n[2:]))
	for _, tt := range []struct {
		why   string
		rules *filter.Rules
		name  filter.Name
		ok    bool
	}{
		{"ours", rules(ours), n, true},
		{"another service's", rules(others), n, false},
		{"no checkup", rules(nil), n, false},
		{"forged", rules(ours), forged, n == forged},
		{"under it", rules(ours), "a." + n, false},
		{"the parent", rules(ours), filter.CheckupParent, false},
		{"not hex", rules(ours), "x." + filter.CheckupParent, false},
		{"short", rules(ours), "0011." + filter.CheckupParent, false},
		{"elsewhere", rules(ours), "a.b.c.example", false},
	} {
		var s filter.Suffixes
		key.Text(tt.name, &s)
		got, ok := tt.rules.Checkup(&s)
		if ok != tt.ok || ok && got != want {
			t.Errorf("%s: %v, %v, want %v, %v", tt.why, got, ok, want, tt.ok)
		}
	}
}
