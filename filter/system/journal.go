package system

import (
	"bytes"
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

// A journal keeps what files were before we changed them, on the disk and
// written before the change, so that whatever state a crash leaves can be put
// back, byte for byte. It is for a few small files of the system.
type journal struct {
	path    string
	changes []change // the first change first
}

// A change is one file, as it was and as we made it: the last of ours is what it
// should be, and a crash can have left any of the others.
type change struct {
	Path string   `json:"path"`
	Was  image    `json:"was"`
	Ours [][]byte `json:"ours"`
}

// An image is a file: contents, a symbolic link, or nothing at all.
type image struct {
	Exists   bool        `json:"exists"`
	Link     string      `json:"link,omitempty"`
	Contents []byte      `json:"contents,omitempty"`
	Mode     fs.FileMode `json:"mode,omitempty"`
}

// The temporary name beside a file, which Undo removes when a crash left it.
const journalNew = ".lessonguard-new"

// openJournal reads the journal at path. Where there is none nothing is changed.
// A damaged one is set aside, and the error says so and where it is now.
func openJournal(path string) (*journal, error) {
	j := &journal{path: path}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was changed on this PC: %w", err)
	}
	err = json.Unmarshal(data, &j.changes)
	if err == nil && slices.ContainsFunc(j.changes, func(c change) bool { return c.Path == "" || len(c.Ours) == 0 }) {
		err = errors.New("a change has no file or no contents")
	}
	if err != nil {
		aside, asideErr := files.SetAside(path, time.Now())
		return nil, errors.Join(fmt.Errorf("reading what was changed on this PC: the journal is damaged and is now %s: %w", aside, err), asideErr)
	}
	return j, nil
}

// Changed reports whether there is anything to undo.
func (j *journal) Changed() bool { return len(j.changes) > 0 }

// Held returns nil while every file is as we made it, else an error that names
// the first that is not.
func (j *journal) Held() error {
	for _, c := range j.changes {
		now, err := look(c.Path)
		if err != nil {
			return err
		}
		if !now.is(c.Ours[len(c.Ours)-1]) {
			return fmt.Errorf("%s was changed by somebody else", c.Path)
		}
	}
	return nil
}

// Was returns the contents that a file had before we changed it, following a
// symbolic link, or nil.
func (j *journal) Was(path string) []byte {
	for _, c := range j.changes {
		if c.Path == path {
			return c.Was.follow(path)
		}
	}
	return nil
}

func (i image) follow(path string) []byte {
	if i.Link == "" {
		return i.Contents
	}
	target := i.Link
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(path), target)
	}
	data, err := os.ReadFile(target)
	if err != nil {
		return nil
	}
	return data
}

// Change writes contents to path, once it is written down what was there. What
// somebody else put there since our last change counts as having been there.
func (j *journal) Change(path string, contents []byte) error {
	now, err := look(path)
	if err != nil {
		return err
	}
	c := change{Path: path, Was: now, Ours: [][]byte{contents}}
	at := slices.IndexFunc(j.changes, func(c change) bool { return c.Path == path })
	if at < 0 {
		j.changes = append(j.changes, c)
	} else {
		if before := j.changes[at]; before.ours(now) {
			c.Was = before.Was
			// What is there now, until the file is written, and then contents.
			c.Ours = [][]byte{now.Contents, contents}
		}
		j.changes[at] = c
	}
	if err := j.save(); err != nil {
		return err
	}
	return image{Exists: true, Contents: contents, Mode: 0o644}.write(path)
}

// Undo puts every file back that is still as we made it. One that somebody else
// has changed since is theirs, and stays. It may be stopped at any point and
// called again.
func (j *journal) Undo() error {
	var errs []error
	for _, c := range slices.Backward(j.changes) {
		_ = os.Remove(c.Path + journalNew)
		now, err := look(c.Path)
		if err == nil && c.ours(now) {
			err = c.Was.write(c.Path)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("putting this PC's files back: %w", err)
	}
	j.changes = nil
	if err := os.Remove(j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("ending the journal of this PC's files: %w", err)
	}
	return nil
}

func (j *journal) save() error {
	data, err := json.Marshal(j.changes)
	if err != nil {
		return err
	}
	if err := files.Write(j.path, data, 0o600); err != nil {
		return fmt.Errorf("writing down what is changed on this PC: %w", err)
	}
	return nil
}

func (c change) ours(now image) bool { return slices.ContainsFunc(c.Ours, now.is) }

func (i image) is(contents []byte) bool {
	return i.Exists && i.Link == "" && bytes.Equal(i.Contents, contents)
}

func look(path string) (image, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return image{}, nil
	}
	if err != nil {
		return image{}, err
	}
	i := image{Exists: true, Mode: info.Mode().Perm()}
	if info.Mode()&fs.ModeSymlink != 0 {
		i.Link, err = os.Readlink(path)
	} else {
		i.Contents, err = os.ReadFile(path)
	}
	return i, err
}

// write makes path what i is, by one rename.
func (i image) write(path string) error {
	if !i.Exists {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return files.SyncDir(filepath.Dir(path))
	}
	next := path + journalNew
	_ = os.Remove(next) // of a crash
	if i.Link != "" {
		if err := os.Symlink(i.Link, next); err != nil {
			return err
		}
	} else {
		f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, i.Mode)
		if err != nil {
			return err
		}
		_, err = f.Write(i.Contents)
		if err := errors.Join(err, f.Chmod(i.Mode), f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	return files.SyncDir(filepath.Dir(path))
}
