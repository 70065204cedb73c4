package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadInvite(t *testing.T) {
	const code = "6FQ2K-7TZ0M-XW94A-01BCD"
	write := func(words string) string {
		path := filepath.Join(t.TempDir(), "invite")
		if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		name, path, in string
		want, wrong    string
	}{
		{"file", write(code), "", code, ""},
		{"file with a line's end", write(" " + code + "\r\nmore\n"), "", code, ""},
		{"typed", "-", code + "\n", code, ""},
		{"empty", write("\n"), "", "", "no code in it"},
		{"nothing typed", "-", "", "", "no code in it"},
		{"the code itself", code, "", "", "give its name, or give -"},
		{"a folder", t.TempDir(), "", "", "--invite: "},
	} {
		got, err := readInvite(tt.path, strings.NewReader(tt.in))
		if got != tt.want || (err != nil) != (tt.wrong != "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%s: %q, %v, want %q, %q", tt.name, got, err, tt.want, tt.wrong)
		}
		if err != nil && strings.Contains(err.Error(), code) {
			t.Errorf("%s: the error repeats the code: %v", tt.name, err)
		}
	}
}

// TestInviteIsAFile has no code among what a program is started with.
func TestInviteIsAFile(t *testing.T) {
	f, err := parse([]string{"--invite", "code.txt", "tutor"})
	if err != nil || f.inviteFile != "code.txt" || f.invite != "" || !f.tutor {
		t.Errorf("parse = %+v, %v", f, err)
	}
}
