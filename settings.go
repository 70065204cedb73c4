package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lessonguard/app/ui"
	"lessonguard/assets/files"
)

// settings is what one account has chosen for itself. The toolkit's own
// preferences are not written whole, so they are kept here.
type settings struct {
	path string

	Palette  ui.Palette `json:"palette,omitempty"`
	Scale    float32    `json:"scale,omitempty"`
	Language string     `json:"language,omitempty"`
	Session  bool       `json:"session,omitempty"` // once it was made to start with the session
}

// openSettings reads the settings in dir; none are the ordinary ones, and so
// are damaged ones: a child who needs help must not be kept from it by them.
func openSettings(dir string) *settings {
	s := &settings{path: filepath.Join(dir, "settings.json"), Scale: 1}
	data, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && json.Unmarshal(data, s) == nil {
		return s
	}
	return &settings{path: s.path, Scale: 1}
}

func (s *settings) look() ui.Look { return ui.Look{Palette: s.Palette, Scale: s.Scale} }

func (s *settings) save(l ui.Look) error {
	s.Palette, s.Scale = l.Palette, l.Scale
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("saving settings: %w", err)
	}
	return files.Write(s.path, data, 0o600)
}
