package catalogue

import (
	"bufio"
	"fmt"
	"io/fs"
	"net/netip"
	"path"
	"strings"
	"time"

	"lessonguard/filter"
)

// Content reads the bundles, plumbing, sensitive names, safe search and test
// names. The protected names are read elsewhere, and given.
func Content(fsys fs.FS, protected []filter.Name) (c filter.Content, err error) {
	c.Protected = protected
	if c.Plumbing, c.PlumbExact, err = groups(fsys, "services/plumbing.toml"); err != nil {
		return filter.Content{}, err
	}
	sensitive, exact, err := groups(fsys, "services/sensitive.toml")
	if err != nil {
		return filter.Content{}, err
	}
	if len(exact) > 0 {
		return filter.Content{}, fmt.Errorf("reading services/sensitive.toml: %s is marked exact: a sensitive name is always open with everything under it", exact[0])
	}
	c.Sensitive = sensitive
	if c.Bundles, err = bundles(fsys); err != nil {
		return filter.Content{}, err
	}
	if c.Engines, c.Unsafe, err = safeSearch(fsys); err != nil {
		return filter.Content{}, err
	}
	if c.Tests, err = testNames(fsys); err != nil {
		return filter.Content{}, err
	}
	return c, nil
}

// groups reads a file of named groups of names.
func groups(fsys fs.FS, path string) (names, exact []filter.Name, err error) {
	var file struct {
		Groups []struct {
			ID, Title, Why string
			Names, Exact   []filter.Name
		}
	}
	if err := decode(fsys, path, &file); err != nil {
		return nil, nil, err
	}
	for _, g := range file.Groups {
		names, exact = append(names, g.Names...), append(exact, g.Exact...)
	}
	return names, exact, nil
}

func bundles(fsys fs.FS) ([]filter.Bundle, error) {
	paths, err := fs.Glob(fsys, "bundles/*.toml")
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("reading bundles: %w", fs.ErrNotExist)
	}
	var all []filter.Bundle
	for _, p := range paths {
		var file struct {
			ID, Title, For, Status, Source string
			VerifiedOn                     time.Time `toml:"verified_on"`
			Names                          []struct {
				Name  filter.Name
				Why   string
				Exact bool
			}
		}
		if err := decode(fsys, p, &file); err != nil {
			return nil, err
		}
		if file.ID != strings.TrimSuffix(path.Base(p), ".toml") || file.Title == "" || len(file.Names) == 0 {
			return nil, fmt.Errorf("reading %s: a bundle has the id that its file is named by, a title, and names", p)
		}
		b := filter.Bundle{ID: file.ID, Title: file.Title}
		var under, only []string // why
		for _, n := range file.Names {
			if n.Exact {
				b.Exact, only = append(b.Exact, n.Name), append(only, n.Why)
			} else {
				b.Names, under = append(b.Names, n.Name), append(under, n.Why)
			}
		}
		b.Why = append(under, only...)
		all = append(all, b)
	}
	return all, nil
}

func safeSearch(fsys fs.FS) (engines []filter.Engine, unsafe []filter.Name, err error) {
	const path = "lists/safesearch.toml"
	var file struct {
		Engines []struct {
			ID, Title        string
			Hosts            []filter.Name
			Target, Moderate optionalName
			Addresses        []netip.Addr
		}
		Unsafe struct {
			Why   string
			Names []filter.Name
		}
	}
	if err := decode(fsys, path, &file); err != nil {
		return nil, nil, err
	}
	for _, e := range file.Engines {
		if e.ID == "" || len(e.Hosts) == 0 || e.Target == "" {
			return nil, nil, fmt.Errorf("reading %s: engine %q has no id, no hosts or no target", path, e.ID)
		}
		engines = append(engines, filter.Engine{
			ID: e.ID, Hosts: e.Hosts, Target: filter.Name(e.Target), Moderate: filter.Name(e.Moderate), Addresses: e.Addresses,
		})
	}
	return engines, file.Unsafe.Names, nil
}

// optionalName is a name that may be left empty.
type optionalName filter.Name

func (n *optionalName) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return (*filter.Name)(n).UnmarshalText(text)
}

func testNames(fsys fs.FS) (map[filter.Name]filter.Categories, error) {
	tests := map[filter.Name]filter.Categories{}
	err := rows(fsys, "lists/testnames.tsv", func(category, name string) error {
		n, err := filter.ParseName(name)
		if err != nil {
			return err
		}
		if category == "restricted" {
			tests[n] |= filter.Restricted
			return nil
		}
		c, err := filter.ParseCategory(category)
		tests[n] |= filter.CategoriesOf(c)
		return err
	})
	return tests, err
}

// rows hands the two columns of each line of a tab-separated file to each, and
// names the line in its error.
func rows(fsys fs.FS, path string, each func(a, b string) error) error {
	file, err := fsys.Open(path)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for i := 1; lines.Scan(); i++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		a, b, ok := strings.Cut(line, "\t")
		if !ok || strings.Contains(b, "\t") {
			return fmt.Errorf("reading %s: line %d: two columns with a tab between them are wanted", path, i)
		}
		if err := each(strings.TrimSpace(a), strings.TrimSpace(b)); err != nil {
			return fmt.Errorf("reading %s: line %d: %w", path, i, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}
