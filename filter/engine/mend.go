package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// Mend sets aside what cannot be read in the state directory, for an installed
// service, which nobody sees fail to start: without it nothing would be filtered
// at all, and the usual settings are strict. Nothing opens for want of a PIN
// either: the first one needs an administrator. It returns the files' names as
// they are now. What a newer program wrote is not damaged, and stays.
func Mend(dir string, now time.Time) (aside []string, err error) {
	s := store{dir}
	for _, f := range []struct {
		name string
		read func() error
	}{
		{"state.json", func() error { return second(s.read("state.json", &header{})) }},
		{"policy.json", func() error {
			p := filter.DefaultPolicy()
			if err := second(s.read("policy.json", &p)); err != nil {
				return err
			}
			return p.Check()
		}},
		{"household.json", func() error { return second(s.read("household.json", &filter.Household{})) }},
		{"pin.json", func() error { return second(s.read("pin.json", &json.RawMessage{})) }},
		{"key", func() error { return keyFile(s.path("key")) }},
	} {
		wrong := f.read()
		if pathErr, ok := errors.AsType[*fs.PathError](wrong); ok {
			return aside, fmt.Errorf("reading state: %w", pathErr) // the disk's fault, and not the file's
		}
		if wrong == nil {
			continue
		}
		at, err := files.SetAside(s.path(f.name), now)
		if err != nil {
			return aside, fmt.Errorf("setting aside damaged state: %w", err)
		}
		aside = append(aside, at)
	}
	return aside, nil
}

func second[T any](_ T, err error) error { return err }

// keyFile returns an error for a key that is no key.
func keyFile(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Size() != keySize {
		err = fmt.Errorf("%d bytes are no key", info.Size())
	}
	return err
}
