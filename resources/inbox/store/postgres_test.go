package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
)

// server returns the address of a PostgreSQL: of LESSONGUARD_POSTGRES, else of
// one that is started for the test where the programs are there.
func server(t *testing.T) string {
	t.Helper()
	if dsn := os.Getenv("LESSONGUARD_POSTGRES"); dsn != "" {
		return dsn
	}
	programs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(programs) == 0 {
		t.Skip("LESSONGUARD_POSTGRES names no PostgreSQL, and none is installed")
	}
	slices.Sort(programs)
	bin := filepath.Dir(programs[len(programs)-1])
	dir, err := os.MkdirTemp("", "lessonguard-postgres-") //nolint:usetesting // its way there is closed to the account of PostgreSQL
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	// It does not run as root.
	as := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), filepath.Join(bin, name), args...)
		cmd.Dir = dir
		return cmd
	}
	if os.Geteuid() == 0 {
		account, err := user.Lookup("postgres")
		if err != nil {
			t.Skipf("PostgreSQL needs an account other than root: %v", err)
		}
		if err := exec.CommandContext(t.Context(), "chown", account.Username, dir).Run(); err != nil {
			t.Fatal(err)
		}
		as = func(name string, args ...string) *exec.Cmd {
			cmd := exec.CommandContext(t.Context(), "setpriv", append([]string{
				"--reuid", account.Uid, "--regid", account.Gid, "--clear-groups", filepath.Join(bin, name),
			}, args...)...)
			cmd.Dir = dir
			return cmd
		}
	}
	data := filepath.Join(dir, "data")
	if out, err := as("initdb", "-D", data, "-A", "trust", "-U", "lessonguard", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(address)
	if out, err := as("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", "-h 127.0.0.1 -p "+port+" -k "+dir, "start").CombinedOutput(); err != nil {
		t.Fatalf("starting PostgreSQL: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		stop := as("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
		if out, err := exec.CommandContext(ctx, stop.Path, stop.Args[1:]...).CombinedOutput(); err != nil {
			t.Errorf("stopping PostgreSQL: %v\n%s", err, out)
		}
	})
	return "postgres://lessonguard@" + address + "/postgres?sslmode=disable"
}

// inSchema keeps what is in each directory's schema apart, as files are.
func inSchema(t *testing.T, dsn, name string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func schema(t *testing.T, dsn string) string {
	t.Helper()
	var b [8]byte
	_, _ = rand.Read(b[:])
	name := "t" + hex.EncodeToString(b[:])
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(context.Background(), "DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Error(err)
		}
	})
	return inSchema(t, dsn, name)
}

// TestPostgres holds PostgreSQL to what every store does.
func TestPostgres(t *testing.T) {
	dsn := server(t)
	schemas := map[string]string{} // by the directory that stands for one
	contract(t, func(t *testing.T, dir string) inbox.Store {
		t.Helper()
		if schemas[dir] == "" {
			schemas[dir] = schema(t, dsn)
		}
		s, err := store.OpenPostgres(t.Context(), schemas[dir])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	})
	t.Run("many start at once", func(t *testing.T) {
		at := schema(t, dsn)
		ended := make(chan error)
		for range 6 {
			go func() {
				s, err := store.OpenPostgres(t.Context(), at)
				if err == nil {
					err = s.Close()
				}
				ended <- err
			}()
		}
		for range 6 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("two join with one invite at once", func(t *testing.T) {
		s, err := store.OpenPostgres(t.Context(), schema(t, dsn))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		code := inbox.HashOf("code")
		if err := s.AddInvite(t.Context(), inbox.Invite{Hash: code, Label: "Smith", Ends: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		for i := range 6 {
			go func() {
				id := string(rune('a' + i))
				_, err := s.Join(t.Context(), inbox.Joining{Invite: code, Attempt: id, Household: id, Submit: inbox.HashOf("s" + id), Guardian: inbox.HashOf("g" + id), At: time.Now()})
				ended <- err
			}()
		}
		joined := 0
		for range 6 {
			switch err := <-ended; {
			case err == nil:
				joined++
			case !errors.Is(err, inbox.ErrInvite):
				t.Error(err)
			}
		}
		if all, err := s.Households(t.Context()); joined != 1 || len(all) != 1 || err != nil {
			t.Errorf("%d joined, %d households, %v", joined, len(all), err)
		}
	})
	t.Run("other version", func(t *testing.T) {
		for name, change := range map[string]string{
			"newer":          "UPDATE lessonguard SET version = 99",
			"something else": "DROP TABLE lessonguard",
		} {
			at := schema(t, dsn)
			s, err := store.OpenPostgres(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			s.Close()
			db, err := sql.Open("pgx", at)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			db.Close()
			if _, err := store.OpenPostgres(t.Context(), at); !errors.Is(err, store.ErrVersion) {
				t.Errorf("%s: %v, want ErrVersion", name, err)
			}
		}
	})
}

// TestPostgresBadInput says what is wrong in one sentence, without the password.
func TestPostgresBadInput(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://u:pass-word@127.0.0.1:1/d?connect_timeout=2": "127.0.0.1",
		"postgres://u:pass-word@%zz/d":                           "looks like",
		"pass-word nonsense":                                     "looks like",
	} {
		if _, err := store.OpenPostgres(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pass-word") {
			t.Errorf("OpenPostgres = %v, want one with %q", err, want)
		}
	}
}
