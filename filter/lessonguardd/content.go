package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/resources/directory"
)

// shippedFiles are the files about names and lists that ship with the program.
var shippedFiles = catalogue.Files{assets.Lists, assets.Bundles, assets.Services, assets.Profiles}

// dataFile is the name of the signed data file in the state directory.
const dataFile = "data"

// dataConfig says how the data file in dir is judged: by the release keys, and
// over what ships.
func dataConfig(dir string) (catalogue.DataConfig, error) {
	keys, err := catalogue.PinnedKeys(assets.Keys, catalogue.ReleaseKeys)
	return catalogue.DataConfig{
		Path: filepath.Join(dir, dataFile), Shipped: shippedFiles, Version: catalogue.BuiltIn, Keys: keys, Now: time.Now(), Check: readable,
	}, err
}

// readable reads data as the service and its child do.
func readable(fsys fs.FS) error {
	c, err := contentOf(fsys)
	if err != nil {
		return err
	}
	if _, err := catalogue.Keep(fsys, c); err != nil {
		return err
	}
	_, err = catalogue.Catalogue(fsys)
	return err
}

// shippedContent is what the program itself knows of names.
func shippedContent() (filter.Content, error) { return contentOf(shippedFiles) }

// contentOf is what the program knows of names by the files in fsys. The two
// halves are read at once: nothing takes longer while the service starts.
func contentOf(fsys fs.FS) (c filter.Content, err error) {
	var protected []filter.Name
	var halves errgroup.Group
	halves.Go(func() (err error) {
		protected, err = protectedNames(fsys)
		return err
	})
	halves.Go(func() (err error) {
		c, err = catalogue.Content(fsys, nil)
		return err
	})
	if err := halves.Wait(); err != nil {
		return filter.Content{}, err
	}
	c.Protected = protected
	return c, nil
}

func protectedNames(fsys fs.FS) (names []filter.Name, err error) {
	services, err := directory.Load(fsys)
	if err != nil {
		return nil, err
	}
	texts, err := directory.Protected(fsys, services)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		n, err := filter.ParseName(t)
		if err != nil {
			return nil, fmt.Errorf("reading protected names: %w", err)
		}
		names = append(names, n)
	}
	return names, nil
}
