// Package access keeps the guardian's PIN, knows who has unlocked with it, and
// keeps the log of what was changed (audit.go).
//
// Of the PIN a salted argon2id hash is kept, with the failures of each account
// (failure.go), in one file that only the service reads; of a claim to set it
// (claim.go), a hash in another. What the PIN is needed for is not decided here
// but at the control server's door.
package access

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// Config is what [Open] makes a [Keeper] from.
type Config struct {
	// Dir is the state directory, which must exist.
	Dir string
	// Now is the time, with Go's monotonic reading if it has one.
	Now func() time.Time
	// Running is for how long the process has been running, whatever is done
	// to the clock of the PC. Nil measures it by Now.
	Running func() time.Duration
	// Guardian reports whether an account is known to be a guardian's, whom
	// the failures of other accounts do not keep waiting. Nil: none is.
	Guardian func(account string) bool
}

// A Keeper keeps one household's PIN. Make one with [Open].
type Keeper struct {
	config Config
	path   string
	opened time.Duration // what was kept of Elapsed, less Running at the opening

	// checking is held through a check or a change, so that the hash, which
	// takes 19 MiB, is computed once at a time. It is taken before mu, and is
	// what kept may be read under, too.
	checking sync.Mutex
	mu       sync.Mutex // of all below
	kept     kept
	sessions sessions
}

// kept is what the file holds.
type kept struct {
	Hash     string             `json:"hash,omitempty"` // hex; empty: no PIN yet
	Salt     string             `json:"salt,omitempty"`
	Failures map[string]failure `json:"failures,omitempty"` // by account id
	Together failure            `json:"together,omitzero"`  // of all strangers
	Known    []string           `json:"known,omitempty"`    // ids of accounts that have given this PIN
	// Elapsed is for how long the service had been running, all its runs
	// together, when this was saved.
	Elapsed time.Duration `json:"elapsed,omitempty"`
}

// Open opens the keeper of the state directory c.Dir; no file there is a
// household without a PIN.
func Open(c Config) (*Keeper, error) {
	if c.Running == nil {
		opened := c.Now()
		c.Running = func() time.Duration { return c.Now().Sub(opened) }
	}
	k := &Keeper{config: c, path: filepath.Join(c.Dir, "pin.json"), sessions: sessions{}}
	data, err := os.ReadFile(k.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening PIN file: %w", err)
	}
	if err == nil {
		if err := json.Unmarshal(data, &k.kept); err != nil {
			// Starting without a PIN would open the house to whoever damages the file.
			return nil, fmt.Errorf("opening PIN file: %s is damaged (%w): an administrator can move it away and set a new PIN", k.path, err)
		}
	}
	k.opened = k.kept.Elapsed - c.Running()
	return k, nil
}

// elapsed returns for how long the service has been running, all its runs
// together, as far as is known. No clock of the PC has a part in it.
func (k *Keeper) elapsed() time.Duration { return k.opened + k.config.Running() }

// Set reports whether there is a PIN.
func (k *Keeper) Set() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept.Hash != ""
}

// Change sets the PIN for caller c: the owner may always, and so may whoever
// has a claim, which are also the ways back for a forgotten one; everybody else
// needs the old PIN.
func (k *Keeper) Change(c filter.Caller, change filter.PINChange) error {
	if !Good(change.New) {
		return filter.ErrBadPIN
	}
	k.checking.Lock()
	defer k.checking.Unlock()
	switch {
	case c.Owner:
	case change.Claim != "":
		if err := k.redeem(change.Claim); err != nil {
			return err
		}
	case k.kept.Hash == "":
		return filter.ErrForbidden
	default:
		if err := k.check(c, change.Old); err != nil {
			return err
		}
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	next := kept{Hash: hex.EncodeToString(hash(change.New, salt)), Salt: hex.EncodeToString(salt)}
	if !c.Owner {
		next.Known = []string{c.ID}
	}
	if err := k.save(next); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.sessions) // they were of the old PIN
	return discardClaim(k.config.Dir)
}

// Unlock checks the PIN for caller c and starts a session of its process.
func (k *Keeper) Unlock(c filter.Caller, pin string) (filter.Session, error) {
	k.checking.Lock()
	defer k.checking.Unlock()
	if k.kept.Hash == "" {
		return filter.Session{}, filter.ErrNoPIN
	}
	if err := k.check(c, pin); err != nil {
		return filter.Session{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return filter.Session{Token: k.sessions.begin(c, k.elapsed(), k.config.Now()), Until: k.config.Now().Add(SessionTime)}, nil
}

// Guardian reports whether c may do what only a guardian may: it shows the
// token of a session of its own, or there is no PIN yet and it owns the
// service.
func (k *Keeper) Guardian(token string, c filter.Caller) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept.Hash == "" {
		return c.Owner
	}
	return k.sessions.hold(token, c, k.elapsed(), k.config.Now())
}

// End ends the session of token.
func (k *Keeper) End(token string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sessions.end(token)
}

// check compares pin with the one kept and counts a failure of c's account.
// k.checking must be held.
func (k *Keeper) check(c filter.Caller, pin string) error {
	now, stranger := k.elapsed(), !c.Owner && !k.knows(c)
	if !c.Owner && (k.kept.Failures[c.ID].locked(now) || stranger && k.kept.Together.locked(now)) {
		return filter.ErrLockedOut
	}
	right, err := k.kept.is(pin)
	if err != nil {
		return fmt.Errorf("checking PIN: %s is damaged: an administrator can set a new one", k.path)
	}
	next := k.kept.without(c.ID)
	switch {
	case right:
		_, failed := k.kept.Failures[c.ID]
		if !failed && slices.Contains(next.Known, c.ID) {
			return nil
		}
		next.know(c.ID)
	default:
		next.failed(c.ID, k.kept.Failures[c.ID].another(now, freeTries))
		if stranger {
			next.Together = next.Together.fade(now).another(now, freeTogether)
		}
	}
	if err := k.save(next); err != nil {
		// A full disk must not be a way to guess without a limit: until the
		// next start it is counted in memory.
		k.keep(next)
		return err
	}
	if !right {
		return filter.ErrWrongPIN
	}
	return nil
}

// knows reports whether c's account is a guardian's, or has given this PIN
// before.
func (k *Keeper) knows(c filter.Caller) bool {
	return slices.Contains(k.kept.Known, c.ID) || k.config.Guardian != nil && k.config.Guardian(c.Account)
}

// save puts next on the disk and then in force. k.checking must be held.
func (k *Keeper) save(next kept) error {
	next.Elapsed = k.elapsed()
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("saving PIN: %w", err)
	}
	if err := files.Write(k.path, data, 0o600); err != nil {
		return fmt.Errorf("saving PIN: %w", err)
	}
	k.keep(next)
	return nil
}

func (k *Keeper) keep(next kept) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = next
}
