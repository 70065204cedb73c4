package catalogue

import (
	"io/fs"
	"maps"
	"slices"
	"strings"

	"lessonguard/filter"
)

// Keep returns the names that lists do not close: those of lists/keep.tsv, and
// the protected, plumbing and bundle names of c, which need no line there.
//
// Plumbing and bundles keep no name above theirs: a lesson that needs one host
// of a large site is opened by the decision, and the site's own entry stays.
// Where a starter list closes a name of a bundle, that is meant (the bundle
// opens it in lessons), and every list of the category may.
func Keep(fsys fs.FS, c filter.Content) ([]filter.Kept, error) {
	kept := map[filter.Name]filter.Kept{}
	meant, err := starterEntries(fsys)
	if err != nil {
		return nil, err
	}
	alone := func(names []filter.Name) {
		for _, n := range names {
			kept[n] = filter.Kept{Name: n, May: meant[n], Alone: true}
		}
	}
	for _, b := range c.Bundles {
		alone(b.Names)
		alone(b.Exact)
	}
	alone(c.Plumbing)
	alone(c.PlumbExact)
	for _, n := range c.Protected {
		kept[n] = filter.Kept{Name: n}
	}
	err = rows(fsys, "lists/keep.tsv", func(name, categories string) error {
		n, err := filter.ParseName(name)
		if err != nil {
			return err
		}
		k := filter.Kept{Name: n}
		if categories != "-" {
			for id := range strings.SplitSeq(categories, ",") {
				c, err := filter.ParseCategory(strings.TrimSpace(id))
				if err != nil {
					return err
				}
				k.May |= filter.CategoriesOf(c)
			}
		}
		kept[n] = k // a line speaks louder than what is kept without one
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(kept), func(a, b filter.Kept) int {
		return strings.Compare(string(a.Name), string(b.Name))
	}), nil
}
