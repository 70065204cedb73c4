package main

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/agreements/texts"
	"lessonguard/assets"
	"lessonguard/filter/catalogue"
	"lessonguard/resources"
	"lessonguard/resources/directory"
)

// content is what ships in the program and is shown.
type content struct {
	profiles   []agreements.Profile
	agreements []agreements.Agreement
	services   []resources.Service
	icon       fyne.Resource
}

// shipped are the files that a signed data file may stand in for.
var shipped = catalogue.Files{assets.Lists, assets.Bundles, assets.Services, assets.Profiles}

// newest returns what ships, or what a good signed data file at path has in its
// place: help services and profiles change between releases. The service leaves
// it there (see [control.DataPath]) and is not believed: the release key in this
// program says whether it is good.
func newest(path string, keys []catalogue.Key) (fs.FS, error) {
	if path == "" {
		return shipped, nil
	}
	known, err := catalogue.OpenData(catalogue.DataConfig{
		Path: path, Shipped: shipped, Version: catalogue.BuiltIn, Keys: keys, Now: time.Now(),
		Check: func(fsys fs.FS) error {
			if _, err := texts.Load(assets.Agreements, fsys); err != nil {
				return err
			}
			_, err := directory.Load(fsys)
			return err
		},
	})
	return known, err
}

// load reads what is shown: of from, and the agreements that ship. The practice
// provider is offered only where it is asked for: nobody reads what is sent to
// it.
func load(from fs.FS, practice bool) (content, error) {
	read, err := texts.Load(assets.Agreements, from)
	if err != nil {
		return content{}, err
	}
	services, err := directory.Load(from)
	if err != nil {
		return content{}, err
	}
	icon, err := assets.Icons.ReadFile("icons/icon.png")
	if err != nil {
		return content{}, fmt.Errorf("reading the program's icon: %w", err)
	}
	profiles := slices.DeleteFunc(read.Profiles(), func(p agreements.Profile) bool { return p.Practice && !practice })
	return content{profiles, read.All(), services, fyne.NewStaticResource("icon.png", icon)}, nil
}
