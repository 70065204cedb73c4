package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"lessonguard/assets/files"
)

// copyProgram copies the program at from to a path that only administrators can
// write. What the supervisor starts with all rights must not be in a folder of
// somebody else's, such as where it was built.
func copyProgram(from, to string) error {
	if from == to || sameProgram(from, to) {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copying this program: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("copying this program: %w", err)
	}
	if err := files.Write(to, data, 0o755); err != nil {
		return fmt.Errorf("copying this program: %w", err)
	}
	return nil
}

func sameProgram(from, to string) bool {
	ours, err := os.ReadFile(from)
	if err != nil {
		return false
	}
	there, err := os.ReadFile(to)
	return err == nil && bytes.Equal(there, ours)
}
