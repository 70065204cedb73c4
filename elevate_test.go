package main

import (
	"path/filepath"
	"testing"
)

// TestElevationOfATrial has none for a filter that is being tried.
func TestElevationOfATrial(t *testing.T) {
	if elevation(filepath.Join(t.TempDir(), "control.sock")) != nil {
		t.Error("a trial can be set up as the service of this PC")
	}
}
