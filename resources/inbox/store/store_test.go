package store_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
)

func TestSQLite(t *testing.T) {
	contract(t, func(t *testing.T, dir string) inbox.Store { return open(t, dir) })
}

func open(t *testing.T, dir string) *store.SQLite {
	t.Helper()
	s, err := store.OpenSQLite(t.Context(), filepath.Join(dir, "odd name?#%.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// contract is what every store does. reopen opens the store in dir, again and
// again, at once too.
func contract(t *testing.T, reopen func(t *testing.T, dir string) inbox.Store) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	kept := func(body string) inbox.Kept {
		return inbox.Kept{ID: resources.NewID(), Class: inbox.Concerns, Household: "smith", Received: now, Sealed: []byte(body)}
	}
	t.Run("keep", func(t *testing.T) {
		dir := t.TempDir()
		s, ctx := reopen(t, dir), t.Context()
		want := kept("sealed")
		got, isNew, err := s.Keep(ctx, want)
		if err != nil || !isNew || got.ID != want.ID || !bytes.Equal(got.Sealed, want.Sealed) || !got.Received.Equal(now) || !got.Opened.IsZero() || got.Seq == 0 {
			t.Fatalf("Keep = %+v, %v, %v", got, isNew, err)
		}
		again := want
		again.Received = now.Add(time.Hour)
		if got, isNew, err := s.Keep(ctx, again); err != nil || isNew || !got.Received.Equal(now) {
			t.Errorf("the same again = %+v, %v, %v", got, isNew, err)
		}
		for name, change := range map[string]func(*inbox.Kept){
			"bytes":  func(k *inbox.Kept) { k.Sealed = []byte("other") },
			"family": func(k *inbox.Kept) { k.Household = "jones" },
			"class":  func(k *inbox.Kept) { k.Class = inbox.Acceptances },
		} {
			other := want
			change(&other)
			if _, _, err := s.Keep(ctx, other); !errors.Is(err, inbox.ErrConflict) {
				t.Errorf("another %s under the id: %v, want ErrConflict", name, err)
			}
		}
		if err := s.MarkOpened(ctx, want.ID, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if err := s.MarkOpened(ctx, want.ID, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = reopen(t, dir)
		got, err = s.Get(ctx, want.ID)
		if err != nil || !bytes.Equal(got.Sealed, want.Sealed) || !got.Opened.Equal(now.Add(time.Minute)) {
			t.Errorf("after reopening: %+v, %v", got, err)
		}
		if _, err := s.Get(ctx, resources.NewID()); !errors.Is(err, inbox.ErrNotFound) {
			t.Errorf("Get of nothing = %v", err)
		}
		if err := s.MarkOpened(ctx, resources.NewID(), now); !errors.Is(err, inbox.ErrNotFound) {
			t.Errorf("MarkOpened of nothing = %v", err)
		}
	})
	t.Run("before", func(t *testing.T) {
		s, ctx := reopen(t, t.TempDir()), t.Context()
		for i := range 5 {
			if _, _, err := s.Keep(ctx, kept(fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		var got string
		for seq := int64(math.MaxInt64); ; {
			some, err := s.Before(ctx, seq, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range some {
				got += string(k.Sealed)
				seq = k.Seq
			}
			if len(some) < 2 {
				break
			}
		}
		if got != "43210" {
			t.Errorf("newest first: %s", got)
		}
	})
	t.Run("join", func(t *testing.T) {
		s, ctx := reopen(t, t.TempDir()), t.Context()
		code := sha256.Sum256([]byte("code"))
		joining := inbox.Joining{
			Invite: code, Attempt: "a", Household: "h1", At: now,
			Submit: sha256.Sum256([]byte("s1")), Guardian: sha256.Sum256([]byte("g1")),
		}
		if _, err := s.Join(ctx, joining); !errors.Is(err, inbox.ErrInvite) {
			t.Errorf("without an invite: %v", err)
		}
		for _, label := range []string{"Smith", "changed"} {
			if err := s.AddInvite(ctx, inbox.Invite{Hash: code, Label: label, Ends: now.Add(time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
		late := joining
		late.At = now.Add(2 * time.Hour)
		if _, err := s.Join(ctx, late); !errors.Is(err, inbox.ErrInvite) {
			t.Errorf("too late: %v", err)
		}
		h, err := s.Join(ctx, joining)
		if err != nil || h.ID != "h1" || h.Label != "Smith" || !h.Joined.Equal(now) {
			t.Fatalf("Join = %+v, %v", h, err)
		}
		other := joining
		other.Attempt, other.Household = "b", "h2"
		if _, err := s.Join(ctx, other); !errors.Is(err, inbox.ErrInvite) {
			t.Errorf("used by another: %v", err)
		}
		again := joining
		again.Household, again.Submit, again.Guardian, again.At = "h3", sha256.Sum256([]byte("s2")), sha256.Sum256([]byte("g2")), late.At
		if h, err := s.Join(ctx, again); err != nil || h.ID != "h1" || !h.Joined.Equal(now) {
			t.Errorf("the same attempt again: %+v, %v", h, err)
		}
		for token, want := range map[string]inbox.Scope{"s1": "", "g1": "", "s2": inbox.SubmitScope, "g2": inbox.GuardianScope, "s3": ""} {
			household, scope, err := s.Token(ctx, sha256.Sum256([]byte(token)))
			if scope != want || (want == "") != errors.Is(err, inbox.ErrNotFound) || want != "" && household != "h1" {
				t.Errorf("token %s: %q %q %v, want %q", token, household, scope, err, want)
			}
		}
		if all, err := s.Households(ctx); err != nil || len(all) != 1 || all[0].Label != "Smith" {
			t.Errorf("Households = %+v, %v", all, err)
		}
	})
	t.Run("erase", func(t *testing.T) {
		s, ctx := reopen(t, t.TempDir()), t.Context()
		old, late, closed := kept("old"), kept("late"), kept("closed")
		for _, k := range []inbox.Kept{old, late, closed} {
			if _, _, err := s.Keep(ctx, k); err != nil {
				t.Fatal(err)
			}
		}
		for id, at := range map[string]time.Time{old.ID: now, late.ID: now.Add(48 * time.Hour)} {
			if err := s.MarkOpened(ctx, id, at); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []int{1, 0} {
			if n, err := s.EraseOpened(ctx, now.Add(24*time.Hour)); n != want || err != nil {
				t.Errorf("EraseOpened = %d, %v, want %d", n, err, want)
			}
		}
		for id, want := range map[string]error{old.ID: inbox.ErrNotFound, late.ID: nil, closed.ID: nil} {
			if _, err := s.Get(ctx, id); !errors.Is(err, want) || want == nil && err != nil {
				t.Errorf("Get = %v, want %v", err, want)
			}
		}
		if err := s.Erase(ctx, closed.ID); err != nil {
			t.Error(err)
		}
		if err := s.Erase(ctx, closed.ID); !errors.Is(err, inbox.ErrNotFound) {
			t.Errorf("Erase again = %v", err)
		}
		// The number of an erased message is not used again: paging goes by it.
		again, _, err := s.Keep(ctx, kept("again"))
		if left, err2 := s.Before(ctx, math.MaxInt64, 10); err != nil || err2 != nil || len(left) != 2 || left[0].Seq != again.Seq || again.Seq <= 3 {
			t.Errorf("kept after erasing: %d, %v, %v", again.Seq, err, err2)
		}
	})
	t.Run("erase a family", func(t *testing.T) {
		s, ctx := reopen(t, t.TempDir()), t.Context()
		for _, name := range []string{"smith", "jones"} {
			code := sha256.Sum256([]byte(name))
			if err := s.AddInvite(ctx, inbox.Invite{Hash: code, Label: name, Ends: now.Add(time.Hour)}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Join(ctx, inbox.Joining{
				Invite: code, Attempt: name, Household: name, At: now, Submit: sha256.Sum256([]byte("s" + name)), Guardian: sha256.Sum256([]byte("g" + name)),
			}); err != nil {
				t.Fatal(err)
			}
			k := kept(name)
			k.Household = name
			if _, _, err := s.Keep(ctx, k); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.EraseHousehold(ctx, "smith"); err != nil {
			t.Fatal(err)
		}
		if err := s.EraseHousehold(ctx, "smith"); !errors.Is(err, inbox.ErrNotFound) {
			t.Errorf("again: %v", err)
		}
		left, err := s.Before(ctx, math.MaxInt64, 10)
		families, err2 := s.Households(ctx)
		_, _, gone := s.Token(ctx, sha256.Sum256([]byte("ssmith")))
		_, _, stays := s.Token(ctx, sha256.Sum256([]byte("sjones")))
		if err != nil || err2 != nil || len(left) != 1 || left[0].Household != "jones" || len(families) != 1 || !errors.Is(gone, inbox.ErrNotFound) || stays != nil {
			t.Errorf("left: %d messages, %+v, tokens %v, %v", len(left), families, gone, stays)
		}
	})
	t.Run("at once", func(t *testing.T) {
		dir := t.TempDir()
		same := kept("same")
		var all sync.WaitGroup
		var mu sync.Mutex
		fresh := 0
		for range 4 {
			s := reopen(t, dir)
			all.Go(func() {
				for range 20 {
					_, isNew, err := s.Keep(t.Context(), same)
					if err != nil {
						t.Error(err)
					}
					if _, _, err := s.Keep(t.Context(), kept("own")); err != nil {
						t.Error(err)
					}
					mu.Lock()
					if isNew {
						fresh++
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if got, err := reopen(t, dir).Before(t.Context(), math.MaxInt64, 1000); err != nil || len(got) != 81 || fresh != 1 {
			t.Errorf("%d messages, the same one %d times new, %v", len(got), fresh, err)
		}
	})
}

func TestDamaged(t *testing.T) {
	for name, damage := range map[string]func([]byte) []byte{
		"no database": func([]byte) []byte { return []byte(strings.Repeat("<html>", 1000)) },
		"cut short":   func(b []byte) []byte { return b[:len(b)/2] },
		"overwritten": func(b []byte) []byte { return append(b[:4096:4096], make([]byte, len(b)-4096)...) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "messages.db")
			s, err := store.OpenSQLite(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			for range 20 {
				if _, _, err := s.Keep(t.Context(), inbox.Kept{ID: resources.NewID(), Sealed: make([]byte, 4096)}); err != nil {
					t.Fatal(err)
				}
			}
			s.Close()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := store.OpenSQLite(t.Context(), path); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("OpenSQLite = %v, want ErrDamaged naming the file", err)
			}
		})
	}
}

func TestOtherVersion(t *testing.T) {
	for name, change := range map[string]string{
		"newer":          "PRAGMA user_version = 99",
		"something else": "PRAGMA application_id = 7",
	} {
		path := filepath.Join(t.TempDir(), "messages.db")
		s, err := store.OpenSQLite(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if _, err := store.OpenSQLite(t.Context(), path); !errors.Is(err, store.ErrVersion) {
			t.Errorf("%s: %v, want ErrVersion", name, err)
		}
	}
}

// TestModes keeps other accounts of the computer out of every file.
func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	dir := t.TempDir()
	s := open(t, dir)
	if _, _, err := s.Keep(t.Context(), inbox.Kept{ID: resources.NewID(), Sealed: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) < 2 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", e.Name(), info.Mode(), err)
		}
	}
}

func TestNoDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "messages.db")
	if _, err := store.OpenSQLite(t.Context(), path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("OpenSQLite = %v, want an error naming %s", err, path)
	}
}

// TestErasedIsGone looks for what was erased in every file of the store.
func TestErasedIsGone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	mark := bytes.Repeat([]byte("what-was-sealed-"), 256)
	k, _, err := s.Keep(t.Context(), inbox.Kept{ID: resources.NewID(), Class: inbox.Concerns, Household: "smith", Received: time.Now(), Sealed: mark})
	if err != nil {
		t.Fatal(err)
	}
	holding := func() (n int) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(b, mark[:32]) {
				n++
			}
		}
		return n
	}
	if holding() == 0 {
		t.Fatal("no file holds what was kept")
	}
	if err := s.Erase(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	if n := holding(); n > 0 {
		t.Errorf("%d files still hold what was erased", n)
	}
}
