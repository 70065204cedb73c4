package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// ClaimTime is how long a claim can be used.
const ClaimTime = 30 * time.Minute

// clockStep is how far the clock may be set back after a claim was minted: a
// new PC asks a time server at about the same time.
const clockStep = 5 * time.Minute

// A claim is what the file holds of one.
type claim struct {
	Hash   string    `json:"hash"` // SHA-256, hex
	Minted time.Time `json:"minted"`
}

func claimPath(dir string) string { return filepath.Join(dir, "claim.json") }

// MintClaim makes a claim: whoever shows it to the service that keeps its state
// in dir can set the PIN, once, from any account, within [ClaimTime]. An earlier
// one can no longer be used. Only who may write into dir can make one, and only
// its hash is kept: it is in no file, and the caller must put it in none.
func MintClaim(dir string, now time.Time) (string, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return "", fmt.Errorf("minting claim: %s is no directory: give the --state DIR of the service", dir)
	}
	if err != nil {
		return "", fmt.Errorf("minting claim: %w", err)
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	token := hex.EncodeToString(random[:])
	data, err := json.Marshal(claim{hashClaim(token), now.UTC()})
	if err != nil {
		return "", fmt.Errorf("minting claim: %w", err)
	}
	// The service may run as another account than root, which makes it.
	err = files.WriteGiven(claimPath(dir), data, 0o600, func(f *os.File) error { return giveTo(info, f) })
	if errors.Is(err, fs.ErrPermission) {
		return "", errors.New("minting claim: only an administrator may: run it as one")
	}
	if err != nil {
		return "", fmt.Errorf("minting claim: %w", err)
	}
	return token, nil
}

// redeem uses up the claim, if token is it. It has gone from the disk before
// anything is done by it.
func (k *Keeper) redeem(token string) error {
	data, err := os.ReadFile(claimPath(k.config.Dir))
	if errors.Is(err, fs.ErrNotExist) {
		return filter.ErrBadClaim
	}
	if err != nil {
		return fmt.Errorf("reading claim: %w", err)
	}
	var c claim
	if json.Unmarshal(data, &c) != nil {
		return filter.ErrBadClaim // half of one opens nothing, and the next replaces it
	}
	if subtle.ConstantTimeCompare([]byte(hashClaim(token)), []byte(c.Hash)) != 1 {
		return filter.ErrBadClaim
	}
	if err := discardClaim(k.config.Dir); err != nil {
		return err
	}
	if age := k.config.Now().Sub(c.Minted); age < -clockStep || age > ClaimTime {
		return filter.ErrBadClaim
	}
	return nil
}

// discardClaim takes away the claim, if there is one.
func discardClaim(dir string) error {
	err := os.Remove(claimPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = files.SyncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("using up claim: %w", err)
	}
	return nil
}

func hashClaim(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
