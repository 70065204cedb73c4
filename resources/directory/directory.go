// Package directory reads the help services and the protected names that ship
// with the program, or came signed. Finding the right one is
// [resources.Find]'s.
package directory

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lessonguard/assets/records"
	"lessonguard/resources"
)

// other names the files beside the services that are read elsewhere.
var other = []string{"plumbing.toml", "sensitive.toml", "protected.toml"}

// Load returns the services in services/ID.toml, by id.
func Load(fsys fs.FS) ([]resources.Service, error) {
	files, err := fs.Glob(fsys, "services/*.toml")
	if err != nil {
		return nil, fmt.Errorf("reading help services: %w", err)
	}
	var all []resources.Service
	for _, file := range files {
		if slices.Contains(other, path.Base(file)) {
			continue
		}
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("reading help services: %w", err)
		}
		var s resources.Service
		if err := records.Decode(file, data, &s); err != nil {
			return nil, err
		}
		if err := check(s, strings.TrimSuffix(path.Base(file), ".toml")); err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("reading help services: there are none in %v", fsys)
	}
	return all, nil
}

// check returns what keeps a service from being shown.
func check(s resources.Service, id string) error {
	switch {
	case s.ID != id:
		return fmt.Errorf("the id %q is not the file's name", s.ID)
	case s.Name == "" || s.Summary == "" || s.SummaryCy == "":
		return fmt.Errorf("name, summary and summary_cy are needed")
	case (s.Hours == "") != (s.HoursCy == ""):
		return fmt.Errorf("hours and hours_cy go together")
	case len(s.Notes) != len(s.NotesCy):
		return fmt.Errorf("each of the notes needs its like in notes_cy")
	case s.Phone == "" && s.URL == "" && s.Text.To == "" && s.Email == "":
		return fmt.Errorf("there is no way to reach it")
	case len(s.Audience) == 0:
		return fmt.Errorf("it is for nobody: give audience")
	case s.VerifiedOn.IsZero() && s.Check == "":
		return fmt.Errorf("it has neither verified_on nor check")
	}
	for _, t := range s.Topics {
		if !slices.Contains(append(resources.ReportTopics(), resources.TopicFeelings, resources.TopicIdentity), t) {
			return fmt.Errorf("there is no topic %q", t)
		}
	}
	return nil
}

// Protected returns every name that is never blocked, delayed, logged or
// counted, with everything under it: those of the services, and those in
// services/protected.toml.
func Protected(fsys fs.FS, services []resources.Service) ([]string, error) {
	const file = "services/protected.toml"
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, fmt.Errorf("reading protected names: %w", err)
	}
	var more struct {
		Groups []struct {
			Title string   `toml:"title"`
			Names []string `toml:"names"`
		} `toml:"groups"`
	}
	if err := records.Decode(file, data, &more); err != nil {
		return nil, err
	}
	var names []string
	for _, s := range services {
		names = append(names, s.Protected...)
	}
	for _, g := range more.Groups {
		names = append(names, g.Names...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
