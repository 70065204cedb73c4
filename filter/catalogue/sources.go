package catalogue

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"lessonguard/filter"
)

// A Source is a list that is on this PC, one file.
type Source struct {
	ID         string
	Title      string
	Category   filter.Category
	Restricted bool   // then Category means nothing
	Licensed   bool   // a restricted list whose signature is a licensee's; any other is a sample
	Hashed     bool   // a restricted list of digests, for lists.ReadDigests
	Secret     []byte // of Hashed: the key of the HMAC; empty: the digests are SHA-256
	Format     string // as filter/lists names them; empty: to be found out
	Files      fs.FS  // holds the list
	Path       string // of the list in Files
	Copy       string // of a published list: which copy of it this is
	Services   int    // services that a starter list names; 0 for other lists
}

// Starter returns the lists that ship with the program: lists/CATEGORY.txt, in
// the order of the categories. A category without one is left out.
func Starter(fsys fs.FS) ([]Source, error) {
	paths, err := starterPaths(fsys)
	if err != nil {
		return nil, err
	}
	var all []Source
	for c, p := range paths {
		if p == "" {
			continue
		}
		s := Source{
			ID: "starter-" + filter.Category(c).String(), Title: "starter list: " + filter.Category(c).String(),
			Category: filter.Category(c), Format: "starter", Files: fsys, Path: p,
		}
		err := starterLines(fsys, p, func(line string) error {
			if strings.HasPrefix(line, "## ") {
				s.Services++
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// starterPaths returns the path of each category's starter list.
func starterPaths(fsys fs.FS) (paths [filter.NumCategories]string, err error) {
	found, err := fs.Glob(fsys, "lists/*.txt")
	if err != nil {
		return paths, err
	}
	if len(found) == 0 {
		return paths, fmt.Errorf("reading starter lists: %w", fs.ErrNotExist)
	}
	for _, p := range found {
		c, err := filter.ParseCategory(strings.TrimSuffix(path.Base(p), ".txt"))
		if err != nil {
			return paths, fmt.Errorf("reading starter list %s: %w", p, err)
		}
		paths[c] = p
	}
	return paths, nil
}

func starterLines(fsys fs.FS, path string, each func(line string) error) error {
	file, err := fsys.Open(path)
	if err != nil {
		return fmt.Errorf("reading starter list: %w", err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for i := 1; lines.Scan(); i++ {
		if err := each(lines.Text()); err != nil {
			return fmt.Errorf("reading starter list %s: line %d: %w", path, i, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading starter list %s: %w", path, err)
	}
	return nil
}

// starterEntries returns which starter lists each of their names is on.
func starterEntries(fsys fs.FS) (map[filter.Name]filter.Categories, error) {
	paths, err := starterPaths(fsys)
	if err != nil {
		return nil, err
	}
	entries := map[filter.Name]filter.Categories{}
	for c, p := range paths {
		if p == "" {
			continue
		}
		err := starterLines(fsys, p, func(line string) error {
			line, _, _ = strings.Cut(line, "#")
			if line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "full:")); line == "" {
				return nil
			}
			n, err := filter.ParseName(line)
			entries[n] |= filter.CategoriesOf(filter.Category(c))
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// Folder returns the lists in dir: a folder for each category, named by its id
// or "restricted", with files of any format in it and in the folders below.
// Folders whose name begins with "_" are left out, and files that are about the
// lists. A restricted list that one of the licensees has signed, in a file of
// its name and ".minisig", is licensed.
func Folder(dir string, licensees ...Key) ([]Source, error) {
	fsys := os.DirFS(dir)
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("reading lists in %s: %w", dir, err)
	}
	var all []Source
	for _, folder := range folders {
		name := folder.Name()
		if !folder.IsDir() || leftOut(name) {
			continue
		}
		s := Source{Files: fsys, Restricted: name == "restricted"}
		if !s.Restricted {
			if s.Category, err = filter.ParseCategory(name); err != nil {
				return nil, fmt.Errorf("reading lists in %s: folder %s: %w; or restricted, or begin the name with _ to leave it out", dir, name, err)
			}
		}
		from := len(all)
		if all, err = s.folder(name, all); err != nil {
			return nil, fmt.Errorf("reading lists in %s: %w", dir, err)
		}
		for i := from; s.Restricted && i < len(all); i++ {
			if err := all[i].restrict(i+1, licensees); err != nil {
				return nil, fmt.Errorf("reading lists in %s: %w", dir, err)
			}
		}
	}
	return all, nil
}

// At returns the list at a path, or those in the folder there and below it, as
// [Folder] would find them: with how a table is written, and what is beside each.
func At(name string) ([]Source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("reading list: %w", err)
	}
	if !info.IsDir() {
		s := Source{ID: name, Files: os.DirFS(filepath.Dir(name)), Path: filepath.Base(name)}
		s.Format = tableFormat(s.Files, s.Path)
		return []Source{s}, nil
	}
	all, err := Source{Files: os.DirFS(name)}.folder(".", nil)
	if err == nil && len(all) == 0 {
		err = errors.New("there is no list in it")
	}
	if err != nil {
		return nil, fmt.Errorf("reading lists in %s: %w", name, err)
	}
	return all, nil
}

func leftOut(folder string) bool {
	return strings.HasPrefix(folder, "_") || strings.HasPrefix(folder, ".")
}

// folder appends to all what s would be for each list in a folder.
func (s Source) folder(folder string, all []Source) ([]Source, error) {
	files, err := fs.ReadDir(s.Files, folder)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		s.Path = path.Join(folder, f.Name())
		if f.IsDir() {
			if leftOut(f.Name()) {
				continue
			}
			if all, err = s.folder(s.Path, all); err != nil {
				return nil, err
			}
			continue
		}
		if info, err := fs.Stat(s.Files, s.Path); err != nil || !info.Mode().IsRegular() || !isList(s.Files, folder, f.Name(), files) {
			continue
		}
		_, s.Title, _ = strings.Cut(s.Path, "/")
		s.ID, s.Format = s.Path, tableFormat(s.Files, s.Path)
		all = append(all, s)
	}
	return all, nil
}

// isList reports whether a file in a folder of lists is one. A UT1 category is
// three files or more: domains is the list; urls are pages, which DNS cannot
// tell apart; usage says what it is for, and a list for allowing is none of
// ours; expressions are patterns.
func isList(fsys fs.FS, folder, name string, beside []fs.DirEntry) bool {
	upper := strings.ToUpper(name)
	for _, about := range []string{".", "README", "SOURCES", "LICENSE", "LICENCE", "COPYING"} {
		if strings.HasPrefix(upper, about) {
			return false
		}
	}
	if ext := path.Ext(name); ext == ".minisig" || ext == ".key" {
		return false
	}
	for _, part := range []string{"urls", "usage", "expression", "expressions"} {
		if name == part || strings.HasSuffix(name, "_"+part) {
			return false
		}
	}
	usage, ok := strings.CutSuffix(name, "domains")
	usage += "usage"
	if ok && slices.ContainsFunc(beside, func(e fs.DirEntry) bool { return e.Name() == usage }) {
		says, err := fs.ReadFile(fsys, path.Join(folder, usage))
		uses := strings.Fields(string(says))
		return err != nil || slices.Contains(uses, "black") || !slices.Contains(uses, "white")
	}
	return true
}

// tableFormat returns the format of a table, csv and the column that holds the
// names or URLs; empty for a file that is none, or cannot be read.
func tableFormat(fsys fs.FS, name string) string {
	if !strings.EqualFold(path.Ext(name), ".csv") {
		return ""
	}
	file, err := fsys.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	head, _ := bufio.NewReader(io.LimitReader(file, 4096)).ReadString('\n')
	between := func(c rune) bool { return strings.ContainsRune(",;\t\r\n\"\ufeff", c) }
	for column := range strings.FieldsFuncSeq(strings.ToLower(head), between) {
		switch column = strings.TrimSpace(column); column {
		case "url", "domain", "host", "hostname", "name":
			return "csv:" + column
		}
	}
	return ""
}

// Include opens a file that the list includes: one of that name beside it, or
// one that is named by where it came from and that name, such as
// PUBLISHER__data_NAME. Nothing outside the list's own folder is opened.
func (s Source) Include(name string) (fs.File, error) {
	folder := path.Dir(s.Path)
	missing := &fs.PathError{Op: "include", Path: name, Err: fs.ErrNotExist}
	if strings.ContainsAny(name, `/\`) {
		return nil, missing
	}
	files, err := fs.ReadDir(s.Files, folder)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Name() == name {
			return s.Files.Open(path.Join(folder, name))
		}
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "_"+name) {
			return s.Files.Open(path.Join(folder, f.Name()))
		}
	}
	return nil, missing
}
