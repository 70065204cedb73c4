package catalogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"lessonguard/assets/files"
)

// A FetchConfig is what [Fetch] needs.
type FetchConfig struct {
	Dir     string       // keeps the copies, a folder for each list; nobody else may write in it
	HTTP    *http.Client // its redirects are judged here
	Now     func() time.Time
	Version int  // of the [Data] that the catalogue came in
	Force   bool // take a list that has shrunk or grown: somebody with the PIN says so
	// Check reads the list once, to its end, and says how many names it holds,
	// or why it is no list. include opens a file that it includes, and is
	// [fs.ErrNotExist] for one that the publisher has not.
	Check    func(l Published, list io.Reader, include func(name string) (fs.File, error)) (names int, err error)
	Progress func(Progress) // nil: nobody wants to know
	Limit    int64          // bytes of a list with all that it includes; 0: 64 MiB
	Stall    time.Duration  // without a byte, after which a server is given up; 0: 30 s
	Patience time.Duration  // for a list with all that it includes; 0: 10 min
}

// Progress is how far the fetching of one list has come.
type Progress struct {
	ID         string // of the list
	Done, Size int64  // bytes of the file that is being fetched; Size is -1 if it is not known
}

// maxIncludes is how many files a list may include.
const maxIncludes = 512

// Fetch brings the copy of l up to date. A failure of the publisher's is no
// error but [Failed] in the state, with what is wrong, and the last good copy
// stays in force; an error is one of this PC's, or that ctx is done.
//
// What arrives is used only when it is a list, whole, signed where l has a key,
// and has neither shrunk nor grown by more than half since the last good copy:
// a list that closes everything or nothing at once is more likely a mistake of
// its publisher, or an attack, than the truth. It is taken after all with Force,
// or when a catalogue newer than the refusal expects that many names.
func Fetch(ctx context.Context, c FetchConfig, l Published) (State, error) {
	if c.Limit == 0 {
		c.Limit = 64 << 20
	}
	if c.Stall == 0 {
		c.Stall = 30 * time.Second
	}
	if c.Patience == 0 {
		c.Patience = 10 * time.Minute
	}
	if !validID(l.ID) {
		return State{}, fmt.Errorf("fetching list: %q is no id", l.ID)
	}
	dir := filepath.Join(c.Dir, l.ID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return State{}, fmt.Errorf("fetching list %s: %w", l.ID, err)
	}
	s, err := readState(c.Dir, l.ID, c.Now())
	if err != nil {
		return State{}, err
	}
	f := &fetching{config: c, list: l, dir: dir, old: s, files: map[string]version{}, left: c.Limit}
	patient, cancel := context.WithTimeoutCause(ctx, c.Patience, errSlow)
	defer cancel()
	err = f.update(patient, &s)
	if ctx.Err() != nil {
		return s, ctx.Err()
	}
	if s.Tried = c.Now(); err != nil {
		s.Condition, s.Why = Failed, err.Error()
	} else {
		s.Condition, s.Why, s.Refused, s.Confirmed = Fresh, "", 0, s.Tried
	}
	return s, s.write(c.Dir)
}

// A fetching is one [Fetch] under way.
type fetching struct {
	config  FetchConfig
	list    Published
	dir     string
	old     State
	copy    string             // the folder in dir that is being filled
	files   map[string]version // what is in it
	changed bool               // something in it is not in the old copy
	left    int64              // bytes that may still come
}

