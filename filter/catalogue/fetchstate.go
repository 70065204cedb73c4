package catalogue

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"lessonguard/assets/files"
)

// A Condition is how a published list is kept.
type Condition string

// The conditions.
const (
	Missing Condition = "missing" // never fetched
	Fresh   Condition = "fresh"   // what the publisher had lately
	Old     Condition = "old"     // not compared with the publisher's for a week
	Failed  Condition = "failed"  // the last try failed: State.Why
)

// oldAfter is how long a list is fresh. Those that change do so within days.
const oldAfter = 7 * 24 * time.Hour

// A State is what is known of the copy of one published list.
type State struct {
	ID        string    `json:"id"`
	Condition Condition `json:"condition"`
	Why       string    `json:"why,omitempty"`      // of Failed: what is wrong, in one line
	Names     int       `json:"names,omitempty"`    // in the last good copy
	Fetched   time.Time `json:"fetched,omitzero"`   // when the last good copy came
	Confirmed time.Time `json:"confirmed,omitzero"` // when it was last the publisher's newest
	Tried     time.Time `json:"tried,omitzero"`     // when the publisher was last asked
	Refused   int       `json:"refused,omitempty"`  // the version of the catalogue when it was refused for its size; 0: it was not

	Copy  string             `json:"copy,omitempty"`  // folder of the last good copy; empty: there is none
	Files map[string]version `json:"files,omitempty"` // in it
	Key   string             `json:"key,omitempty"`   // that has signed it; empty: it was not signed
}

// version is how a publisher's server tells one version of a file from another
// (RFC 9110 section 8.8). It says nothing of what is at another address: there a
// file that is older, or has the same tag, may be another list.
type version struct {
	Address  string `json:"address,omitempty"`
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
}

const stateFile = "state.json"

// States returns the states of lists whose copies are in dir, in their order.
func States(dir string, lists []Published, now time.Time) ([]State, error) {
	var all []State
	for _, l := range lists {
		s, err := readState(dir, l.ID, now)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// readState returns the state of one list. A damaged file is set aside, and the
// list fetched as if for the first time.
func readState(dir, id string, now time.Time) (State, error) {
	s := State{ID: id, Condition: Missing}
	path := filepath.Join(dir, id, stateFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading state of list %s: %w", id, err)
	}
	var read State
	if err := json.Unmarshal(data, &read); err != nil || read.ID != id || read.Copy != "" && !validID(read.Copy) {
		_, err := files.SetAside(path, now)
		return s, err
	}
	// One from the future was confirmed while the clock was wrong.
	if read.Condition == Fresh && now.Sub(read.Confirmed).Abs() > oldAfter {
		read.Condition = Old
	}
	return read, nil
}

// write puts s on the disk, which puts its copy in force, and removes the others.
func (s State) write(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, s.ID)
	if err := files.Write(filepath.Join(dir, stateFile), data, 0o600); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("removing old copies of list %s: %w", s.ID, err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != s.Copy {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("removing old copies of list %s: %w", s.ID, err)
			}
		}
	}
	return nil
}

// next returns the folder for the copy after that of s.
func (s State) next() string {
	n, _ := strconv.Atoi(s.Copy) // 0 where there is none
	return strconv.Itoa(n + 1)
}

// Drop gives the copy of a list up that can no longer be read, and says why in
// its state. It is fetched anew the next time.
func Drop(dir, id, why string, now time.Time) error {
	s, err := readState(dir, id, now)
	if err != nil {
		return err
	}
	s.Condition, s.Why, s.Copy, s.Files, s.Key, s.Names = Failed, why, "", nil, "", 0
	return s.write(dir)
}

// Fetched returns the last good copies in dir of lists, those that have one.
func Fetched(dir string, lists []Published, now time.Time) ([]Source, error) {
	states, err := States(dir, lists, now)
	if err != nil {
		return nil, err
	}
	var all []Source
	for i, l := range lists {
		if states[i].Copy == "" {
			continue
		}
		all = append(all, Source{
			ID: l.ID, Title: l.Title, Category: l.Category, Format: l.Format,
			Files: os.DirFS(filepath.Join(dir, l.ID, states[i].Copy)), Path: l.file(), Copy: states[i].Copy,
		})
	}
	return all, nil
}
