// Package keys keeps the few secrets of a guardian's account: the key that signs
// acceptances, and the access code of the provider's platform.
//
// They are kept in the keyring of the operating system. Where there is none, they
// are kept in a file that only the account can read, and [Vault.Notice] says so.
// Documents do not belong here: Windows keeps 2560 bytes a secret at most.
package keys

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound means that there is no secret of that name.
var ErrNotFound = errors.New("there is no such secret")

// ErrUnavailable means that the secret is in the keyring, and that the keyring
// does not answer or is locked. It is not lost: unlock the keyring and try again.
var ErrUnavailable = errors.New("the keyring of this PC does not open: unlock it, or sign in to the desktop again, and try once more")

// A Store keeps short secrets by name. Its methods may wait for a disk or for
// somebody to unlock a keyring: call them outside the screen's goroutine.
type Store interface {
	// Get returns a secret, or ErrNotFound.
	Get(ctx context.Context, name string) (string, error)
	// Set keeps a secret in place of the one of that name.
	Set(ctx context.Context, name, value string) error
	// Delete removes a secret. One that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// SigningKey is the name of the key that signs acceptances; see [Signer].
const SigningKey = "signing-key"

// PlatformToken returns the name of the guardian's access code for the platform
// of a provider.
func PlatformToken(provider string) string { return "platform-token-" + provider }

// scheme stands before a kept signing key, so that another kind can follow.
const scheme = "ed25519:"

// Signer returns the key that signs acceptances, and makes one on first use. A
// key that cannot be read is an error and stays where it is: what it signed
// could not be told from a forgery without it.
func Signer(ctx context.Context, s Store) (ed25519.PrivateKey, error) {
	kept, err := s.Get(ctx, SigningKey)
	if errors.Is(err, ErrNotFound) {
		return create(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("loading signing key: %w", err)
	}
	key, err := parse(kept)
	if err != nil {
		return nil, fmt.Errorf("loading signing key: %w", err)
	}
	return key, nil
}

func parse(kept string) (ed25519.PrivateKey, error) {
	text, ok := strings.CutPrefix(kept, scheme)
	seed, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(seed) != ed25519.SeedSize {
		// Not a word of what it is: this error may reach a log.
		return nil, errors.New("what is kept is no Ed25519 key: remove it to have a new one made")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func create(ctx context.Context, s Store) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making signing key: %w", err)
	}
	if err := s.Set(ctx, SigningKey, scheme+base64.StdEncoding.EncodeToString(key.Seed())); err != nil {
		return nil, fmt.Errorf("keeping signing key: %w", err)
	}
	// Keyrings have been seen to take a secret and to lose it. Find out before
	// anything is signed.
	kept, err := s.Get(ctx, SigningKey)
	if err != nil {
		return nil, fmt.Errorf("keeping signing key: %w", err)
	}
	if again, err := parse(kept); err != nil || !again.Equal(key) {
		return nil, errors.New("keeping signing key: another one came back")
	}
	return key, nil
}