// update fetches the list and what it includes into a folder of its own, and
// changes s, which the caller writes, if all of it is good.
func (f *fetching) update(ctx context.Context, s *State) error {
	f.copy = s.next()
	to := filepath.Join(f.dir, f.copy)
	if err := errors.Join(os.RemoveAll(to), os.Mkdir(to, 0o700)); err != nil {
		return err
	}
	defer func() {
		if s.Copy != f.copy {
			_ = os.RemoveAll(to) // what is left of it goes next time
		}
	}()
	name := f.list.file()
	if err := f.get(ctx, f.list.URL, name); err != nil {
		return err
	}
	if !f.changed && f.list.Format != "v2fly" && f.list.Key == f.old.Key {
		return nil
	}
	if err := f.verify(ctx, filepath.Join(to, name)); err != nil {
		return err
	}
	names, err := f.check(ctx, filepath.Join(to, name))
	if err != nil {
		return err
	}
	if !f.changed && len(f.files) == len(f.old.Files) {
		s.Key = f.list.Key // it may be signed only now, or by another
		return nil
	}
	if f.refuses(names) {
		s.Refused = max(f.config.Version, 1)
		return fmt.Errorf("it went from %d names to %d at once: the last good copy stays in force", f.old.Names, names)
	}
	if err := errors.Join(files.SyncDir(to), files.SyncDir(f.dir)); err != nil {
		return err
	}
	s.Copy, s.Files, s.Key, s.Names, s.Fetched = f.copy, f.files, f.list.Key, names, f.config.Now()
	return nil
}

// check has the list read, and fetches what it includes as it is asked for.
func (f *fetching) check(ctx context.Context, name string) (names int, err error) {
	list, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = list.Close() }()
	names, err = f.config.Check(f.list, list, func(include string) (fs.File, error) {
		if !validInclude(include) || f.list.Format != "v2fly" {
			return nil, fs.ErrNotExist
		}
		if _, have := f.files[include]; !have {
			if len(f.files) > maxIncludes {
				return nil, fmt.Errorf("it includes more than %d files", maxIncludes)
			}
			beside, err := url.Parse(f.list.URL)
			if err != nil {
				return nil, err
			}
			beside.Path, beside.RawPath = path.Join(path.Dir(beside.Path), include), ""
			if err := f.get(ctx, beside.String(), include); err != nil {
				return nil, err
			}
		}
		return os.Open(filepath.Join(f.dir, f.copy, include))
	})
	if err == nil && names == 0 {
		err = errors.New("there is no name in it")
	}
	return names, err
}

// verify checks the signature of a list that has one.
func (f *fetching) verify(ctx context.Context, list string) error {
	if f.list.Key == "" {
		return nil
	}
	key, err := ParseKey(f.list.Key)
	if err != nil {
		return err
	}
	const name = ".minisig" // no list and no include is called that
	defer func(changed bool) {
		_ = os.Remove(filepath.Join(f.dir, f.copy, name))
		delete(f.files, name)
		f.changed = changed // of the list alone
	}(f.changed)
	if err := f.get(ctx, f.list.Signature, name); err != nil {
		return fmt.Errorf("its signature: %w", err)
	}
	signature, err := os.ReadFile(filepath.Join(f.dir, f.copy, name))
	if err != nil {
		return err
	}
	data, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	return Verify(data, string(signature), key)
}

// refuses reports whether a list of so many names is not to be believed yet.
func (f *fetching) refuses(names int) bool {
	if f.config.Force || f.old.Copy == "" || !jumps(f.old.Names, names) {
		return false
	}
	newer := f.old.Refused > 0 && f.config.Version > f.old.Refused
	return !newer || f.list.Names > 0 && jumps(f.list.Names, names)
}

// jumps reports whether a list shrank or grew by more than half.
func jumps(from, to int) bool { return to*2 < from || to*2 > from*3 }

// validID takes what can name a folder on every system.
func validID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && id[0] != '-'
}

func validInclude(name string) bool {
	return fs.ValidPath(name) && len(name) <= 100 && name[0] != '.' && !strings.ContainsAny(name, `/\:*?"<>|`)
}

// file returns the name of the list's own file in a copy: v2fly's include each
// other by name.
func (l Published) file() string {
	if u, err := url.Parse(l.URL); err == nil && l.Format == "v2fly" && validInclude(path.Base(u.Path)) {
		return path.Base(u.Path)
	}
	return "list"
}
