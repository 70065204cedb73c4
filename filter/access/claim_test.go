package access_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lessonguard/filter"
	"lessonguard/filter/access"
)

func (p *pc) mint(t *testing.T) string {
	t.Helper()
	claim, err := access.MintClaim(p.dir, p.t)
	if err != nil {
		t.Fatal(err)
	}
	if len(claim) < 256/4 {
		t.Errorf("claim of %d hex digits, want 256 bits", len(claim))
	}
	data, err := os.ReadFile(filepath.Join(p.dir, "claim.json"))
	if err != nil || bytes.Contains(data, []byte(claim)) {
		t.Errorf("the file holds the claim, or %v", err)
	}
	return claim
}

// TestClaim: it sets one PIN, from any account, in its time.
func TestClaim(t *testing.T) {
	p := newPC(t)
	k := p.boot(t)
	set := func(who filter.Caller, claim string) error {
		return k.Change(who, filter.PINChange{New: pin, Claim: claim})
	}
	wrong := func(why string, err error) {
		t.Helper()
		if !errors.Is(err, filter.ErrBadClaim) {
			t.Errorf("%s: %v, want %v", why, err, filter.ErrBadClaim)
		}
	}
	wrong("none was minted", set(mum, "x"))
	claim := p.mint(t)
	wrong("another one", set(child, strings.Repeat("0", 64)))
	if err := k.Change(mum, filter.PINChange{New: "123456", Claim: claim}); !errors.Is(err, filter.ErrBadPIN) {
		t.Errorf("a bad PIN: %v, want %v", err, filter.ErrBadPIN)
	}
	k = p.boot(t)
	p.pass(29 * time.Minute)
	if err := set(mum, claim); err != nil {
		t.Fatalf("set with a claim: %v", err)
	}
	if err := unlock(k, mum, pin); err != nil {
		t.Error(err)
	}
	wrong("the same again", set(mum, claim))

	claim = p.mint(t)
	p.pass(access.ClaimTime + time.Second)
	wrong("too old", set(mum, claim))
	p.t = p.t.Add(-time.Hour)
	wrong("too old, the clock set back", set(mum, claim))

	older, newer := p.mint(t), p.mint(t)
	wrong("replaced by a newer one", set(mum, older))
	if err := k.Change(mum, filter.PINChange{New: pin, Old: pin}); err != nil {
		t.Fatal(err)
	}
	wrong("minted before the PIN was set", set(child, newer))

	if err := set(mum, p.mint(t)); err != nil {
		t.Errorf("a forgotten PIN: %v", err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "claim.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong("damaged", set(mum, newer))
	p.mint(t)
}

func TestMintNeedsTheDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	if _, err := access.MintClaim(dir, time.Now()); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("MintClaim = %v, want an error naming %s", err, dir)
	}
}
