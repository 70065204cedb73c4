package lists

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	maxLine    = 64 << 10 // bytes; a longer line is skipped
	maxDepth   = 16       // includes within includes
	maxColumns = 256      // of a table, among which the one with the names is looked for
)

// A text is one file of lines that is being read.
type text struct {
	attrs  []byte // what it is included for
	depth  int    // of includes
	zone   bool   // lines of a zone have been seen
	open   []byte // a record of a zone, in parentheses that are not closed yet
	deep   int    // of those parentheses, how many
	column int    // of a table; -1 until its first line is read
	comma  byte
}

// text reads one file, line by line.
func (d *reader) text(r io.Reader, t *text) error {
	d.summary.Files++
	if d.summary.Files > d.config.Limits.Files {
		return fmt.Errorf("%w: over %d files", ErrTooLarge, d.config.Limits.Files)
	}
	origin := d.judge.origin
	d.judge.origin, t.column = nil, -1
	defer func() { d.judge.origin = origin }()

	in := bufio.NewReaderSize(r, maxLine)
	if head, _ := in.Peek(512); isBinary(head) {
		return ErrBinary
	}
	for {
		line, err := in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		for {
			if d.summary.Bytes += int64(len(line)); d.summary.Bytes > d.config.Limits.Unpacked {
				return tooLarge(d.config.Limits.Unpacked)
			}
			if bytes.IndexByte(line, 0) >= 0 {
				return ErrBinary
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
			line, err = in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if long {
			d.summary.Lines++
			d.summary.Skipped[BadName]++
		} else if len(line) > 0 {
			d.summary.Lines++
			if err := d.line(line, t); err != nil {
				return err
			}
		}
		if err != nil {
			if t.open != nil {
				d.summary.Skipped[BadName]++ // a record that does not end
			}
			return nil
		}
	}
}

func tooLarge(limit int64) error { return fmt.Errorf("%w: over %d MiB", ErrTooLarge, limit>>20) }

// isBinary knows what is no UTF-8 text by its first bytes.
func isBinary(head []byte) bool {
	if len(head) >= 2 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		return true // UTF-16
	}
	return slices.ContainsFunc(head, func(c byte) bool { return c < 0x20 && !isSpace(c) && c != 0x1a && c != 0x1b })
}

// line reads one line of t.
func (d *reader) line(line []byte, t *text) error {
	if d.config.Format.column != "" {
		return d.row(line, t)
	}
	if t.open == nil {
		d.judge.line(line)
		if d.judge.form == formZone {
			t.zone = true
			d.judge.directive(line)
		}
		// Some zones have comments of other formats, with a smile in them.
		comment := d.judge.verb == None && d.judge.form == 0
		if !t.zone || comment || !bytes.ContainsAny(line, "()") {
			return d.act(t)
		}
	}
	return d.record(line, t)
}

// record joins the lines of a zone's record that stand in parentheses (RFC 1035
// section 5.1).
func (d *reader) record(line []byte, t *text) error {
	line, opened := uncomment(trim(line))
	t.open = append(append(t.open, line...), ' ')
	if t.deep += opened; t.deep > 0 {
		if len(t.open) > maxLine {
			t.open, t.deep = nil, 0
			d.summary.Skipped[BadName]++
		}
		return nil
	}
	whole := t.open
	t.open, t.deep = nil, 0
	for i, c := range whole {
		if c == '(' || c == ')' {
			whole[i] = ' '
		}
	}
	d.judge.line(whole)
	return d.act(t)
}

// uncomment cuts the comment off a line of a zone, and tells how many more
// parentheses it opens than it closes. In quotes they are text, all three.
func uncomment(line []byte) (text []byte, opened int) {
	quoted := false
	for i, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';':
			return line[:i], opened
		case c == '(':
			opened++
		case c == ')':
			opened--
		}
	}
	return line, opened
}

// Lines tells each what every line of r means on its own: one result a line. One
// that is too long to be read is skipped for what it is not: a name.
func (f Format) Lines(r io.Reader, each func(Result) error) error {
	in := bufio.NewReaderSize(r, maxLine)
	for {
		line, err := in.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		result := Result{Verb: Skip, Reason: BadName}
		if !long {
			result = f.Line(string(line))
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if long || len(line) > 0 {
			if err := each(result); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// row reads one line of a table: a field with the name of the column in the
// first line, a URL or name in the others. A field does not go on over the end
// of its line; those of lists never do.
func (d *reader) row(line []byte, t *text) error {
	line = trim(line)
	if t.column >= 0 {
		if len(line) > 0 {
			d.judge.line(field(line, t.comma, t.column))
			return d.act(t)
		}
		return nil
	}
	for _, t.comma = range []byte(",;\t") {
		for i := range min(1+bytes.Count(line, []byte{t.comma}), maxColumns) {
			if bytes.EqualFold(trim(field(line, t.comma, i)), []byte(d.config.Format.column)) {
				t.column = i
				return nil
			}
		}
	}
	if isHTML(line) {
		return ErrWebPage
	}
	return fmt.Errorf("%w %s", ErrColumn, d.config.Format.column)
}

// field returns the field of a row with the given index, without its quotes
// (RFC 4180); a row may have fewer.
func field(row []byte, comma byte, index int) []byte {
	for {
		var f []byte
		if len(row) > 0 && row[0] == '"' {
			row = row[1:]
			for {
				i := bytes.IndexByte(row, '"')
				if i < 0 {
					f, row = append(f, row...), nil
					break
				}
				f, row = append(f, row[:i]...), row[i+1:]
				if len(row) == 0 || row[0] != '"' {
					break
				}
				f, row = append(f, '"'), row[1:]
			}
		}
		end := bytes.IndexByte(row, comma)
		if end < 0 {
			end = len(row)
		}
		if f == nil {
			f = row[:end]
		}
		if index == 0 {
			return f
		}
		if end == len(row) {
			return nil
		}
		row = row[end+1:]
		index--
	}
}
