package checkup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// chromium returns the stand of the browser whose "Local State" is at file.
func chromium(fsys fs.FS, file string, m Managed) stand {
	data, err := read(fsys, file, maxSettings)
	if errors.Is(err, fs.ErrNotExist) {
		return absent
	}
	if m.Mode != "" {
		return chromiumMode(m.Mode, m.Templates)
	}
	if err != nil {
		return unread
	}
	mode, templates, err := parseLocalState(data)
	if err != nil {
		return unread
	}
	return chromiumMode(mode, templates)
}

// chromiumMode follows chrome/browser/net/secure_dns_config.h: "automatic",
// which is also the default, upgrades only a resolver of the PC that is known to
// be encrypted too, or asks the services that are given with it.
func chromiumMode(mode, templates string) stand {
	switch {
	case mode == "secure":
		return own
	case mode == "automatic" && templates != "":
		return either
	}
	return fine
}

// parseLocalState returns what a Chromium keeps of encrypted DNS.
func parseLocalState(data []byte) (mode, templates string, err error) {
	var state struct {
		DoH struct {
			Mode      string `json:"mode"`
			Templates string `json:"templates"`
		} `json:"dns_over_https"`
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return "", "", fmt.Errorf("reading Local State: %w", err)
	}
	return state.DoH.Mode, state.DoH.Templates, nil
}

func parseJSON(data []byte) (map[string]any, error) {
	var settings map[string]any
	if err := json.Unmarshal(data, &settings); err != nil {
		return nil, fmt.Errorf("reading policy: %w", err)
	}
	return settings, nil
}
