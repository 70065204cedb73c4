package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"lessonguard/agreements"
	"lessonguard/agreements/keys"
	"lessonguard/agreements/ledger"
)

// acceptances is the guardian's ledger, opened when it is first needed: the
// keyring that has its key may ask a person to unlock it, and learners' accounts
// have no ledger.
type acceptances struct {
	vault *keys.Vault
	path  string

	mu     sync.Mutex
	ledger *ledger.Ledger
}

// keyringPatience is how long a person may take to unlock the keyring.
const keyringPatience = 30 * time.Second

func newAcceptances(dir string) *acceptances {
	return &acceptances{
		vault: keys.New(keys.Config{
			Keyring: keys.Keyring{}, Path: filepath.Join(dir, "keys.json"), Timeout: keyringPatience, Now: time.Now,
		}),
		path: filepath.Join(dir, "acceptances.jsonl"),
	}
}

func (a *acceptances) open(ctx context.Context) (*ledger.Ledger, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ledger != nil {
		return a.ledger, nil
	}
	signer, err := keys.Signer(ctx, a.vault)
	if err != nil {
		return nil, fmt.Errorf("opening acceptances: %w", err)
	}
	l, err := ledger.Open(ledger.Config{Path: a.path, Signer: signer, Now: time.Now})
	if err != nil {
		return nil, err
	}
	a.ledger = l
	return l, nil
}

func (a *acceptances) accept(ctx context.Context, x agreements.Acceptance) error {
	l, err := a.open(ctx)
	if err != nil {
		return err
	}
	_, err = l.Add(x)
	return err
}

func (a *acceptances) accepted(ctx context.Context) ([]agreements.Acceptance, error) {
	l, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	return l.All(), nil
}

func (a *acceptances) close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ledger == nil {
		return nil
	}
	return a.ledger.Close()
}
