// Package catalogue reads what the program itself knows of names and lists:
// the lesson bundles, plumbing, sensitive names, safe search, test names and
// kept names that ship with it, its starter lists, and which published lists
// there are; and it keeps copies of those up to date. It says where a list is;
// what stands in it is for filter/lists.
package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"

	"lessonguard/assets/records"
	"lessonguard/filter"
)

// A Published is a list that somebody publishes, which the family's PC may fetch.
type Published struct {
	ID        string
	Title     string
	Category  filter.Category
	Publisher string
	Licence   string
	Bundle    bool // whether the licence lets a copy travel with the program
	Homepage  string
	URL       string
	Format    string // as filter/lists names them
	Size      int64  // bytes, about
	Names     int    // about; 0: not measured
	Default   bool   // on from the start
	Notes     string
	Signature string // address of its minisign signature; empty: it has none
	Key       string // that signs it, as minisign prints it
}

// Catalogue reads lists/catalogue.toml.
func Catalogue(fsys fs.FS) ([]Published, error) {
	const path = "lists/catalogue.toml"
	var file struct {
		Version int
		Lists   []Published
	}
	if err := decode(fsys, path, &file); err != nil {
		return nil, err
	}
	if file.Version != 1 {
		return nil, fmt.Errorf("reading %s: version %d, this program reads 1", path, file.Version)
	}
	var ids []string
	for _, l := range file.Lists {
		u, err := url.Parse(l.URL)
		switch {
		case !validID(l.ID) || slices.Contains(ids, l.ID):
			return nil, fmt.Errorf("reading %s: list id %q is there twice, empty, or not of small letters, digits and hyphens", path, l.ID)
		case (l.Signature == "") != (l.Key == ""):
			return nil, fmt.Errorf("reading %s: list %s: a signature and its key go together", path, l.ID)
		case err != nil || u.Scheme != "https" || u.Host == "":
			return nil, fmt.Errorf("reading %s: list %s: %q is no https address", path, l.ID, l.URL)
		}
		ids = append(ids, l.ID)
	}
	return file.Lists, nil
}

// Wanted returns those of lists that are on from the start and close one of the
// categories: a list whose category is open would only take memory.
func Wanted(lists []Published, closed filter.Categories) []Published {
	var wanted []Published
	for _, l := range lists {
		if l.Default && closed.Has(l.Category) {
			wanted = append(wanted, l)
		}
	}
	return wanted
}

// Files is several file systems as one: a file is in the first that has it. The
// program's own files are embedded by folder, and read here as one tree.
type Files []fs.FS

// Open implements [fs.FS].
func (f Files) Open(name string) (fs.File, error) {
	err := error(&fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist})
	for _, fsys := range f {
		var file fs.File
		if file, err = fsys.Open(name); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, err
}

func decode(fsys fs.FS, path string, to any) error {
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return records.Decode(path, data, to)
}
