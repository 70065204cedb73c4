package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// maxRestricted is the size of a restricted list that is checked for a
// signature: it is read whole.
const maxRestricted = 64 << 20

// restrict makes s the restricted list with the given number: whoever made it
// is nobody's business, not even in a log.
//
// A list that arrives hashed says so in its file's name, with ".sha256" or
// ".hmac-sha256" in it. The key of the latter follows as ".key=KEY" or, better,
// is in a file beside it that is named alike with ".key" for its ending.
func (s *Source) restrict(number int, licensees []Key) error {
	s.ID, s.Title = fmt.Sprintf("restricted/%d", number), "restricted list"
	base := path.Base(s.Path)
	switch lower := strings.ToLower(base); {
	case strings.Contains(lower, ".hmac-sha256"):
		s.Hashed = true
		if err := s.readSecret(base); err != nil {
			return err
		}
	case strings.Contains(lower, ".sha256"):
		s.Hashed = true
	}
	return s.license(licensees)
}

func (s *Source) readSecret(base string) error {
	stem := strings.TrimSuffix(base, path.Ext(base))
	if _, key, ok := strings.Cut(stem, ".key="); ok && key != "" {
		s.Secret = []byte(key)
		return nil
	}
	key, err := fs.ReadFile(s.Files, path.Join(path.Dir(s.Path), stem+".key"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.New("the key of a restricted list cannot be read")
	}
	if s.Secret = bytes.TrimSpace(key); len(s.Secret) == 0 {
		return errors.New("a restricted list is hashed with a key (HMAC-SHA-256) that is not there: put it in a file beside the list, named alike but ending in .key")
	}
	return nil
}

// license finds out whether a licensee has signed the list. A signature that is
// wrong is an error: somebody changed the list, or has the wrong one.
func (s *Source) license(licensees []Key) error {
	signature, err := fs.ReadFile(s.Files, s.Path+".minisig")
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(licensees) == 0 {
		return nil // a sample
	}
	if err != nil {
		return errors.New("the signature of a restricted list cannot be read")
	}
	file, err := s.Files.Open(s.Path)
	if err != nil {
		return errors.New("a restricted list cannot be read")
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxRestricted+1))
	if err != nil || len(data) > maxRestricted {
		return fmt.Errorf("a restricted list cannot be read, or is larger than %d MiB", maxRestricted>>20)
	}
	if err := Verify(data, string(signature), licensees...); err != nil {
		return fmt.Errorf("the signature of a restricted list: %w", err)
	}
	s.Licensed = true
	// What was verified is what is read: the file may be another by then.
	s.Files, err = held(s.Path, data, file)
	return err
}

// held returns a file system with one file, as it was when it was read.
func held(name string, data []byte, from fs.File) (fs.FS, error) {
	info, err := from.Stat()
	if err != nil {
		return nil, errors.New("a restricted list cannot be read")
	}
	return heldFile{name, data, info}, nil
}

type heldFile struct {
	name string
	data []byte
	info fs.FileInfo
}

// Open implements [fs.FS].
func (h heldFile) Open(name string) (fs.File, error) {
	if name != h.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return openHeld{bytes.NewReader(h.data), h.info}, nil
}

type openHeld struct {
	*bytes.Reader

	info fs.FileInfo
}

// Stat implements [fs.File]: size and time are those of the file that was read.
func (o openHeld) Stat() (fs.FileInfo, error) { return o.info, nil }

// Close implements [fs.File].
func (openHeld) Close() error { return nil }
