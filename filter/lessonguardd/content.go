package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

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

// contentOf is what the program knows of names by the files in fsys.
func contentOf(fsys fs.FS) (filter.Content, error) {
	services, err := directory.Load(fsys)
	if err != nil {
		return filter.Content{}, err
	}
	texts, err := directory.Protected(fsys, services)
	if err != nil {
		return filter.Content{}, err
	}
	var protected []filter.Name
	for _, t := range texts {
		n, err := filter.ParseName(t)
		if err != nil {
			return filter.Content{}, fmt.Errorf("reading protected names: %w", err)
		}
		protected = append(protected, n)
	}
	return catalogue.Content(fsys, protected)
}
