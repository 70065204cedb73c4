package main

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"lessonguard/agreements"
	"lessonguard/agreements/texts"
	"lessonguard/assets"
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

// load reads what ships. The practice provider is offered only where it is
// asked for: nobody reads what is sent to it.
func load(practice bool) (content, error) {
	read, err := texts.Load(assets.Agreements, assets.Profiles)
	if err != nil {
		return content{}, err
	}
	services, err := directory.Load(assets.Services)
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
