package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lessonguard/agreements/texts"
	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/resources/directory"
)

// check says what is in a data file, and whether the program of this checkout
// would take it.
func check(out io.Writer, args []string) error {
	if len(args) != 1 {
		return errors.New("check wants one FILE")
	}
	file, err := os.ReadFile(args[0])
	if err != nil {
		return fmt.Errorf("reading data: %w", err)
	}
	keys, err := catalogue.PinnedKeys(assets.Keys, catalogue.ReleaseKeys)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return fmt.Errorf("there is no key in assets/%s yet, so that no family takes any data file: see docs/data.md", catalogue.ReleaseKeys)
	}
	if err := judge(file, keys); err != nil {
		return err
	}
	d, err := catalogue.ParseData(file, keys, nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "good: version %d of %s, until %s, %d files, %d removed, %d keys revoked\n",
		d.Version, d.Made.Format(time.DateOnly), d.Expires.Format(time.DateOnly), len(d.Files), len(d.Removed), len(d.Revoked))
	return err
}

// judge takes a data file as the program of a family does that has taken none
// before.
func judge(file []byte, keys []catalogue.Key) error {
	dir, err := os.MkdirTemp("", "lessonguard-data-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary copy: nothing to lose
	_, err = catalogue.InstallData(catalogue.DataConfig{
		Path: filepath.Join(dir, "data"), Shipped: shipped, Version: catalogue.BuiltIn, Keys: keys, Now: time.Now(), Check: readable,
	}, file)
	return err
}

// readable reads data as every part of the program does.
func readable(fsys fs.FS) error {
	services, err := directory.Load(fsys)
	if err != nil {
		return err
	}
	protected, err := directory.Protected(fsys, services)
	if err != nil {
		return err
	}
	var names []filter.Name
	for _, p := range protected {
		n, err := filter.ParseName(p)
		if err != nil {
			return err
		}
		names = append(names, n)
	}
	content, err := catalogue.Content(fsys, names)
	if err != nil {
		return err
	}
	if _, err := catalogue.Keep(fsys, content); err != nil {
		return err
	}
	if _, err := catalogue.Catalogue(fsys); err != nil {
		return err
	}
	_, err = texts.Load(assets.Agreements, fsys)
	return err
}
