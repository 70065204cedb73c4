package keys_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/agreements/keys"
)

// ring is a keyring of which the tests decide what it does.
type ring struct {
	secrets map[string]string
	broken  error
	hang    chan struct{} // where not nil, calls wait for it and pay no heed to ctx
}

func (r *ring) wait() error {
	if r.hang != nil {
		<-r.hang
	}
	return r.broken
}

func (r *ring) Get(_ context.Context, name string) (string, error) {
	if err := r.wait(); err != nil {
		return "", err
	}
	if value, ok := r.secrets[name]; ok {
		return value, nil
	}
	return "", keys.ErrNotFound
}

func (r *ring) Set(_ context.Context, name, value string) error {
	if err := r.wait(); err != nil {
		return err
	}
	r.secrets[name] = value
	return nil
}

func (r *ring) Delete(_ context.Context, name string) error {
	if err := r.wait(); err != nil {
		return err
	}
	delete(r.secrets, name)
	return nil
}

var errNoBus = errors.New("dbus: couldn't determine address of session bus") // a plain string, as go-keyring gives

func vault(t *testing.T, r keys.Store) (v *keys.Vault, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "config", "secrets.json")
	return open(r, path), path
}

func open(r keys.Store, path string) *keys.Vault {
	return keys.New(keys.Config{Keyring: r, Path: path, Timeout: time.Minute, Now: time.Now})
}

