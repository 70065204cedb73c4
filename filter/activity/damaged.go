package activity

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"

	"lessonguard/assets/files"
)

// errDamaged is for a file that SQLite can read but that is not as we made it.
var errDamaged = errors.New("not an activity file of this version")

func isDamaged(err error) bool {
	const corrupt, notADatabase = 11, 26 // SQLITE_CORRUPT, SQLITE_NOTADB
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == corrupt || e.Code()&0xff == notADatabase
	}
	return errors.Is(err, errDamaged)
}

// setAside makes room for a new file.
func (d *disk) setAside(why error) error {
	if d.db != nil {
		d.db.Close()
		d.db = nil
	}
	aside, err := files.SetAside(d.path, d.now())
	if err != nil {
		return errors.Join(why, err)
	}
	// A log left behind would be taken for the new file's.
	if err := os.Rename(d.path+"-wal", aside+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(why, err)
	}
	if err := os.Remove(d.path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(why, err)
	}
	d.log.Warn("activity file was damaged: a new one is begun", "err", why, "aside", filepath.Base(aside))
	return nil
}

// removeAside deletes damaged files that were last written before Keep, or all
// of them: there are names in them too.
func (d *disk) removeAside(all bool) error {
	dir, base := filepath.Split(d.path)
	list, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range list {
		if !strings.HasPrefix(e.Name(), base+".damaged-") {
			continue
		}
		info, err := e.Info()
		if err != nil {
			errs = append(errs, err)
			continue
		}
		// One from the future was written while the clock was wrong.
		if age := d.now().Sub(info.ModTime()); all || age >= Keep || age < -time.Hour {
			errs = append(errs, os.Remove(filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}
