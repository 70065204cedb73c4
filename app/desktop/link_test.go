//go:build !windows && !darwin

package desktop_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lessonguard/app/desktop"
)

// browser puts a program called xdg-open in the place of the true one.
func browser(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte("#!/bin/sh\ncd '"+dir+"'\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return dir
}

func TestOpenURL(t *testing.T) {
	dir := browser(t, `printf '%s\n' "$#" "$@" >opened`)
	for _, tt := range []struct{ address, want string }{
		{"https://www.childline.org.uk/", ""},
		{"https://www.ceop.police.uk/Safety-Centre/?a=1&b=$(id)%20;x'#top", ""},
		{"http://127.0.0.1:8710/inbox", ""},
		{"tel:08001111", ""},
		{"sms:+447700900000?body=hi", ""},
		{"mailto:help@nspcc.org.uk?subject=Hello%20there", ""},
		{"HTTPS://example.org/", "https://example.org/"},
		{"https://example.org/ż ó", "https://example.org/%C5%BC%20%C3%B3"},
	} {
		if tt.want == "" {
			tt.want = tt.address
		}
		if err := desktop.OpenURL(t.Context(), tt.address); err != nil {
			t.Errorf("OpenURL(%s) = %v", tt.address, err)
			continue
		}
		if got, err := os.ReadFile(filepath.Join(dir, "opened")); err != nil || string(got) != "1\n"+tt.want+"\n" {
			t.Errorf("opened %q, %v, want %q", got, err, tt.want)
		}
	}
}

func TestOpenURLRefuses(t *testing.T) {
	dir := browser(t, `echo >opened`)
	for _, address := range []string{
		"", "childline", "-help", "--version", "/etc/passwd", "file:///etc/passwd", "javascript:alert(1)",
		"https:", "https:///secretpath", "https://user:secretword@example.org/", "vscode://secretpath",
		"https://example.org/?q=\"secret", "https://example.org/?secret=\x01", "https://secret.example\x00.org", "tel:", "tel:1 2<secret>",
	} {
		err := desktop.OpenURL(t.Context(), address)
		if err == nil {
			t.Errorf("OpenURL(%q) opened it", address)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("OpenURL(%q) repeats it: %v", address, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "opened")); err == nil {
		t.Error("something was started")
	}
}

func TestNoBrowser(t *testing.T) {
	browser(t, "exit 3\n")
	if err := desktop.OpenURL(t.Context(), "https://secret.example"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("OpenURL with no browser = %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := desktop.OpenURL(t.Context(), "https://secret.example"); err == nil || !strings.Contains(err.Error(), "xdg-utils") {
		t.Errorf("OpenURL without xdg-open = %v", err)
	}
}

// TestBrowserStays has a desktop that returns when the browser is closed.
func TestBrowserStays(t *testing.T) {
	dir := browser(t, "read line <go\necho open >back\n")
	for _, pipe := range []string{"go", "back"} {
		if err := syscall.Mkfifo(filepath.Join(dir, pipe), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := desktop.OpenURL(ctx, "https://www.childline.org.uk/"); err != nil {
		t.Fatalf("OpenURL = %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "back")); err != nil || string(got) != "open\n" {
		t.Errorf("the browser said %q, %v after we stopped waiting", got, err)
	}
}
