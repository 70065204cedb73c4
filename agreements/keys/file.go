package keys

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
)

// contents is what the file holds.
type contents struct {
	Secrets   map[string]string `json:"secrets"`   // those that no keyring took
	InKeyring []string          `json:"inKeyring"` // names
}

// moved notes that a secret is in the keyring.
func (c *contents) moved(name string) {
	c.forget(name)
	c.InKeyring = append(c.InKeyring, name)
}

func (c *contents) forget(name string) {
	delete(c.Secrets, name)
	c.InKeyring = slices.DeleteFunc(c.InKeyring, func(n string) bool { return n == name })
}

// A file is read and written whole, each time: it is small, and another window
// may have written it.
type file struct {
	path string
	now  func() time.Time
}

func (f file) load() (contents, error) {
	empty := contents{Secrets: map[string]string{}}
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil
	}
	if err != nil {
		return empty, fmt.Errorf("reading secrets: %w", err)
	}
	// Copied from a backup, it may be readable by others. On Windows the
	// account's own folder keeps others out.
	if info, err := os.Stat(f.path); err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(f.path, 0o600); err != nil {
			return empty, fmt.Errorf("keeping others out of the secrets: %w", err)
		}
	}
	c := contents{}
	if err := json.Unmarshal(data, &c); err != nil {
		aside, asideErr := files.SetAside(f.path, f.now())
		if asideErr != nil {
			return empty, fmt.Errorf("reading secrets: %s is damaged: %w", f.path, asideErr)
		}
		// Said once: the next call starts with an empty file.
		return empty, fmt.Errorf("reading secrets: %s was damaged and is now %s: try again, and new secrets are made", f.path, aside)
	}
	if c.Secrets == nil {
		c.Secrets = empty.Secrets
	}
	return c, nil
}

func (f file) save(c contents) error {
	data, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return fmt.Errorf("writing secrets: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("writing secrets: %w", err)
	}
	return files.Write(f.path, append(data, '\n'), 0o600)
}
