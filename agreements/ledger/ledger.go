// Package ledger keeps acceptances: one file, one line each, signed, chained to
// the line before and only ever added to.
//
// What names a person stands beside the signed part of a line, which holds only
// a salted hash of it: it can be erased, and the chain stays whole. Who keeps the
// ledger's head, and where the signing key comes from, is for others.
package ledger

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"lessonguard/agreements"
	"lessonguard/assets/files"
)

// ErrInUse means that another program writes this ledger.
var ErrInUse = errors.New("another Lessonguard is using it: close that one first")

// ErrNewer means that a newer Lessonguard signed a line of this ledger.
var ErrNewer = errors.New("a newer Lessonguard wrote it: update this one")

// Config is what [Open] needs.
type Config struct {
	Path   string
	Signer crypto.Signer    // an Ed25519 key
	Head   *agreements.Head // kept by the service; nil where there is none
	Now    func() time.Time // names damaged files
}

// A Ledger is an open ledger, whose only writer it is. Its methods may be called
// from any goroutine; they wait for the disk. Make one with [Open].
type Ledger struct {
	path   string
	signer crypto.Signer
	key    ed25519.PublicKey
	lock   *os.File
	damage *Damage

	mu      sync.Mutex
	file    *os.File // nil once closed
	size    int64    // up to the end of the last whole line
	records []record
	failed  error // the disk may hold part of a line
}

// Damage says what [Open] found and did about it.
type Damage struct {
	Line    int    // the first that does not stand
	Problem string // what is wrong with it
	Aside   string // where the whole file was copied; the lines before Line were kept
}

// Open opens the ledger, or starts one. It is ErrInUse while another has it open.
//
// A last line torn by a crash is taken away where the head shows that nobody was
// ever told of it. Any other damage is copied aside with the whole file, and the
// ledger goes on after the last line that stands: see [Ledger.Damage].
func Open(c Config) (*Ledger, error) {
	l, err := open(c)
	if err != nil {
		return nil, fmt.Errorf("opening acceptances in %s: %w", c.Path, err)
	}
	return l, nil
}

func open(c Config) (*Ledger, error) {
	key, ok := c.Signer.Public().(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("the signing key is a %T, not Ed25519", c.Signer.Public())
	}
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, err
	}
	held, err := files.Lock(c.Path + ".lock")
	if errors.Is(err, files.ErrLocked) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	l := &Ledger{path: c.Path, signer: c.Signer, key: key, lock: held}
	if err := l.load(c); err != nil {
		held.Close()
		return nil, err
	}
	return l, nil
}

// load reads the file, mends its end and opens it for more.
func (l *Ledger) load(c Config) error {
	data, err := read(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	found := scan(data)
	if errors.Is(found.err, ErrNewer) {
		return found.err
	}
	whole := data[:found.size]
	switch {
	case found.err == nil:
		if len(whole) > 0 && whole[len(whole)-1] != '\n' {
			whole = append(slices.Clip(whole), '\n') // cut off, or lost to an editor
		}
	case found.last && unconfirmed(found.records, c.Head):
	default:
		aside := l.path + ".damaged-" + c.Now().UTC().Format("20060102T150405.000")
		// A copy, not a rename: were we killed now, the ledger would be gone.
		if err := files.Write(aside, data, 0o600); err != nil {
			return err
		}
		l.damage = &Damage{len(found.records) + 1, found.err.Error(), aside}
	}
	if len(whole) != len(data) || err != nil {
		if err := files.Write(l.path, whole, 0o600); err != nil {
			return err
		}
	}
	l.records, l.size = found.records, int64(len(whole))
	l.file, err = os.OpenFile(l.path, os.O_WRONLY, 0)
	return err
}

// unconfirmed reports whether head shows that nothing after records was ever
// confirmed to anybody.
func unconfirmed(records []record, head *agreements.Head) bool {
	if head == nil || head.Count < 0 || head.Count > len(records) {
		return false
	}
	return head.Count == 0 || records[head.Count-1].hash == head.Hash
}

// Damage returns what Open found damaged, or nil. Tell the guardian, once.
func (l *Ledger) Damage() *Damage { return l.damage }

// Close lets others open the ledger.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lock == nil {
		return nil
	}
	err := l.lock.Close()
	if l.file != nil {
		err = errors.Join(l.file.Close(), err)
	}
	l.file, l.lock = nil, nil
	return err
}

// All returns the acceptances, oldest first. Where a person was erased, the
// fields that named them are empty.
func (l *Ledger) All() []agreements.Acceptance {
	l.mu.Lock()
	defer l.mu.Unlock()
	return acceptances(l.records)
}

// Head returns how far the ledger goes.
func (l *Ledger) Head() agreements.Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.head()
}

func (l *Ledger) head() agreements.Head {
	if len(l.records) == 0 {
		return agreements.Head{Key: hexKey(l.key)}
	}
	last := l.records[len(l.records)-1]
	return agreements.Head{Count: len(l.records), Hash: last.hash, Key: last.entry.Key}
}

// Add signs x and appends it. When it returns nil, x is on the disk and the new
// head may be confirmed to others; otherwise x was not added.
func (l *Ledger) Add(x agreements.Acceptance) (agreements.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.add(x); err != nil {
		return agreements.Head{}, fmt.Errorf("adding acceptance of %s: %w", x.Agreement, err)
	}
	return l.head(), nil
}

func (l *Ledger) add(x agreements.Acceptance) error {
	if err := l.usable(); err != nil {
		return err
	}
	if err := x.Check(); err != nil {
		return err
	}
	r, err := l.sign(x)
	if err != nil {
		return err
	}
	// By offset, for Windows cannot truncate what is open for appending.
	if _, err = l.file.WriteAt(r.line, l.size); err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		// Take back what may be there: a line that nobody was told of must not
		// count later.
		if undo := errors.Join(l.file.Truncate(l.size), l.file.Sync()); undo != nil {
			l.failed = fmt.Errorf("the disk failed before (%w): close Lessonguard and start it again", undo)
		}
		return fmt.Errorf("writing %s: %w", l.path, err)
	}
	l.records, l.size = append(l.records, r), l.size+int64(len(r.line))
	return nil
}

// usable reports why nothing may be written, or nil.
func (l *Ledger) usable() error {
	if l.failed != nil {
		return l.failed
	}
	if l.file == nil {
		return fmt.Errorf("%s: %w", l.path, os.ErrClosed)
	}
	info, err := os.Stat(l.path)
	if err != nil {
		return err
	}
	if info.Size() != l.size {
		return fmt.Errorf("another program changed %s: start Lessonguard again to check it", l.path)
	}
	return nil
}

// Verify reads the ledger from the disk again and checks every line; see [Check].
func (l *Ledger) Verify(head *agreements.Head) (Result, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	data, err := read(l.path)
	if err != nil {
		return Result{}, fmt.Errorf("verifying acceptances: %w", err)
	}
	return Check(data, head), nil
}
