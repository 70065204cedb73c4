package keys

import (
	"context"
	"errors"
	"fmt"

	"github.com/zalando/go-keyring"
)

// service is what the secrets are filed under, as the owner sees in the
// keyring's own window.
const service = "Lessonguard"

// Keyring is the keyring of the operating system: the Secret Service on Linux,
// the Keychain on macOS, the Credential Manager on Windows. It pays no heed to
// ctx and may wait for ever for somebody to unlock it: use it through a [Vault].
type Keyring struct{}

// Get returns a secret, or ErrNotFound.
func (Keyring) Get(_ context.Context, name string) (string, error) {
	value, err := keyring.Get(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return "", ErrNotFound
	}
	return value, wrap("reading", err)
}

// Set keeps a secret.
func (Keyring) Set(_ context.Context, name, value string) error {
	return wrap("writing", keyring.Set(service, name, value))
}

// Delete removes a secret.
func (Keyring) Delete(_ context.Context, name string) error {
	err := keyring.Delete(service, name)
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return wrap("clearing", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s keyring: %w", doing, err)
	}
	return nil
}
