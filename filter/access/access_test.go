package access_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/access"
)

var (
	owner = filter.Caller{Account: "root", ID: "0", Owner: true}
	mum   = filter.Caller{Account: "mum", ID: "1000"}
	child = filter.Caller{Account: "child", ID: "1001"}
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func open(t *testing.T, path string, c *clock) *access.Keeper {
	t.Helper()
	k, err := access.Open(path, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestPIN(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "pin.json"), &clock{time.Unix(1e9, 0)}
	k := open(t, path, c)
	if k.Set() || !k.Guardian("", owner) || k.Guardian("", mum) {
		t.Fatal("without a PIN the owner alone is a guardian")
	}
	if err := k.Change(mum, filter.PINChange{New: "482915"}); !errors.Is(err, filter.ErrForbidden) {
		t.Errorf("first PIN by another account: %v, want %v", err, filter.ErrForbidden)
	}
	if err := k.Change(owner, filter.PINChange{New: "482915"}); err != nil {
		t.Fatal(err)
	}
	if k.Guardian("", owner) {
		t.Error("with a PIN the owner is still a guardian without it")
	}
	k = open(t, path, c) // it is on the disk
	s, err := k.Unlock(mum, "482915")
	if err != nil {
		t.Fatal(err)
	}
	if !k.Guardian(s.Token, mum) || k.Guardian(s.Token, child) || k.Guardian("", mum) {
		t.Error("a session opens its own account and no other")
	}
	c.t = s.Until
	if k.Guardian(s.Token, mum) {
		t.Error("a session outlives its time")
	}
	if err := k.Change(mum, filter.PINChange{New: "736251", Old: "482915"}); err != nil {
		t.Errorf("changing with the old PIN: %v", err)
	}
	if _, err := k.Unlock(mum, "482915"); !errors.Is(err, filter.ErrWrongPIN) {
		t.Errorf("the old PIN: %v, want %v", err, filter.ErrWrongPIN)
	}
	if err := k.Change(owner, filter.PINChange{New: "918273"}); err != nil {
		t.Errorf("recovery by the owner: %v", err)
	}
}

// TestLockout: guessing is slowed for the account that guesses, not for the
// guardian's, and a restart forgets nothing.
func TestLockout(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "pin.json"), &clock{time.Unix(1e9, 0)}
	k := open(t, path, c)
	if err := k.Change(owner, filter.PINChange{New: "482915"}); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := k.Unlock(child, "000001"); !errors.Is(err, filter.ErrWrongPIN) {
			t.Fatalf("guess: %v, want %v", err, filter.ErrWrongPIN)
		}
	}
	k = open(t, path, c)
	if _, err := k.Unlock(child, "482915"); !errors.Is(err, filter.ErrLockedOut) {
		t.Errorf("after five guesses: %v, want %v", err, filter.ErrLockedOut)
	}
	if _, err := k.Unlock(mum, "482915"); err != nil {
		t.Errorf("another account: %v", err)
	}
	c.t = c.t.Add(31 * time.Second)
	if _, err := k.Unlock(child, "482915"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	for range 12 {
		_, _ = k.Unlock(child, "000001")
		c.t = c.t.Add(15*time.Minute - time.Second)
	}
	c.t = c.t.Add(time.Second)
	if _, err := k.Unlock(child, "482915"); err != nil {
		t.Errorf("the wait is longer than fifteen minutes: %v", err)
	}
}

func TestGood(t *testing.T) {
	for pin, want := range map[string]bool{
		"482915": true, "111111": false, "123456": false, "987654": false, "12345": false, "12a456": false, "1234567890123": false, "112233": true,
	} {
		if got := access.Good(pin); got != want {
			t.Errorf("Good(%q) = %v, want %v", pin, got, want)
		}
	}
}

func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pin.json")
	if err := os.WriteFile(path, []byte(`{"hash":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := access.Open(path, time.Now); err == nil {
		t.Error("a damaged PIN file opens as no PIN")
	}
}