func notice(t *testing.T, v *keys.Vault) string {
	t.Helper()
	text, err := v.Notice(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// holds checks the contract of a Store.
func holds(t *testing.T, s keys.Store) {
	t.Helper()
	name := keys.PlatformToken("acorn")
	if _, err := s.Get(t.Context(), name); !errors.Is(err, keys.ErrNotFound) {
		t.Fatalf("Get before Set = %v, want ErrNotFound", err)
	}
	for _, want := range []string{"first", "second", "Zażółć \"'\n%"} {
		if err := s.Set(t.Context(), name, want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(t.Context(), name); err != nil || got != want {
			t.Fatalf("Get = %q, %v, want %q", got, err, want)
		}
	}
	for range 2 {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(t.Context(), name); !errors.Is(err, keys.ErrNotFound) {
		t.Fatalf("Get after Delete = %v, want ErrNotFound", err)
	}
}

func TestStores(t *testing.T) {
	works := &ring{secrets: map[string]string{}}
	inRing, _ := vault(t, works)
	inFile, path := vault(t, &ring{broken: errNoBus})
	for name, s := range map[string]keys.Store{"keyring": inRing, "file": inFile} {
		t.Run(name, func(t *testing.T) { holds(t, s) })
	}
	if err := inFile.Set(t.Context(), "x", "hidden"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: others may read secrets", info, err)
	}
	if got := notice(t, inFile); !strings.Contains(got, "no keyring") || !strings.Contains(got, path) {
		t.Errorf("notice = %q", got)
	}
	if err := inRing.Set(t.Context(), "x", "hidden"); err != nil {
		t.Fatal(err)
	}
	if got := notice(t, inRing); got != "" {
		t.Errorf("notice with a keyring = %q", got)
	}
}

func TestSigner(t *testing.T) {
	r := &ring{secrets: map[string]string{}}
	v, path := vault(t, r)
	first, err := keys.Signer(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	again, err := keys.Signer(t.Context(), open(r, path))
	if err != nil || !again.Equal(first) {
		t.Errorf("a second start = another key, %v", err)
	}
	data, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(data), "ed25519:") {
		t.Errorf("the key is in the file beside the keyring: %s, %v", data, err)
	}
	r.secrets[keys.SigningKey] = "ed25519:c2hvcnQ="
	_, err = keys.Signer(t.Context(), v)
	if err == nil || strings.Contains(err.Error(), "c2hvcnQ") {
		t.Errorf("Signer of a damaged key = %v", err)
	}
	if r.secrets[keys.SigningKey] != "ed25519:c2hvcnQ=" {
		t.Error("a damaged key was overwritten")
	}
}

// TestKeyringComesAndGoes goes through a family's years.
func TestKeyringComesAndGoes(t *testing.T) {
	r := &ring{secrets: map[string]string{}, broken: errNoBus}
	v, path := vault(t, r)
	first, err := keys.Signer(t.Context(), v) // no keyring yet
	if err != nil || notice(t, v) == "" {
		t.Fatal(err)
	}
	r.broken = nil // one was installed: the key moves there
	moved, err := keys.Signer(t.Context(), open(r, path))
	if err != nil || !moved.Equal(first) || notice(t, v) != "" || r.secrets[keys.SigningKey] == "" {
		t.Errorf("with a keyring: same key %v, %v", moved.Equal(first), err)
	}
	r.broken = errNoBus // it is missing for a day: no second key may be made
	if _, err := keys.Signer(t.Context(), open(r, path)); !errors.Is(err, keys.ErrUnavailable) {
		t.Errorf("without it = %v, want ErrUnavailable", err)
	}
	r.broken = nil
	if back, err := keys.Signer(t.Context(), open(r, path)); err != nil || !back.Equal(first) {
		t.Errorf("with it again = another key, %v", err)
	}
	r.broken = errNoBus // it is gone for good, and the guardian asks for a new key
	if err := v.Delete(t.Context(), keys.SigningKey); !errors.Is(err, keys.ErrUnavailable) {
		t.Errorf("Delete = %v, want ErrUnavailable", err)
	}
	if fresh, err := keys.Signer(t.Context(), v); err != nil || fresh.Equal(first) {
		t.Errorf("after Delete: %v", err)
	}
}

// TestNewerIsInFile shows that a secret set while the keyring was away is not
// hidden by the old one in it.
func TestNewerIsInFile(t *testing.T) {
	r := &ring{secrets: map[string]string{}}
	v, _ := vault(t, r)
	for _, step := range []struct {
		broken error
		value  string
	}{{nil, "old"}, {errNoBus, "new"}} {
		r.broken = step.broken
		if err := v.Set(t.Context(), "x", step.value); err != nil {
			t.Fatal(err)
		}
	}
	r.broken = nil
	if got, err := v.Get(t.Context(), "x"); err != nil || got != "new" || r.secrets["x"] != "new" {
		t.Errorf("Get = %q, %v, in the keyring %q", got, err, r.secrets["x"])
	}
}

// TestHangs has a keyring wait for a password that nobody types.
func TestHangs(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := &ring{secrets: map[string]string{"old": "kept"}}
		v := open(r, filepath.Join(dir, "secrets.json"))
		if _, err := v.Get(t.Context(), "old"); err != nil { // remembered as in the keyring
			t.Fatal(err)
		}
		r.hang = make(chan struct{})
		start := time.Now()
		if _, err := v.Get(t.Context(), "old"); !errors.Is(err, keys.ErrUnavailable) {
			t.Errorf("Get = %v, want ErrUnavailable", err)
		}
		if err := v.Set(t.Context(), "new", "value"); err != nil {
			t.Errorf("Set = %v, want it in the file", err)
		}
		if got, err := v.Get(t.Context(), "new"); err != nil || got != "value" {
			t.Errorf("Get = %q, %v", got, err)
		}
		if took := time.Since(start); took != 3*time.Minute {
			t.Errorf("three calls took %v, want a timeout each", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := v.Get(ctx, "old"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, keys.ErrUnavailable) {
			t.Errorf("Get given up by the caller = %v", err)
		}
		close(r.hang) // somebody typed it
		synctest.Wait()
		if got, err := v.Get(t.Context(), "old"); err != nil || got != "kept" {
			t.Errorf("Get = %q, %v", got, err)
		}
		if got, err := v.Get(t.Context(), "new"); err != nil || got != "value" || r.secrets["new"] != "value" {
			t.Errorf("Get = %q, %v, in the keyring %q", got, err, r.secrets["new"])
		}
	})
}

func TestDamagedFile(t *testing.T) {
	r := &ring{broken: errNoBus}
	v, path := vault(t, r)
	if err := v.Set(t.Context(), "x", "hidden"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`{"secrets":`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Get = %v, want an error naming %s", err, path)
	}
	aside, err := filepath.Glob(path + ".damaged-*")
	if err != nil || len(aside) != 1 {
		t.Errorf("set aside %v, %v", aside, err)
	}
	if _, err := v.Get(t.Context(), "x"); !errors.Is(err, keys.ErrNotFound) {
		t.Errorf("Get after setting aside = %v", err)
	}
}

func TestOthersShutOut(t *testing.T) {
	v, path := vault(t, &ring{broken: errNoBus})
	if err := v.Set(t.Context(), "x", "hidden"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
