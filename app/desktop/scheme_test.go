package desktop_test

import (
	"strings"
	"testing"

	"lessonguard/app/desktop"
)

func TestParseLink(t *testing.T) {
	for text, want := range map[string]desktop.Link{
		"lessonguard:":                   {},
		"lessonguard://":                 {},
		"LESSONGUARD://help":             {Help: true},
		"lessonguard://help/":            {Help: true},
		"lessonguard:///help":            {Help: true},
		"lessonguard://invite/KST-4f2a.": {Invite: "KST-4f2a."},
	} {
		got, ok, err := desktop.ParseLink(text)
		if got != want || !ok || err != nil {
			t.Errorf("%s = %+v, %v, %v, want %+v", text, got, ok, err, want)
		}
	}
	for _, text := range []string{
		"lessonguard:help", "lessonguard://secret", "lessonguard://invite/", "lessonguard://invite/secret/2", "lessonguard://invite/secret%20%22",
		"lessonguard://invite/--secret;rm", "lessonguard://invite/" + strings.Repeat("a", 300), "lessonguard://%zz/secret", "lessonguard://help/secret",
	} {
		got, ok, err := desktop.ParseLink(text)
		if got != (desktop.Link{}) || !ok || err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s = %+v, %v, %v, want an error that does not repeat it", text, got, ok, err)
		}
	}
	for _, text := range []string{"", "help", "https://example.org/lessonguard:", "lessonguards://help", "-lessonguard:"} {
		if _, ok, err := desktop.ParseLink(text); ok || err != nil {
			t.Errorf("%q: %v, %v, want no link", text, ok, err)
		}
	}
}
