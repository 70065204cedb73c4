package main

import (
	"fmt"

	"lessonguard/assets"
	"lessonguard/filter"
	"lessonguard/filter/catalogue"
	"lessonguard/resources/directory"
)

// shippedFiles are the files about names and lists that ship with the program.
var shippedFiles = catalogue.Files{assets.Lists, assets.Bundles, assets.Services}

// shippedContent is what the program itself knows of names.
func shippedContent() (filter.Content, error) {
	services, err := directory.Load(assets.Services)
	if err != nil {
		return filter.Content{}, err
	}
	texts, err := directory.Protected(assets.Services, services)
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
	return catalogue.Content(shippedFiles, protected)
}
