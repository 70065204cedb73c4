package catalogue

import (
	"fmt"
	"io/fs"
	"strings"
)

// The files of public keys that ship, one minisign key a line. What begins with
// "#" is a comment.
const (
	ReleaseKeys = "keys/release.pub"   // that data files are signed with
	Licensees   = "keys/licensees.pub" // that make a restricted list a licensed one
)

// DataURL is where the newest data file is. It is asked only by a program with
// a release key, and the first release puts the project's own address here: the
// name is one that nobody can own (RFC 2606 section 2).
const DataURL = "https://data.lessonguard.example/lessonguard.data"

// PinnedKeys returns the keys in one of the files of keys in fsys; none is no
// error.
func PinnedKeys(fsys fs.FS, path string) ([]Key, error) {
	text, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("reading keys: %w", err)
	}
	var keys []Key
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		k, err := ParseKey(line)
		if err != nil {
			return nil, fmt.Errorf("reading keys in %s: %w", path, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}
