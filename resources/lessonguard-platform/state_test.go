package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lessonguard/resources"
	"lessonguard/resources/platform"
)

// TestDatabaseFile keeps messages where the state directory's file says, or not
// at all: never in a file beside because the database was away.
func TestDatabaseFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, databaseFile)
	args := []string{"--state", dir, "--practice", "--listen", "127.0.0.1:0"}
	for dsn, want := range map[string]string{
		"postgres://u:pass-word@127.0.0.1:1/d?connect_timeout=2\n": "127.0.0.1",
		"nonsense": "looks like",
	} {
		if err := os.WriteFile(path, []byte(dsn), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(t, want, args...)
		fails(t, path, args...)
	}
	if _, err := os.Stat(filepath.Join(dir, storeFile)); err == nil {
		t.Error("messages would be kept in a file beside")
	}
	dsn := os.Getenv("LESSONGUARD_POSTGRES")
	if dsn == "" {
		t.Skip("LESSONGUARD_POSTGRES names no PostgreSQL; resources/inbox/store starts its own")
	}
	if err := os.WriteFile(path, []byte(dsn), 0o600); err != nil {
		t.Fatal(err)
	}
	out, stop := start(t, args...)
	defer stop()
	c, err := platform.New(platform.Config{URL: out.find(t, `DSL sign-in: (http://[^/]+)/`)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	e, err := c.Enrol(t.Context(), out.find(t, `Family invite code: (.+)\n`), resources.NewID())
	if err != nil {
		t.Fatal(err)
	}
	if list := command(t, "families", "--state", dir); !strings.Contains(list, e.Household) {
		t.Errorf("families: %s", list)
	}
	command(t, "erase", "--state", dir, "--family", e.Household)
}
