package catalogue

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"lessonguard/assets/files"
)

// BuiltIn is the version of the data that ships with this program: the date,
// and a number of the day. It rises whenever a service, a profile or the
// catalogue changes.
const BuiltIn = 2026112101

// A DataConfig is what [OpenData] chooses from, and by.
type DataConfig struct {
	Path    string    // of the file; beside it the highest version that was ever taken is kept, and the keys that were revoked
	Shipped fs.FS     // what ships
	Version int       // of Shipped: [BuiltIn]
	Keys    []Key     // that sign data: those of [ReleaseKeys]
	Revoked []string  // ids of keys that were revoked before this program was made
	Now     time.Time // for what has expired
	// Check reads data as the program will, and says what is wrong with it.
	Check func(fs.FS) error
}

// Known is the data that is in force.
type Known struct {
	fs.FS   // what ships, with what the file has in its place
	Version int
	Revoked []string // ids of keys that are not trusted any more
	Updated bool     // it is the file's, not what ships
}

// OpenData returns the newest good data of what ships and the file, whatever is
// wrong with the file. The error says why the file is not in force, and is nil
// if there is none, or none newer than what ships.
//
// Keys that a signed file revokes stay revoked when it is no longer in force, and
// when a later one no longer says so.
func OpenData(c DataConfig) (Known, error) {
	k := Known{FS: c.Shipped, Version: c.Version}
	recorded, err := c.recorded()
	if k.revoke(slices.Concat(c.Revoked, recorded)); err != nil {
		return k, fmt.Errorf("opening data: %w", err)
	}
	file, err := os.ReadFile(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, fmt.Errorf("opening data: %w", err)
	}
	highest, err := c.highest()
	if err != nil {
		return k, fmt.Errorf("opening data: %w", err)
	}
	d, err := ParseData(file, c.Keys, k.Revoked)
	if err != nil {
		return k, fmt.Errorf("opening data: %w", err)
	}
	k.revoke(d.Revoked)
	if d.Version <= c.Version {
		return k, nil
	}
	if d.Version < highest {
		return k, fmt.Errorf("opening data: %w", ErrRollback)
	}
	updated, err := c.judge(d)
	if err != nil {
		return k, fmt.Errorf("opening data: %w", err)
	}
	k.FS, k.Version, k.Updated = updated, d.Version, true
	return k, nil
}

// InstallData puts a data file that arrived in force, if it is good and newer
// than all that there has been; otherwise what there was stays.
func InstallData(c DataConfig, file []byte) (Known, error) {
	k, _ := OpenData(c) // what is wrong with the old one does not matter any more
	if _, err := c.recorded(); err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	d, err := ParseData(file, c.Keys, k.Revoked)
	if err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	highest, err := c.highest()
	if err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	if d.Version < highest || d.Version <= k.Version { // the highest again, where its file was damaged
		return k, fmt.Errorf("taking new data: version %d: %w", d.Version, ErrRollback)
	}
	updated, err := c.judge(d)
	if err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	k.revoke(d.Revoked)
	// First: between the two files, what the old one revoked would be forgotten.
	if err := c.record(k.Revoked); err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	if err := files.Write(c.Path, file, 0o600); err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	if err := files.Write(c.highestPath(), []byte(strconv.Itoa(d.Version)), 0o600); err != nil {
		return k, fmt.Errorf("taking new data: %w", err)
	}
	k.FS, k.Version, k.Updated = updated, d.Version, true
	return k, nil
}

func (k *Known) revoke(ids []string) {
	k.Revoked = append(k.Revoked, ids...)
	slices.Sort(k.Revoked)
	k.Revoked = slices.Compact(k.Revoked)
}

func (c DataConfig) highestPath() string { return c.Path + ".highest" }

// highest returns the highest version that was ever taken. A damaged record is
// set aside: the signature and the expiry still hold.
func (c DataConfig) highest() (int, error) {
	text, err := os.ReadFile(c.highestPath())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		_, err := files.SetAside(c.highestPath(), c.Now)
		return 0, err
	}
	return n, nil
}

func (c DataConfig) revokedPath() string { return c.Path + ".revoked" }

// recorded returns the ids of the keys that data ever revoked. A damaged record
// is set aside: what the file in force says still holds.
func (c DataConfig) recorded() ([]string, error) {
	text, err := os.ReadFile(c.revokedPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(string(text))
	for _, id := range ids {
		if _, err := strconv.ParseUint(id, 16, 64); err != nil || len(id) != 16 {
			_, err := files.SetAside(c.revokedPath(), c.Now)
			return nil, err
		}
	}
	return ids, nil
}

func (c DataConfig) record(revoked []string) error {
	if len(revoked) == 0 {
		return nil
	}
	return files.Write(c.revokedPath(), []byte(strings.Join(revoked, "\n")+"\n"), 0o600)
}

// judge returns what ships with what d has in its place, if that is good.
func (c DataConfig) judge(d Data) (fs.FS, error) {
	if !c.Now.Before(d.Expires) {
		return nil, fmt.Errorf("%w on %s", ErrExpired, d.Expires.Format(time.DateOnly))
	}
	fsys, err := d.over(c.Shipped)
	if err != nil {
		return nil, err
	}
	if err := keepsHelp(c.Shipped, fsys); err != nil {
		return nil, err
	}
	if c.Check != nil {
		if err := c.Check(fsys); err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrBadData, err)
		}
	}
	return fsys, nil
}

// over returns shipped with the files of d in the place of its own. The folders
// that d may change are copied whole, so that reading one finds both; an
// archive in memory is the standard library's file system for that.
func (d Data) over(shipped fs.FS) (fs.FS, error) {
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	add := func(name string, text []byte) error {
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, Modified: d.Made})
		if err == nil {
			_, err = to.Write(text)
		}
		return err
	}
	for _, dir := range []string{"lists", "profiles", "services"} {
		entries, err := fs.ReadDir(shipped, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if _, changed := d.Files[name]; changed || slices.Contains(d.Removed, name) || e.IsDir() {
				continue
			}
			text, err := fs.ReadFile(shipped, name)
			if err := errors.Join(err, add(name, text)); err != nil {
				return nil, err
			}
		}
	}
	for name, text := range d.Files {
		if err := add(name, []byte(text)); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	changed, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		return nil, err
	}
	return Files{changed, shipped}, nil
}
