package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/filter"
)

// TestRestrictedLeavesNothing: a restricted list is enforced by its hosts and by
// no page of one, and neither the service's files, its log nor what it answers
// tells what is on it, or who made it.
func TestRestrictedLeavesNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "lists")
	for name, text := range map[string]string{
		"plain-supplier.txt":       "first-secret.test\nhttp://pages.test/one\nhttps://pages.test:8443/\nhttp://192.0.2.7/\n",
		"supplier-urls.csv":        "added,url\n2026,http://second-secret.test/\n2026,http://pages.test/two?x=1\n",
		"supplier.sha256.txt":      sha256Of("third-secret.test") + "\n",
		"nested/supplier-more.txt": "fourth-secret.test\n",
	} {
		path := filepath.Join(folder, "restricted", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	e, c := service(t, func(c *compiler) {
		c.lists, c.log = folder, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if err := c.compile(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[filter.Name]filter.Action{
		"www.first-secret.test": filter.Block, "second-secret.test": filter.Block, "third-secret.test": filter.Block, "fourth-secret.test": filter.Block,
		"pages.test": filter.Open, "www.pages.test": filter.Open,
	} {
		x, err := e.Explain(t.Context(), filter.Question{Name: name})
		if err != nil || x.Action != want || x.Category != nil || x.Entry != "" && want == filter.Block || len(x.Lists) > 0 {
			t.Errorf("%s: %+v, %v, want %v and no more", name, x, err, want)
		}
	}
	all, err := e.Lists(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	var said strings.Builder
	for _, l := range all {
		pages += l.Pages
		said.WriteString(l.ID + l.Title + l.Why)
	}
	if pages != 4 {
		t.Errorf("%d pages that cannot be enforced, want 4", pages)
	}
	// A list that turns bad is said to be, without its name.
	if err := os.WriteFile(filepath.Join(folder, "restricted", "plain-supplier.txt"), []byte("<html>first-secret.test"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = c.compile(t.Context())
	if err == nil || !strings.Contains(err.Error(), "restricted list") {
		t.Errorf("compiling a web page: %v", err)
	}
	said.WriteString(err.Error() + log.String())
	err = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
		said.Write(must(os.ReadFile(path)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"secret.test", "pages.test", "supplier", "192.0.2.7", sha256Of("third-secret.test")} {
		if strings.Contains(said.String(), word) {
			t.Errorf("%q can be read", word)
		}
	}
}

func sha256Of(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }
