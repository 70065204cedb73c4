package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"lessonguard/filter"
)

// SessionTime is how long an unlock lasts at most.
const SessionTime = 10 * time.Minute

// sessions are the unlocks in force, by the hash of their token.
type sessions map[[sha256.Size]byte]session

// A session opens the guardian's operations to one process of one account, whose
// desktop program has several connections open at once: a token that another
// program reads out of its memory or its log opens nothing. It is ended with the
// connection on which the PIN was given (see the control server).
type session struct {
	account, process string
	until            time.Duration // of the service's running time, whatever is done to the clock
	wall             time.Time     // until when by the clock: running time stands still while the PC sleeps
}

// begin starts a session of c and returns its token.
func (s sessions) begin(c filter.Caller, now time.Duration, wall time.Time) string {
	for t, old := range s {
		if now >= old.until {
			delete(s, t)
		}
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	token := hex.EncodeToString(random[:])
	s[sha256.Sum256([]byte(token))] = session{c.ID, c.Process, now + SessionTime, wall.Round(0).Add(SessionTime)}
	return token
}

// hold reports whether token is of a session of c that has not ended.
func (s sessions) hold(token string, c filter.Caller, now time.Duration, wall time.Time) bool {
	if token == "" {
		return false
	}
	held, ok := s[sha256.Sum256([]byte(token))]
	return ok && held.account == c.ID && held.process == c.Process && now < held.until && wall.Round(0).Before(held.wall)
}

// end ends the session of token, if there is one.
func (s sessions) end(token string) { delete(s, sha256.Sum256([]byte(token))) }
