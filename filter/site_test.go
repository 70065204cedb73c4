package filter_test

import (
	"errors"
	"testing"

	"lessonguard/filter"
)

func TestParseSite(t *testing.T) {
	for _, tt := range []struct {
		text string
		want filter.Name // "": none
	}{
		{"example.org", "example.org"},
		{" Example.ORG. ", "example.org"},
		{"https://www.example.org/a/b?c=d#e", "example.org"},
		{"http://example.org:8080/", "example.org"},
		{"www.example.org/a page", "example.org"},
		{"//maths.example.org", "maths.example.org"},
		{"example.org?q=1", "example.org"},
		{"https://bücher.example/", "xn--bcher-kva.example"},
		{"www.co.uk", "www.co.uk"}, // else it would be what many sites share
		{"co.uk", "co.uk"},         // which Policy.Check refuses, and says why
		{"", ""},
		{"https://", ""},
		{"a site of mine", ""},
		{"youtube", ""},
		{"leo@example.org", ""},
		{"192.168.1.1", ""},
		{"http://[2001:db8::1]/", ""},
		{"exa mple.org", ""},
		{"https://%zz", ""},
	} {
		got, err := filter.ParseSite(tt.text)
		if got != tt.want || errors.Is(err, filter.ErrBadName) != (tt.want == "") {
			t.Errorf("ParseSite(%q) = %q, %v; want %q", tt.text, got, err, tt.want)
		}
	}
}
