package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"lessonguard/assets/records"
)

// lasting are the files that no data removes: whoever has our key must not be
// able to leave a child without help.
func lasting() []string {
	return append(lastingHelp(), "services/protected.toml", "services/sensitive.toml", "services/plumbing.toml", "lists/catalogue.toml")
}

// lastingHelp are the help services that are always there.
func lastingHelp() []string {
	return []string{"services/emergency.toml", "services/childline.toml", "services/ceop.toml"}
}

// keepsHelp returns nil if every service of lastingHelp is in data for all that
// it was for in what ships, and can be reached by all that it could be. Its
// words, number and hours may change. Names that were protected stay protected.
func keepsHelp(shipped, data fs.FS) error {
	for _, path := range append(lastingHelp(), "services/protected.toml") {
		before, err := table(shipped, path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // these are not among what this program reads
		}
		if err != nil {
			return err
		}
		after, err := table(data, path)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrHelpGone, err)
		}
		if path == "services/protected.toml" {
			before, after = map[string]any{"protected": names(before)}, map[string]any{"protected": names(after)}
		}
		for key, value := range before {
			if !keeps(key, value, after[key]) {
				return fmt.Errorf("%w: %s changes %s", ErrHelpGone, path, key)
			}
		}
	}
	return nil
}

func table(fsys fs.FS, path string) (map[string]any, error) {
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return records.Table(path, data)
}

// keeps reports whether a service can do without what its record had.
func keeps(key string, before, after any) bool {
	switch before := before.(type) {
	case []any:
		now, ok := after.([]any)
		if !ok || key == "notes" {
			return ok
		}
		for _, v := range before {
			if !contains(now, v) {
				return false
			}
		}
		return true
	case string:
		now, ok := after.(string)
		switch {
		case key == "id":
			return now == before
		case strings.HasPrefix(before, "https://"):
			return strings.HasPrefix(now, "https://")
		case key == "check": // what somebody has still to look up
			return true
		}
		return ok && strings.TrimSpace(now) != ""
	case bool, map[string]any:
		return reflect.DeepEqual(before, after)
	}
	return true // the day it was verified
}

func contains(all []any, want any) bool {
	for _, v := range all {
		if v == want {
			return true
		}
	}
	return false
}

// names returns all names of a file of groups.
func names(file map[string]any) []any {
	var all []any
	groups, _ := file["groups"].([]map[string]any)
	for _, g := range groups {
		listed, _ := g["names"].([]any)
		all = append(all, listed...)
	}
	return all
}
