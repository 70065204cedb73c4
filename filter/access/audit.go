package access

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"lessonguard/assets/files"
	"lessonguard/filter"
)

// Bounds of the audit log: two files of maxAudit, the older of which goes when
// the newer is full. That is some three thousand entries.
const (
	maxAudit   = 256 << 10 // bytes
	maxAccount = 128       // bytes of an entry
	maxWhat    = 600
)

// An Audit is the log of what was changed, which can be added to and read, and
// in which nothing can be changed unnoticed: each line holds the hash of the
// line before (chain.go), and how far the log has come is kept beside it.
//
// Whoever can write into the state directory can of course make a new log as
// they like it. What they cannot do is take lines out of this one, or alter
// them, without the next entry saying so.
//
// It names no site, and nothing of help or reports is ever told to it.
type Audit struct {
	path, older, head string
	now               func() time.Time

	mu   sync.Mutex
	end  link  // of the last line
	size int64 // of the file
}

// OpenAudit opens the audit log in the directory dir, and begins it where there
// is none. What was damaged is set aside, and the log says so. With an error, of a
// disk that is full or can only be read, comes a log that can be used all the
// same: each entry tries anew.
func OpenAudit(dir string, now func() time.Time) (*Audit, error) {
	a := &Audit{
		path: filepath.Join(dir, "audit.log"), older: filepath.Join(dir, "audit.1.log"), head: filepath.Join(dir, "audit.head"),
		now: now,
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, err := a.load()
	if err == nil && a.end.n == 0 {
		err = a.add(entry{What: "This record was begun."})
	}
	if err != nil {
		return a, fmt.Errorf("opening audit log: %w", err)
	}
	return a, nil
}

// Append adds what was done, a sentence, by the given account; "" is the
// service itself. When it returns nil the entry is on the disk.
func (a *Audit) Append(account, what string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if info, err := os.Stat(a.path); err != nil || info.Size() != a.size {
		if _, err := a.load(); err != nil { // somebody has been at it
			return fmt.Errorf("writing audit log: %w", err)
		}
	}
	if err := a.add(entry{Account: account, What: what}); err != nil {
		return fmt.Errorf("writing audit log: %w", err)
	}
	return nil
}

// Entries returns the last entries, at most limit, the newest first. It reads
// and checks all of the log.
func (a *Audit) Entries(limit int) ([]filter.AuditEntry, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines, err := a.load()
	if err != nil {
		return nil, fmt.Errorf("reading audit log: %w", err)
	}
	entries := []filter.AuditEntry{}
	for _, l := range slices.Backward(lines) {
		if len(entries) >= limit {
			break
		}
		entries = append(entries, filter.AuditEntry{At: l.At, Account: l.Account, What: l.What})
	}
	return entries, nil
}

// load reads and checks the log, mends what has to be mended, and adds an entry
// that says what is missing. It returns every line there is then.
func (a *Audit) load() ([]line, error) {
	head, headFound := a.readHead()
	if a.end.n > head.n {
		head = a.end
	}
	older, err := a.readOlder()
	if err != nil {
		return nil, err
	}
	last, err := a.read(older.end())
	if err != nil {
		return nil, err
	}
	damaged := older.damaged || last.damaged
	if len(older.lines) == 0 && len(last.lines) > 0 && last.lines[0].N > 1 {
		// The older file has gone, and no entry says so yet.
		damaged = damaged || !slices.ContainsFunc(last.lines, func(l line) bool { return l.Gap })
	}
	lines := append(older.lines, last.lines...)
	a.end, a.size = link{}, last.whole
	if len(lines) > 0 {
		a.end = lines[len(lines)-1].link
	}
	var lost uint64
	switch {
	case head.n > a.end.n:
		lost = head.n - a.end.n
	case head.n > 0:
		at := slices.IndexFunc(lines, func(l line) bool { return l.n == head.n })
		damaged = damaged || at < 0 || lines[at].link != head
	case !headFound:
		damaged = damaged || len(lines) > 1 // after one line it may not have been written yet
	}
	if !damaged && lost == 0 {
		return lines, nil
	}
	what := "This record was damaged, or changed by something else than Lessonguard. What was before may not be all of it."
	if lost > 0 {
		what = fmt.Sprintf("This record was damaged, or changed by something else than Lessonguard: %d entries before this one are missing.", lost)
	}
	note := entry{What: what, Lost: lost, Gap: true}
	if err := a.add(note); err != nil {
		return nil, err
	}
	note.At = a.now().UTC()
	return append(lines, line{link: a.end, entry: note}), nil
}

// readOlder reads the older file. One that is damaged is set aside whole: what
// is good of it could not be joined to the newer one.
func (a *Audit) readOlder() (chain, error) {
	data, err := os.ReadFile(a.older)
	if errors.Is(err, fs.ErrNotExist) {
		return chain{}, nil
	}
	if err != nil {
		return chain{}, err
	}
	c := parseChain(data, link{})
	if c.damaged || c.whole < int64(len(data)) {
		_, err := files.SetAside(a.older, a.now())
		return chain{damaged: true}, err
	}
	return c, nil
}

// read reads the newer file, whose first line follows from. A line that was cut
// off at the end is taken away: its writing was not finished. A damaged file is
// set aside, and what is good of it, up to there, kept.
func (a *Audit) read(from link) (chain, error) {
	data, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return chain{from: from}, nil
	}
	if err != nil {
		return chain{}, err
	}
	c := parseChain(data, from)
	switch {
	case c.damaged:
		if _, err := files.SetAside(a.path, a.now()); err != nil {
			return c, err
		}
		err = files.Write(a.path, data[:c.whole], 0o600)
	case c.whole < int64(len(data)):
		err = os.Truncate(a.path, c.whole)
	}
	return c, err
}

// add writes e, whose place in the chain it fills in.
func (a *Audit) add(e entry) error {
	if a.size >= maxAudit {
		if err := os.Rename(a.path, a.older); err != nil {
			return err
		}
		a.size = 0
	}
	e.N, e.At, e.Prev = a.end.n+1+e.Lost, a.now().UTC(), hex.EncodeToString(a.end.hash[:])
	e.Account, e.What = cut(e.Account, maxAccount), cut(e.What, maxWhat)
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		// Half a line would make the next one unreadable.
		return errors.Join(err, os.Truncate(a.path, a.size))
	}
	if a.size == 0 {
		if err := files.SyncDir(filepath.Dir(a.path)); err != nil {
			return err
		}
	}
	a.end, a.size = link{e.N, hashOf(data)}, a.size+int64(len(data))+1
	return a.writeHead()
}

// cut shortens s to at most size bytes, at a character's end.
func cut(s string, size int) string {
	s = strings.ToValidUTF8(s, "?")
	for len(s) > size {
		_, last := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-last]
	}
	return s
}
