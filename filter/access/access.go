// Package access keeps the guardian's PIN and knows who has unlocked with it.
//
// What is kept is a salted argon2id hash and the failures of each account, in
// one file that only the service reads. What the PIN is needed for is not
// decided here but at the control server's door.
package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// SessionTime is how long an unlock lasts.
const SessionTime = 10 * time.Minute

// Parameters of argon2id: the second choice of RFC 9106 cut to what OWASP's
// password storage cheat sheet allows, since the service is to stay small.
const (
	hashTime   = 2
	hashMemory = 19 << 10 // KiB
	hashLanes  = 1
	hashSize   = 32
)

// A Keeper keeps one household's PIN. Make one with [Open].
type Keeper struct {
	path string
	now  func() time.Time

	mu       sync.Mutex // also holds checks to one at a time: each takes 19 MiB
	kept     kept
	sessions map[string]session
}

// kept is what the file holds.
type kept struct {
	Hash     string             `json:"hash,omitempty"` // hex; empty: no PIN yet
	Salt     string             `json:"salt,omitempty"`
	Failures map[string]failure `json:"failures,omitempty"` // by account id
}

type session struct {
	account string
	until   time.Time
}

// Open opens the keeper whose file is at path; none there is a household
// without a PIN. now is the clock.
func Open(path string, now func() time.Time) (*Keeper, error) {
	k := &Keeper{path: path, now: now, sessions: map[string]session{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening PIN file: %w", err)
	}
	if err := json.Unmarshal(data, &k.kept); err != nil {
		// Starting without a PIN would open the house to whoever damages the file.
		return nil, fmt.Errorf("opening PIN file: %s is damaged (%w): an administrator can move it away and set a new PIN", path, err)
	}
	return k, nil
}

// Set reports whether there is a PIN.
func (k *Keeper) Set() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept.Hash != ""
}

// Change sets the PIN for caller c: the owner may always, which is also the way
// back for a forgotten one; everybody else needs the old PIN.
func (k *Keeper) Change(c filter.Caller, change filter.PINChange) error {
	if !Good(change.New) {
		return filter.ErrBadPIN
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !c.Owner {
		if k.kept.Hash == "" {
			return filter.ErrForbidden
		}
		if err := k.check(c, change.Old); err != nil {
			return err
		}
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	next := kept{Hash: hex.EncodeToString(hash(change.New, salt)), Salt: hex.EncodeToString(salt)}
	if err := k.save(next); err != nil {
		return err
	}
	clear(k.sessions) // they were of the old PIN
	return nil
}

// Unlock checks the PIN for caller c and starts a session.
func (k *Keeper) Unlock(c filter.Caller, pin string) (filter.Session, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept.Hash == "" {
		return filter.Session{}, filter.ErrNoPIN
	}
	if err := k.check(c, pin); err != nil {
		return filter.Session{}, err
	}
	var token [32]byte
	_, _ = rand.Read(token[:]) // never fails (crypto/rand)
	now := k.now()
	for t, s := range k.sessions {
		if !now.Before(s.until) {
			delete(k.sessions, t)
		}
	}
	s := filter.Session{Token: hex.EncodeToString(token[:]), Until: now.Add(SessionTime)}
	k.sessions[s.Token] = session{c.ID, s.Until}
	return s, nil
}

// Guardian reports whether c may do what only a guardian may: it shows the
// token of a session of its own account, or there is no PIN yet and it owns
// the service.
func (k *Keeper) Guardian(token string, c filter.Caller) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept.Hash == "" {
		return c.Owner
	}
	s, ok := k.sessions[token]
	return ok && s.account == c.ID && k.now().Before(s.until)
}

// check compares pin with the one kept and counts a failure of c's account.
func (k *Keeper) check(c filter.Caller, pin string) error {
	now, f := k.now(), k.kept.Failures[c.ID]
	if !c.Owner && f.locked(now) {
		return filter.ErrLockedOut
	}
	salt, err := hex.DecodeString(k.kept.Salt)
	if err != nil {
		return fmt.Errorf("checking PIN: %s is damaged: an administrator can set a new one", k.path)
	}
	want, err := hex.DecodeString(k.kept.Hash)
	if err != nil {
		return fmt.Errorf("checking PIN: %s is damaged: an administrator can set a new one", k.path)
	}
	right := subtle.ConstantTimeCompare(hash(pin, salt), want) == 1
	if right && f == (failure{}) {
		return nil
	}
	next := k.kept
	next.Failures = map[string]failure{}
	for id, other := range k.kept.Failures {
		next.Failures[id] = other
	}
	if right {
		delete(next.Failures, c.ID)
	} else {
		next.Failures[c.ID] = f.another(now)
	}
	if err := k.save(next); err != nil {
		return err // without a record of the failure there would be no limit
	}
	if !right {
		return filter.ErrWrongPIN
	}
	return nil
}

func (k *Keeper) save(next kept) error {
	data, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("saving PIN: %w", err)
	}
	if err := files.Write(k.path, data, 0o600); err != nil {
		return fmt.Errorf("saving PIN: %w", err)
	}
	k.kept = next
	return nil
}

func hash(pin string, salt []byte) []byte {
	defer debug.FreeOSMemory() // the service's memory is a promise
	return argon2.IDKey([]byte(pin), salt, hashTime, hashMemory, hashLanes, hashSize)
}
