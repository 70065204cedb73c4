package lists

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"slices"
	"strings"
)

// Errors of [Read]: the file is refused as a whole.
var (
	ErrWebPage  = errors.New("this is a web page, not a list: look at its address in a browser")
	ErrBinary   = errors.New("this is not plain text (UTF-8), so not a list")
	ErrTooLarge = errors.New("this is larger than a list may be")
	ErrDamaged  = errors.New("this was damaged or cut short on its way: fetch it again")
	ErrUnsafe   = errors.New("this archive names files outside itself")
	ErrColumn   = errors.New("the first line of the table does not name the column")
)

// A Config is what [Read] reads, and how.
type Config struct {
	Name   string // of the file, for errors; nothing is opened by it
	Secret bool   // errors say nothing of what is inside, not even the names of an archive's files
	Format Format
	Limits Limits
	// Include opens a file that a v2fly list includes. Nil, and
	// [fs.ErrNotExist], mean that there is none, which is counted.
	Include func(name string) (fs.File, error)
}

// Limits are how much is read. A zero field means its default.
type Limits struct {
	Packed   int64 // bytes of an archive as it arrives: 64 MiB
	Unpacked int64 // bytes of text, of all files together: 256 MiB
	Files    int   // in an archive, or included: 4096
	Names    int   // that it closes: 8 million, several times what all published lists do together
}

func (l Limits) orDefault() Limits {
	if l.Packed == 0 {
		l.Packed = 64 << 20
	}
	if l.Unpacked == 0 {
		l.Unpacked = 256 << 20
	}
	if l.Files == 0 {
		l.Files = 4096
	}
	if l.Names == 0 {
		l.Names = 8_000_000
	}
	return l
}

// A Summary is what was in a list.
type Summary struct {
	Format  string // how most of the entries were written; empty: there are none
	Files   int
	Bytes   int64 // of text
	Lines   int
	Entries int             // names handed on
	Exact   int             // of these, the ones without what is under them
	Skipped [NumReasons]int // lines, by reason
}

// SkippedAll returns how many lines were skipped, for whatever reason.
func (s Summary) SkippedAll() (n int) {
	for _, k := range s.Skipped {
		n += k
	}
	return n
}

// Pages returns how many entries are about a page, a port or an address, which
// DNS cannot tell from the rest of its site: they cannot be enforced here, and
// are never widened to the whole host.
func (s Summary) Pages() int { return s.Skipped[Path] + s.Skipped[Address] }

// Read hands every name of a list to add, in the form of [filter.Name], with
// whether the name alone is meant. The bytes hold until add returns. A list may
// be packed as gzip, zip, tar or tar.gz; that is found out.
//
// After an error, what was added must not be used. The error names c.Name and
// says in one line what is wrong.
func Read(r io.Reader, c Config, add func(name []byte, exact bool)) (Summary, error) {
	c.Limits = c.Limits.orDefault()
	d := &reader{config: c, add: add, included: map[string]bool{}}
	err := d.unpack(r)
	d.summary.Format = d.commonest()
	if err != nil {
		return d.summary, c.failed(err)
	}
	return d.summary, nil
}

// errUnread is all that is said of a secret list where none of our own errors
// fits: what other packages say may hold a path or a part of the list.
var errUnread = errors.New("it cannot be read, or is not packed as it should be")

func (c Config) failed(err error) error {
	if c.Secret {
		bare := errUnread
		for _, known := range []error{ErrWebPage, ErrBinary, ErrTooLarge, ErrDamaged, ErrUnsafe, ErrColumn, ErrNoDigests} {
			if errors.Is(err, known) {
				bare = known
			}
		}
		err = bare
	}
	return fmt.Errorf("reading list %s: %w", c.Name, err)
}

// A reader is one [Read] under way.
type reader struct {
	config   Config
	add      func(name []byte, exact bool)
	summary  Summary
	judge    judge
	written  [16]int // entries, by the bit of their form
	included map[string]bool
}

// act does what the judge found.
func (d *reader) act(in *text) error {
	j := &d.judge
	if j.verb != None && j.verb != Reject && !d.config.Format.takes(j.form) {
		j.skip(OtherFormat)
	}
	switch j.verb {
	case Block, Exact:
		if len(in.attrs) > 0 && !chosen(in.attrs, j.attrs) {
			return nil
		}
		for name := range j.names {
			d.add(name, j.verb == Exact)
		}
		d.summary.Entries += len(j.ends)
		if j.verb == Exact {
			d.summary.Exact += len(j.ends)
		}
		d.written[bits.TrailingZeros16(uint16(j.form))]++
		if d.summary.Entries > d.config.Limits.Names {
			return fmt.Errorf("%w: over %d names", ErrTooLarge, d.config.Limits.Names)
		}
	case Skip:
		d.summary.Skipped[j.reason]++
	case Include:
		return d.include(in, string(j.file), string(j.attrs))
	case Reject:
		return ErrWebPage
	}
	return nil
}

// include reads an included file where it is included, and none twice: files
// that include each other would never end.
func (d *reader) include(in *text, name, attrs string) error {
	wanted := append(strings.Fields(attrs), strings.Fields(string(in.attrs))...)
	slices.Sort(wanted)
	attrs = strings.Join(slices.Compact(wanted), " ")
	if in.depth == maxDepth || d.included[name+" "+attrs] {
		return nil
	}
	d.included[name+" "+attrs] = true
	if d.config.Include == nil {
		d.summary.Skipped[MissingInclude]++
		return nil
	}
	file, err := d.config.Include(name)
	if errors.Is(err, fs.ErrNotExist) {
		d.summary.Skipped[MissingInclude]++
		return nil
	}
	if err != nil {
		return fmt.Errorf("including %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	if err := d.text(file, &text{attrs: []byte(attrs), depth: in.depth + 1}); err != nil {
		return fmt.Errorf("including %s: %w", name, err)
	}
	return nil
}

// commonest returns the id of the format that most entries are written in.
func (d *reader) commonest() string {
	best := 0
	for i, n := range d.written {
		if n > d.written[best] {
			best = i
		}
	}
	if d.written[best] == 0 {
		return ""
	}
	return formIDs[best]
}
