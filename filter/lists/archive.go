package lists

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// unpack finds out by its first bytes how a list is packed, and reads it.
func (d *reader) unpack(r io.Reader) error {
	err := d.unpacked(r)
	if isDamage(err) {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// isDamage reports whether err is what the archives of the standard library say
// of one that is not whole.
func isDamage(err error) bool {
	for _, damage := range []error{io.ErrUnexpectedEOF, gzip.ErrHeader, gzip.ErrChecksum, zip.ErrFormat, zip.ErrChecksum, tar.ErrHeader} {
		if errors.Is(err, damage) {
			return true
		}
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt
}

func (d *reader) unpacked(r io.Reader) error {
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil && info.Size() > d.config.Limits.Unpacked {
			return fmt.Errorf("%w: %d MiB, at most %d", ErrTooLarge, info.Size()>>20, d.config.Limits.Unpacked>>20)
		}
	}
	in := bufio.NewReaderSize(r, 4096)
	head, _ := in.Peek(512)
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return d.gzip(&capped{in: in, limit: d.config.Limits.Packed})
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return d.zip(&capped{in: in, limit: d.config.Limits.Packed})
	case isTar(head):
		return d.tar(&capped{in: in, limit: d.config.Limits.Unpacked})
	}
	return d.text(in, &text{})
}

func (d *reader) gzip(r io.Reader) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	in := bufio.NewReaderSize(&capped{in: z, limit: d.config.Limits.Unpacked}, 4096)
	if head, _ := in.Peek(512); isTar(head) {
		return d.tar(in)
	}
	return d.text(in, &text{})
}

func isTar(head []byte) bool { return len(head) >= 262 && string(head[257:262]) == "ustar" }

// tar reads the lists in an archive. What is skipped is unpacked too, so that r
// must be capped.
func (d *reader) tar(r io.Reader) error {
	for files, archive := 0, tar.NewReader(r); ; files++ {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return fmt.Errorf("unpacking: %w", err)
		}
		if files > d.config.Limits.Files {
			return fmt.Errorf("%w: over %d files", ErrTooLarge, d.config.Limits.Files)
		}
		if err := inside(h.Name); err != nil {
			return err
		}
		if h.Typeflag == tar.TypeReg && isList(h.Name) {
			if err := d.text(archive, &text{}); err != nil {
				return fmt.Errorf("%q: %w", path.Base(h.Name), err)
			}
		}
	}
}

// zip reads the lists in an archive, which has to be in memory: its table of
// contents is at its end.
func (d *reader) zip(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("unpacking: %w", err)
	}
	if len(archive.File) > d.config.Limits.Files {
		return fmt.Errorf("%w: over %d files", ErrTooLarge, d.config.Limits.Files)
	}
	for _, f := range archive.File {
		if err := inside(f.Name); err != nil {
			return err
		}
	}
	for _, f := range archive.File {
		if f.Mode().IsRegular() && isList(f.Name) {
			if err := d.zipped(f); err != nil {
				return fmt.Errorf("%q: %w", path.Base(f.Name), err)
			}
		}
	}
	return nil
}

func (d *reader) zipped(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("unpacking: %w", err)
	}
	defer r.Close()
	return d.text(r, &text{})
}

// inside refuses a path that leads out of its archive. Nothing is written by
// it, but whoever made it is up to no good.
func inside(name string) error {
	name = strings.ReplaceAll(name, `\`, "/")
	name = strings.TrimPrefix(strings.TrimSuffix(name, "/"), "./")
	if name != "" && !fs.ValidPath(path.Clean(name)) || strings.Contains("/"+name+"/", "/../") || len(name) > 1 && name[1] == ':' {
		return ErrUnsafe
	}
	return nil
}

// isList leaves out the files of an archive that are about the list, and of a
// UT1 category all but its domains: urls are pages, which DNS cannot tell
// apart, and expressions are patterns.
func isList(name string) bool {
	base := path.Base(name)
	upper := strings.ToUpper(base)
	for _, about := range []string{".", "README", "LICENSE", "LICENCE", "COPYING", "CC-BY"} {
		if strings.HasPrefix(upper, about) {
			return false
		}
	}
	switch base {
	case "urls", "usage", "expressions", "very_restrictive_expression":
		return false
	}
	return true
}

// capped reads no more than limit bytes: beyond, it fails.
type capped struct {
	in    io.Reader
	limit int64
	read  int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.read += int64(n); c.read > c.limit {
		return 0, tooLarge(c.limit)
	}
	return n, err
}
