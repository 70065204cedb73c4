package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lessonguard/assets/files"
	"lessonguard/resources/inbox"
	"lessonguard/resources/inbox/store"
	"lessonguard/resources/seal"
)

// What is in a state directory.
const (
	stateFile = "state.json"       // written last: with it the directory is whole
	keyFile   = "safeguarding.key" // the DSL's; the oversight key is never here
	storeFile = "messages.db"
	// databaseFile names a PostgreSQL database to keep messages in, in place of
	// storeFile. It is a file and no flag because it holds a password.
	databaseFile = "database"
)

const stateVersion = 1

// A state is an open state directory.
type state struct {
	store        inbox.Store
	safeguarding []seal.Identity // the newest first; all read
	offered      []string        // recipients that families seal to
	oversight    []string        // recipients
	aside        string          // where a damaged store went
}

// saved is what state.json holds.
type saved struct {
	Version   int      `json:"version"`
	Oversight []string `json:"oversight"` // recipients, the newest first
	// Retired are safeguarding recipients that are not offered any more.
	Retired []string `json:"retired,omitempty"`
}

// prepare opens the state directory, or makes it with new keys.
func prepare(ctx context.Context, dir, keyOut string, stdout io.Writer) (state, error) {
	if dir == "" {
		return state{}, errors.New("say where to keep messages and keys: --state DIR")
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return state{}, fmt.Errorf("making the state directory: %w", err)
	}
	_, err := readState(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKeys(dir, keyOut, stdout); err != nil {
			return state{}, err
		}
	} else if err != nil {
		return state{}, err
	}
	return openState(ctx, dir)
}

// openState opens a state directory that is whole.
func openState(ctx context.Context, dir string) (state, error) {
	s, err := readState(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, fmt.Errorf("there is no platform in %q yet: start it once first", dir)
	}
	if err != nil {
		return state{}, err
	}
	st := state{oversight: s.Oversight}
	if st.safeguarding, err = readKeys(filepath.Join(dir, keyFile)); err != nil {
		return state{}, err
	}
	st.offered = s.offered(st.safeguarding)
	if err := st.openStore(ctx, dir); err != nil {
		if errors.Is(err, store.ErrVersion) {
			err = fmt.Errorf("%w: start that version, or name another --state", err)
		}
		return state{}, err
	}
	return st, nil
}

// openStore opens PostgreSQL where the directory names one, else the file.
func (st *state) openStore(ctx context.Context, dir string) error {
	dsn, err := os.ReadFile(filepath.Join(dir, databaseFile))
	if err == nil {
		s, err := store.OpenPostgres(ctx, strings.TrimSpace(string(dsn)))
		if err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(dir, databaseFile), err)
		}
		st.store = s
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the state directory: %w", err)
	}
	path := filepath.Join(dir, storeFile)
	s, err := store.OpenSQLite(ctx, path)
	if errors.Is(err, store.ErrDamaged) {
		if st.aside, err = setStoreAside(path); err == nil {
			s, err = store.OpenSQLite(ctx, path)
		}
	}
	if err != nil {
		return err
	}
	st.store = s
	return nil
}

func readState(dir string) (saved, error) {
	path := filepath.Join(dir, stateFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return saved{}, fmt.Errorf("reading the state directory: %w", err)
	}
	var s saved
	if err := json.Unmarshal(data, &s); err != nil {
		return saved{}, fmt.Errorf("reading %s: it is damaged: restore a backup: %w", path, err)
	}
	if s.Version != stateVersion {
		return saved{}, fmt.Errorf("%s is of version %d and this program reads version %d: start the other version, or name another --state", path, s.Version, stateVersion)
	}
	return s, seal.CheckRecipients(s.Oversight)
}

// setStoreAside renames a damaged store with the files that SQLite keeps beside
// it, which are part of it.
func setStoreAside(path string) (aside string, err error) {
	now := time.Now()
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := files.SetAside(path+suffix, now); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return files.SetAside(path, now)
}

// makeKeys makes the keys of a new platform. The safeguarding key stays for the
// inbox; of the oversight key only the public half does, so that nothing here
// opens a concern about the DSL.
func makeKeys(dir, keyOut string, stdout io.Writer) error {
	path := filepath.Join(dir, keyFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		id, err := seal.GenerateKey()
		if err != nil {
			return err
		}
		if err := files.Write(path, []byte(id.Secret()+"\n"), 0o600); err != nil {
			return err
		}
	}
	over, err := makeOversight(dir, keyOut, stdout)
	if err != nil {
		return err
	}
	return saved{Version: stateVersion, Oversight: []string{over.Recipient()}}.write(dir)
}

// makeOversight makes the first oversight key, or takes up the one that a first
// start wrote before it was cut short.
func makeOversight(dir, keyOut string, stdout io.Writer) (seal.Identity, error) {
	if keyOut != "" && !within(dir, keyOut) {
		if old, err := readKeys(keyOut); err == nil {
			return old[0], nil
		}
	}
	return newOversight(dir, keyOut, stdout)
}

// newOversight makes an oversight key and hands it out: to a file that is not
// there yet, or to the screen.
func newOversight(dir, keyOut string, stdout io.Writer) (seal.Identity, error) {
	id, err := seal.GenerateKey()
	if err != nil {
		return id, err
	}
	if keyOut == "" {
		fmt.Fprintf(stdout, "Oversight key, shown this once. Give it to whoever reads concerns about the DSL or staff, and keep it off this computer:\n  %s\n", id.Secret())
		return id, nil
	}
	if within(dir, keyOut) {
		return id, fmt.Errorf("--oversight-key %s is in the state directory, where the DSL could use it: name another place", keyOut)
	}
	if _, err := os.Lstat(keyOut); err == nil {
		return id, fmt.Errorf("--oversight-key %s is there already: name a file that is not", keyOut)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return id, fmt.Errorf("--oversight-key: %w", err)
	}
	if err := files.Write(keyOut, []byte(id.Secret()+"\n"), 0o600); err != nil {
		return id, err
	}
	fmt.Fprintf(stdout, "Oversight key: in %s. Take it off this computer, to whoever reads concerns about the DSL or staff.\n", keyOut)
	return id, nil
}

func within(dir, path string) bool {
	d, err1 := filepath.Abs(dir)
	p, err2 := filepath.Abs(path)
	return err1 == nil && err2 == nil && strings.HasPrefix(p, d+string(filepath.Separator))
}

// readKeys reads private keys, one a line; lines that begin with # are notes.
func readKeys(path string) ([]seal.Identity, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading key: %w", err)
	}
	var all []seal.Identity
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		id, err := seal.ParseIdentity(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w: restore a backup of it", path, err)
		}
		all = append(all, id)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no key: restore a backup of it", path)
	}
	return all, nil
}
