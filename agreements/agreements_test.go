package agreements_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lessonguard/agreements"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestParts(t *testing.T) {
	a := agreements.Agreement{Body: "Read this\ntogether.\n\n## Lessons\nTalk.\n\n- A point\n  on two lines.\n- [ ] I am kind.\n- [ ] I ask\n  first.\n"}
	var got []string
	for _, p := range a.Parts() {
		got = append(got, fmt.Sprintf("%d %s", p.Kind, p.Text))
	}
	want := []string{"0 Read this together.", "1 Lessons", "0 Talk.", "2 A point on two lines.", "3 I am kind.", "3 I ask first."}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := a.Clauses(); len(got) != 2 || got[1] != "I ask first." {
		t.Errorf("clauses %q", got)
	}
}

func TestDue(t *testing.T) {
	a := agreements.Agreement{ID: "acorn-guardian", Version: 2}
	accepted := func(change func(*agreements.Acceptance)) []agreements.Acceptance {
		x := agreements.Acceptance{Agreement: a.ID, Version: 2, Name: "Ada", At: noon}
		change(&x)
		return []agreements.Acceptance{x}
	}
	for _, tt := range []struct {
		name string
		all  []agreements.Acceptance
		at   time.Time
		want bool
	}{
		{"never asked", nil, noon, true},
		{"agreed", accepted(func(*agreements.Acceptance) {}), noon, false},
		{"agreed a year ago", accepted(func(*agreements.Acceptance) {}), noon.Add(agreements.RenewAfter), false},
		{"agreed longer ago", accepted(func(*agreements.Acceptance) {}), noon.Add(agreements.RenewAfter + 1), true},
		{"agreed to the version before", accepted(func(x *agreements.Acceptance) { x.Version = 1 }), noon, true},
		{"taken back", accepted(func(x *agreements.Acceptance) { x.Withdraws = true }), noon, true},
		{"somebody else", accepted(func(x *agreements.Acceptance) { x.Name = "Alan" }), noon, true},
		{"erased", accepted(func(x *agreements.Acceptance) { x.Name = "" }), noon, true},
		{"something else", accepted(func(x *agreements.Acceptance) { x.Agreement = "acorn-tutor" }), noon, true},
	} {
		if got := agreements.Due(a, "Ada", tt.all, tt.at); got != tt.want {
			t.Errorf("%s: due = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestDigest(t *testing.T) {
	a := agreements.Agreement{Source: []byte("abc")} // FIPS 180-2, appendix B.1
	if got, want := a.Digest(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; got != want {
		t.Errorf("digest = %s, want %s", got, want)
	}
}

func TestContactCheck(t *testing.T) {
	for _, tt := range []struct {
		kind, value string
		good        bool
	}{
		{"phone", "0800 1111", true},
		{"phone", "+44 1632 960001", true},
		{"phone", "call us", false},
		{"phone", "+ ", false},
		{"email", "dsl@acorn.example", true},
		{"email", "dsl@acorn.example?bcc=x@y.example", false},
		{"email", "acorn.example", false},
		{"form", "https://acorn.example/report?x=1", true},
		{"form", "https://acorn.example@evil.example/", false},
		{"web", "http://acorn.example", false},
		{"web", "https://Acorn.example", false},
	} {
		err := agreements.Contact{Role: "safeguarding", Label: "Tell us", Kind: tt.kind, Value: tt.value}.Check()
		if (err == nil) != tt.good {
			t.Errorf("%s %q: %v", tt.kind, tt.value, err)
		}
	}
}

func TestPlatformCheck(t *testing.T) {
	for _, tt := range []struct {
		url    string
		good   bool
		thisPC bool
	}{
		{"https://reports.acorn.example", true, false},
		{"https://reports.acorn.example:8443/", true, false},
		{"http://127.0.0.1:8710", true, true},
		{"http://[::1]:8710", true, true},
		{"http://localhost:8710", true, true},
		{"http://localhost.acorn.example", false, false},
		{"http://192.168.1.2", false, false},
		{"https://user@acorn.example", false, false},
		{"https://acorn.example/path", false, false},
		{"ftp://acorn.example", false, false},
		{"", false, false},
	} {
		p := agreements.Platform{URL: tt.url}
		if err := p.Check(); (err == nil) != tt.good || p.OnThisPC() != tt.thisPC {
			t.Errorf("%q: %v, on this PC %v", tt.url, err, p.OnThisPC())
		}
	}
}
