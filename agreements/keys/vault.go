package keys

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Config is what [New] needs.
type Config struct {
	Keyring Store         // the operating system's
	Path    string        // of the file for where there is none
	Timeout time.Duration // for one call of the keyring: somebody may have to type a password
	Now     func() time.Time
}

// A Vault is a keyring with a file to fall back on.
//
// Its file also remembers which secrets went into the keyring, so that a keyring
// that is missing for a day is not taken for an empty one, and no second signing
// key is made. A secret in the file is newer than one in the keyring, and moves
// there as soon as it can.
type Vault struct {
	keyring Store
	file    file
	timeout time.Duration
	turn    chan struct{} // holds one: methods take turns
	busy    chan struct{} // holds one while the keyring works, even for nobody
}

// New returns a vault. Nothing is read or written yet.
func New(c Config) *Vault {
	return &Vault{c.Keyring, file{c.Path, c.Now}, c.Timeout, make(chan struct{}, 1), make(chan struct{}, 1)}
}

// Get returns a secret. It is ErrNotFound where there is none, and
// ErrUnavailable where it is in a keyring that does not open.
func (v *Vault) Get(ctx context.Context, name string) (string, error) {
	kept, done, err := v.begin(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	if value, ok := kept.Secrets[name]; ok {
		if v.ask(ctx, func(ctx context.Context) error { return v.keyring.Set(ctx, name, value) }) == nil {
			kept.moved(name)
			return value, v.file.save(kept)
		}
		return value, nil
	}
	found := make(chan string, 1) // a late answer goes nowhere
	err = v.ask(ctx, func(ctx context.Context) error {
		value, err := v.keyring.Get(ctx, name)
		found <- value
		return err
	})
	marked := slices.Contains(kept.InKeyring, name)
	switch {
	case err == nil && marked:
		return <-found, nil
	case err == nil:
		kept.moved(name)
		return <-found, v.file.save(kept)
	case errors.Is(err, ErrNotFound):
		return "", ErrNotFound
	case ctx.Err() != nil:
		return "", ctx.Err()
	case marked:
		return "", fmt.Errorf("%w (%w)", ErrUnavailable, err)
	}
	return "", ErrNotFound // it never was in the keyring
}

// Set keeps a secret: in the keyring, or in the file where the keyring does not
// take it.
func (v *Vault) Set(ctx context.Context, name, value string) error {
	kept, done, err := v.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	if v.ask(ctx, func(ctx context.Context) error { return v.keyring.Set(ctx, name, value) }) == nil {
		kept.moved(name)
		return v.file.save(kept)
	}
	kept.Secrets[name] = value
	return v.file.save(kept)
}

// Delete removes a secret everywhere. It is ErrUnavailable where one is left in
// a keyring that does not open; it is forgotten all the same, and a new one can
// be set.
func (v *Vault) Delete(ctx context.Context, name string) error {
	kept, done, err := v.begin(ctx)
	if err != nil {
		return err
	}
	defer done()
	marked := slices.Contains(kept.InKeyring, name)
	kept.forget(name)
	if err := v.file.save(kept); err != nil {
		return err
	}
	err = v.ask(ctx, func(ctx context.Context) error { return v.keyring.Delete(ctx, name) })
	if err != nil && marked {
		return fmt.Errorf("%w (%w)", ErrUnavailable, err)
	}
	return nil
}

// Notice says, for the guardian, that secrets are not in a keyring. It is empty
// where all is well.
func (v *Vault) Notice(ctx context.Context) (string, error) {
	kept, done, err := v.begin(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	if len(kept.Secrets) == 0 {
		return "", nil
	}
	return "This PC has no keyring that Lessonguard can use, so its signing key and access codes are in the file " + v.file.path +
		". Only your account can read it, but anybody who uses your account can.", nil
}

// begin waits for this caller's turn and reads the file.
func (v *Vault) begin(ctx context.Context) (kept contents, done func(), err error) {
	select {
	case v.turn <- struct{}{}:
	case <-ctx.Done():
		return kept, nil, ctx.Err()
	}
	done = func() { <-v.turn }
	if kept, err = v.file.load(); err != nil {
		done()
		return kept, nil, err
	}
	return kept, done, nil
}

// ask lets the keyring do one thing, and stops waiting when the time is up. The
// keyring cannot be stopped: it goes on for nobody, and until it is through no
// other call reaches it, so that at most one goroutine ever hangs.
func (v *Vault) ask(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel() // not by the goroutine: its answer would race with the end of ctx
	select {
	case v.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	answer := make(chan error, 1)
	go func() {
		answer <- do(ctx)
		<-v.busy
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the keyring: %w", ctx.Err())
	}
}
