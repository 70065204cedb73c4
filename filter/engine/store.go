package engine

import (
	"crypto/rand"
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

// storeVersion is the layout of the state directory. A higher one is a newer
// program's, and is left alone.
const storeVersion = 1

// A store is the state directory: one JSON file a noun, each replaced whole.
type store struct{ dir string }

// header is what state.json holds.
type header struct {
	Version int `json:"version"`
}

// openStore opens the directory, which must exist: a service that made one
// where it found none would start a family's filter from nothing after a typing
// mistake.
func openStore(dir string) (*store, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening state directory: %s does not exist: make it, or give another --state DIR", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("opening state directory: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("opening state directory: %s is not a directory: give another --state DIR", dir)
	}
	s := &store{dir}
	h := header{Version: storeVersion}
	found, err := s.read("state.json", &h)
	if err != nil {
		return nil, err
	}
	if h.Version != storeVersion {
		return nil, fmt.Errorf("opening state directory: %s is of version %d and this program knows version %d: update Lessonguard, or give another --state DIR",
			dir, h.Version, storeVersion)
	}
	if !found {
		if err := s.write("state.json", h); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *store) path(name string) string { return filepath.Join(s.dir, name) }

// read reads the file called name into v, and reports whether there is one.
func (s *store) read(name string, v any) (bool, error) {
	path := s.path(name)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading state: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("reading state: %s is damaged (%w): mend it, or move it away to start it anew", path, err)
	}
	return true, nil
}

func (s *store) write(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing state: %w", err)
	}
	if err := files.Write(s.path(name), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing state: %w", err)
	}
	return nil
}

// Key returns the key of name hashes kept in the state directory dir, making it
// if there is none.
func Key(dir string) (filter.HashKey, error) {
	path := filepath.Join(dir, "key")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data = make([]byte, keySize)
		_, _ = rand.Read(data) // never fails (crypto/rand)
		err = files.Write(path, data, 0o600)
	}
	if err != nil {
		return filter.HashKey{}, fmt.Errorf("reading hash key: %w", err)
	}
	if len(data) != keySize {
		return filter.HashKey{}, fmt.Errorf("reading hash key: %s has %d bytes, not %d: move it away, and the lists are compiled anew", path, len(data), keySize)
	}
	return filter.NewHashKey([keySize]byte(data)), nil
}

const keySize = 16 // bytes

// state is what the store keeps, in memory.
type state struct {
	policy    filter.Policy
	household filter.Household
	lesson    lessonState
	requests  []filter.Request
	notices   []filter.Notice
	around    around
}

// lessonState is the lesson and what learners have started of late.
type lessonState struct {
	Lesson filter.Lesson `json:"lesson"`
	Begun  []span        `json:"begun,omitempty"`
	// Free is until when the timetable starts none: the guardian has ended it.
	Free time.Time `json:"free,omitzero"`
}

// A span is a lesson that somebody without the PIN started.
type span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

func (s *store) load() (state, error) {
	st := state{policy: filter.DefaultPolicy()}
	if _, err := s.read("policy.json", &st.policy); err != nil {
		return st, err
	}
	if err := st.policy.Check(); err != nil {
		return st, fmt.Errorf("reading state: %s: %w", s.path("policy.json"), err)
	}
	_, err := s.read("household.json", &st.household)
	return st, err
}
