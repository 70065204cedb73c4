// Package records reads the project's data files, which are TOML.
//
// Reading is strict: a key that nothing asks for is an error naming the file
// and the line, because a misspelt key in a help service or a profile would
// otherwise be silently lost.
package records

import (
	"errors"
	"fmt"

	"github.com/BurntSushi/toml"
)

// Decode reads data, the contents of the file called name, into v. Its errors
// name the file, the line where it is known, and what is wrong.
func Decode(name string, data []byte, v any) error {
	meta, err := toml.Decode(string(data), v)
	var bad toml.ParseError
	if errors.As(err, &bad) {
		return fmt.Errorf("reading %s: line %d: %s", name, bad.Position.Line, bad.Message)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fmt.Errorf("reading %s: nothing is called %q here: correct the spelling or remove it", name, unknown[0])
	}
	return nil
}

// Table returns everything in data, the contents of the file called name, by
// its keys: for comparing two files, not for using what they say.
func Table(name string, data []byte) (map[string]any, error) {
	table := map[string]any{}
	_, err := toml.Decode(string(data), &table)
	var bad toml.ParseError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("reading %s: line %d: %s", name, bad.Position.Line, bad.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return table, nil
}
