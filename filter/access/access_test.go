package access_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/access"
)

var (
	owner = filter.Caller{Account: "root", ID: "0", Owner: true}
	mum   = filter.Caller{Account: "mum", ID: "1000", Process: "10:1"}
	child = filter.Caller{Account: "child", ID: "1001", Process: "11:1"}
)

const pin = "482915"

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

// A pc is a computer whose clock and running time a test sets.
type pc struct {
	clock
	running time.Duration
	dir     string
}

func newPC(t *testing.T) *pc {
	return &pc{clock: clock{time.Unix(1.7e9, 0)}, dir: t.TempDir()}
}

// boot starts the service anew.
func (p *pc) boot(t *testing.T) *access.Keeper {
	t.Helper()
	p.running = 0
	k, err := access.Open(access.Config{
		Dir: p.dir, Now: p.now, Running: func() time.Duration { return p.running },
		Guardian: func(account string) bool { return account == "dad" },
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// pass lets time pass, and the clock with it.
func (p *pc) pass(d time.Duration) { p.t, p.running = p.t.Add(d), p.running+d }

// withPIN starts a service whose PIN the owner has set.
func (p *pc) withPIN(t *testing.T) *access.Keeper {
	t.Helper()
	k := p.boot(t)
	if err := k.Change(owner, filter.PINChange{New: pin}); err != nil {
		t.Fatal(err)
	}
	return k
}

func unlock(k *access.Keeper, c filter.Caller, pin string) error {
	_, err := k.Unlock(c, pin)
	return err
}

func TestPIN(t *testing.T) {
	p := newPC(t)
	k := p.boot(t)
	if k.Set() || !k.Guardian("", owner) || k.Guardian("", mum) {
		t.Fatal("without a PIN the owner alone is a guardian")
	}
	if err := k.Change(mum, filter.PINChange{New: pin}); !errors.Is(err, filter.ErrForbidden) {
		t.Errorf("first PIN by another account: %v, want %v", err, filter.ErrForbidden)
	}
	if err := k.Change(owner, filter.PINChange{New: pin}); err != nil {
		t.Fatal(err)
	}
	if k.Guardian("", owner) {
		t.Error("with a PIN the owner is still a guardian without it")
	}
	k = p.boot(t) // it is on the disk
	if err := k.Change(mum, filter.PINChange{New: "736251", Old: pin}); err != nil {
		t.Errorf("changing with the old PIN: %v", err)
	}
	if err := unlock(k, mum, pin); !errors.Is(err, filter.ErrWrongPIN) {
		t.Errorf("the old PIN: %v, want %v", err, filter.ErrWrongPIN)
	}
	if err := k.Change(owner, filter.PINChange{New: "918273"}); err != nil {
		t.Errorf("recovery by the owner: %v", err)
	}
}

// TestSession: it opens one process of one account, for its time.
func TestSession(t *testing.T) {
	p := newPC(t)
	k := p.withPIN(t)
	s, err := k.Unlock(mum, pin)
	if err != nil {
		t.Fatal(err)
	}
	other := mum
	other.Process = "12:1"
	for _, tt := range []struct {
		why   string
		token string
		who   filter.Caller
		want  bool
	}{
		{"her own", s.Token, mum, true},
		{"another program of hers", s.Token, other, false},
		{"another account", s.Token, child, false},
		{"another account with the same process", s.Token, filter.Caller{ID: "1001", Process: mum.Process}, false},
		{"no token", "", mum, false},
		{"another token", s.Token[1:] + "0", mum, false},
	} {
		if got := k.Guardian(tt.token, tt.who); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.why, got, tt.want)
		}
	}
	if !s.Until.Equal(p.t.Add(access.SessionTime)) {
		t.Errorf("until %v, want %v", s.Until, p.t.Add(access.SessionTime))
	}
	p.t = p.t.Add(-24 * time.Hour)
	p.running += access.SessionTime
	if k.Guardian(s.Token, mum) {
		t.Error("a session outlives its time where the clock is set back")
	}
	if s, err = k.Unlock(mum, pin); err != nil {
		t.Fatal(err)
	}
	if k.End(s.Token); k.Guardian(s.Token, mum) {
		t.Error("a session outlives its end")
	}
	if s, err = k.Unlock(mum, pin); err != nil {
		t.Fatal(err)
	}
	if p.t = p.t.Add(access.SessionTime - time.Second); !k.Guardian(s.Token, mum) {
		t.Error("a session ends before its time")
	}
	if p.t = p.t.Add(time.Second); k.Guardian(s.Token, mum) {
		t.Error("a session outlives its time where the PC slept")
	}
}

// TestLockout: guessing is slowed for the account that guesses, a restart
// forgets nothing, and nothing that is done to the clock helps or hurts.
func TestLockout(t *testing.T) {
	p := newPC(t)
	k := p.withPIN(t)
	for range 5 {
		if err := unlock(k, child, "000001"); !errors.Is(err, filter.ErrWrongPIN) {
			t.Fatalf("guess: %v, want %v", err, filter.ErrWrongPIN)
		}
	}
	locked := func(why string) {
		t.Helper()
		if err := unlock(k, child, pin); !errors.Is(err, filter.ErrLockedOut) {
			t.Errorf("%s: %v, want %v", why, err, filter.ErrLockedOut)
		}
	}
	locked("after five guesses")
	p.t = p.t.Add(365 * 24 * time.Hour)
	locked("after the clock went forward")
	k = p.boot(t)
	locked("after a restart")
	p.t = p.t.Add(-2 * 365 * 24 * time.Hour)
	p.pass(29 * time.Second)
	locked("after 29 seconds")
	if err := unlock(k, owner, "000001"); !errors.Is(err, filter.ErrWrongPIN) {
		t.Errorf("an administrator is kept waiting: %v", err)
	}
	if err := unlock(k, mum, pin); err != nil {
		t.Errorf("another account is kept waiting: %v", err)
	}
	p.pass(time.Second)
	for range 6 {
		if err := unlock(k, child, "000001"); !errors.Is(err, filter.ErrWrongPIN) {
			t.Errorf("after the wait: %v, want %v", err, filter.ErrWrongPIN)
		}
		locked("after another guess")
		p.pass(15 * time.Minute) // is never longer
	}
	if err := unlock(k, child, pin); err != nil {
		t.Errorf("the right one after the wait: %v", err)
	}
}

// TestStrangersTogether: many accounts guess no faster than one, and keep no
// guardian waiting.
func TestStrangersTogether(t *testing.T) {
	p := newPC(t)
	k := p.withPIN(t)
	if err := unlock(k, mum, pin); err != nil {
		t.Fatal(err)
	}
	var guesses int
	guess := func(id int) bool {
		err := unlock(k, filter.Caller{ID: fmt.Sprint(id)}, "000001")
		if err != nil && !errors.Is(err, filter.ErrWrongPIN) && !errors.Is(err, filter.ErrLockedOut) {
			t.Fatal(err)
		}
		return errors.Is(err, filter.ErrWrongPIN)
	}
	for id := range 200 { // at once
		if guess(id) {
			guesses++
		}
	}
	if guesses != 10 {
		t.Errorf("%d guesses at once, want 10", guesses)
	}
	for minute := range 3 * 60 { // three hours, every minute with another account
		p.pass(time.Minute)
		if guess(1000 + minute) {
			guesses++
		}
	}
	if guesses > 10+6+3*4 {
		t.Errorf("%d guesses in three hours, want no more than one account has", guesses)
	}
	if !guess(5000) && !errors.Is(unlock(k, child, pin), filter.ErrLockedOut) {
		t.Error("a stranger with the PIN is let past the wait")
	}
	for _, c := range []filter.Caller{mum, {Account: "dad", ID: "1003"}} {
		if err := unlock(k, c, pin); err != nil {
			t.Errorf("%s is kept waiting: %v", c.Account, err)
		}
	}
	p.pass(24 * time.Hour)
	if !guess(1) || !guess(2) {
		t.Error("failures of another day are not forgiven")
	}
}

// TestManyStrangers: however many accounts have failed, one that has given the PIN
// once does not guess without a limit.
func TestManyStrangers(t *testing.T) {
	p := newPC(t)
	k := p.withPIN(t)
	if err := unlock(k, child, pin); err != nil { // the guardian did, on the learner's account
		t.Fatal(err)
	}
	for id := range 64 {
		if err := unlock(k, filter.Caller{ID: fmt.Sprint(100000 + id)}, "000001"); !errors.Is(err, filter.ErrWrongPIN) {
			t.Fatalf("stranger %d: %v", id, err)
		}
		p.pass(15 * time.Minute)
	}
	for range 5 {
		if err := unlock(k, child, "000001"); !errors.Is(err, filter.ErrWrongPIN) {
			t.Fatal(err)
		}
	}
	if err := unlock(k, child, pin); !errors.Is(err, filter.ErrLockedOut) {
		t.Errorf("after five guesses: %v, want %v", err, filter.ErrLockedOut)
	}
}

// TestFullDisk is no way to guess without a limit.
func TestFullDisk(t *testing.T) {
	p := newPC(t)
	k := p.withPIN(t)
	if err := os.RemoveAll(p.dir); err != nil { // nothing can be saved
		t.Fatal(err)
	}
	for range 5 {
		if err := unlock(k, child, "000001"); err == nil || errors.Is(err, filter.ErrLockedOut) {
			t.Fatalf("guess: %v, want that it cannot be saved", err)
		}
	}
	if err := unlock(k, child, pin); !errors.Is(err, filter.ErrLockedOut) {
		t.Errorf("after five guesses: %v, want %v", err, filter.ErrLockedOut)
	}
}

// TestMemory: what a check takes is given back.
func TestMemory(t *testing.T) {
	p := newPC(t)
	k := p.withPIN(t)
	held := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapSys - m.HeapReleased
	}
	before := held()
	for range 3 {
		if err := unlock(k, mum, pin); err != nil {
			t.Fatal(err)
		}
		if grown := int64(held()) - int64(before); grown > 4<<20 {
			t.Errorf("%d bytes more are held after a check than before", grown)
		}
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
	p := newPC(t)
	if err := os.WriteFile(filepath.Join(p.dir, "pin.json"), []byte(`{"hash":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := access.Open(access.Config{Dir: p.dir, Now: time.Now}); err == nil {
		t.Error("a damaged PIN file opens as no PIN")
	}
}
