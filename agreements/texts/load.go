package texts

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"lessonguard/agreements"
	"lessonguard/assets/records"
)

// maxSize bounds one file. The longest agreement is 10 KiB; profiles and
// agreements of an enrolled provider come from a network.
const maxSize = 256 << 10

// Load reads the agreements under texts (agreements/PROVIDER/AUDIENCE.md) and
// the profiles under profiles (profiles/PROVIDER.toml): the files that ship with
// the program, or a folder with both. Its errors name the file and what to do.
func Load(texts, profiles fs.FS) (*Texts, error) {
	var all []agreements.Agreement
	err := each(texts, "agreements", ".md", func(name string, data []byte) error {
		a, err := ParseAgreement(name, data)
		if err != nil {
			return err
		}
		if !slices.Contains(paths(a), name) {
			return fmt.Errorf("reading %s: it is %s, whose file is %s", name, a, strings.Join(paths(a), " or "))
		}
		all = append(all, a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var known []agreements.Profile
	err = each(profiles, "profiles", ".toml", func(name string, data []byte) error {
		p, err := ParseProfile(name, data)
		if err != nil {
			return err
		}
		if want := path.Join("profiles", p.ID+".toml"); name != want {
			return fmt.Errorf("reading %s: it is the profile of %s, whose file is %s", name, p.ID, want)
		}
		// A platform comes with enrolment only: a profile that ships with the
		// program has vouched for nobody's.
		if p.Platform != nil && !p.Practice {
			return fmt.Errorf("reading %s: only the practice profile may have a platform: families get theirs when they enrol", name)
		}
		known = append(known, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := assemble(all, known)
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("reading agreements and profiles: %w", err)
	}
	return t, nil
}

// each calls read with every file below root whose name ends in ext. Any other
// file is an error: it is most likely a misspelt one.
func each(fsys fs.FS, root, ext string, read func(name string, data []byte) error) error {
	return fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if d.IsDir() {
			return nil
		}
		if path.Ext(name) != ext {
			return fmt.Errorf("reading %s: only files ending in %s belong here: rename or remove it", name, ext)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		return read(name, data)
	})
}

// paths returns where an agreement may be: the newest version has no number.
func paths(a agreements.Agreement) []string {
	stem := path.Join("agreements", a.Provider, string(a.Audience))
	if a.Language != English {
		stem += "." + a.Language
	}
	return []string{stem + ".md", stem + ".v" + strconv.Itoa(a.Version) + ".md"}
}

// fence is the line before and after the front matter.
const fence = "+++\n"

// ParseAgreement reads data, the contents of the file called name. What it
// returns has passed [agreements.Agreement.Check].
func ParseAgreement(name string, data []byte) (agreements.Agreement, error) {
	var a agreements.Agreement
	if err := checkSize(name, data); err != nil {
		return a, err
	}
	rest, ok := bytes.CutPrefix(data, []byte(fence))
	front, body, closed := bytes.Cut(rest, []byte("\n"+fence))
	if !ok || !closed {
		return a, fmt.Errorf("reading %s: it has no front matter: start it with a line of +++, the keys id, provider, audience, version, title, language, effective and review_by, and a line of +++", name)
	}
	// The empty line keeps the line numbers in errors those of the file.
	if err := records.Decode(name, append([]byte("\n"), front...), &a); err != nil {
		return a, err
	}
	a.Effective, a.ReviewBy = utcDay(a.Effective), utcDay(a.ReviewBy)
	a.Body, a.Source = string(body), bytes.Clone(data)
	if err := a.Check(); err != nil {
		return a, fmt.Errorf("reading %s: %w", name, err)
	}
	return a, nil
}

// ParseProfile reads data, the contents of the file called name. What it
// returns has passed [agreements.Profile.Check]; whether anybody vouches for it
// is the caller's question.
func ParseProfile(name string, data []byte) (agreements.Profile, error) {
	var p agreements.Profile
	if err := checkSize(name, data); err != nil {
		return p, err
	}
	if err := records.Decode(name, data, &p); err != nil {
		return p, err
	}
	p.ReviewBy = utcDay(p.ReviewBy)
	if err := p.Check(); err != nil {
		return p, fmt.Errorf("reading %s: %w", name, err)
	}
	return p, nil
}

func checkSize(name string, data []byte) error {
	if len(data) > maxSize {
		return fmt.Errorf("reading %s: it is larger than %d KiB, more than any agreement or profile needs", name, maxSize>>10)
	}
	return nil
}

// utcDay makes of a TOML date, which stands in the PC's own zone, the same day
// in UTC, so that no family's clock decides what day an agreement says.
func utcDay(t time.Time) agreements.Date {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
