package checkup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// Kept is how many records of checkups are kept.
const Kept = 12

const (
	recordFiles = "checkup-*.json"
	recordStamp = "checkup-20060102T150405Z"
	maxRecord   = 1 << 20
)

// Records keeps the records of checkups in a directory of the account.
type Records struct{ dir string }

// NewRecords returns the records in dir, which is made when one is kept.
func NewRecords(dir string) *Records { return &Records{dir} }

// Keep saves a record, named by its time, and lets go of the oldest ones.
func (r *Records) Keep(c filter.CheckupRecord) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("keeping checkup: %w", err)
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("keeping checkup: %w", err)
	}
	if err := files.Write(filepath.Join(r.dir, c.At.UTC().Format(recordStamp)+".json"), append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("keeping checkup: %w", err)
	}
	kept, err := r.paths()
	if err != nil {
		return err
	}
	for len(kept) > Kept {
		if err := os.Remove(kept[0]); err != nil {
			return fmt.Errorf("letting go of an old checkup: %w", err)
		}
		kept = kept[1:]
	}
	return nil
}

// Last returns the newest record that can be read, and false if there is none.
// Damaged ones are set aside, and named in the error.
func (r *Records) Last(now time.Time) (filter.CheckupRecord, bool, error) {
	kept, err := r.paths()
	if err != nil {
		return filter.CheckupRecord{}, false, err
	}
	var damaged error
	for _, path := range slices.Backward(kept) {
		c, err := readRecord(path)
		if err == nil {
			return c, true, damaged
		}
		aside, err := files.SetAside(path, now)
		if err == nil {
			err = fmt.Errorf("reading checkup: %s is damaged: it was set aside as %s", filepath.Base(path), filepath.Base(aside))
		}
		damaged = errors.Join(damaged, err)
	}
	return filter.CheckupRecord{}, false, damaged
}

// paths returns the files of records, the oldest first.
func (r *Records) paths() ([]string, error) {
	all, err := fs.Glob(os.DirFS(r.dir), recordFiles)
	if err != nil {
		return nil, fmt.Errorf("reading checkups: %w", err)
	}
	var paths []string
	for _, name := range all {
		if _, err := time.Parse(recordStamp+".json", name); err == nil { // not of somebody else's
			paths = append(paths, filepath.Join(r.dir, name))
		}
	}
	slices.Sort(paths)
	return paths, nil
}

func readRecord(path string) (c filter.CheckupRecord, err error) {
	data, err := read(os.DirFS(filepath.Dir(path)), filepath.Base(path), maxRecord)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, err
	}
	checks := filter.CheckupChecks()
	for _, result := range c.Results {
		// A record is shown by its sayings, so those must be ours.
		known, ok := sayings[result.Say]
		if result.General() {
			known, ok = saying{result.Check, filter.CheckupNotChecked}, slices.Contains(checks, result.Check)
		}
		if !ok || known.check != result.Check || known.outcome != result.Outcome {
			return c, fmt.Errorf("reading checkup: %q is nothing that a checkup finds", result.Say)
		}
	}
	if c.At.IsZero() || len(c.Results) == 0 {
		return c, errors.New("reading checkup: it is empty")
	}
	return c, nil
}
