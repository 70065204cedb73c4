// Package files writes files so that a crash, a full disk or a cut cable
// leaves the old contents or the new, never half of either.
package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrUnsure says that a file was replaced, and that a power cut may bring the
// old contents back: the disk did not confirm the new name.
var ErrUnsure = errors.New("the disk did not confirm it")

// Write replaces the file at path with data. When it returns nil the new
// contents are on the disk. When it returns an error the old ones still are,
// but for [ErrUnsure]: then whoever reads the file finds the new ones.
func Write(path string, data []byte, perm fs.FileMode) error {
	return WriteGiven(path, data, perm, func(*os.File) error { return nil })
}

// WriteGiven is [Write] of a file that is given away, to another account say: give
// is called before the file is at path, so that nobody finds it there without.
func WriteGiven(path string, data []byte, perm fs.FileMode, give func(*os.File) error) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // does nothing once renamed
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(perm), give(f), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := rename(f.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := SyncDir(dir); err != nil {
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	return nil
}

// SetAside renames a damaged file, so that nothing in it is lost, and returns
// its new path. The name tells when, in UTC.
func SetAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405.000")
	if err := rename(path, aside); err != nil {
		return "", fmt.Errorf("setting %s aside: %w", path, err)
	}
	return aside, SyncDir(filepath.Dir(path))
}
