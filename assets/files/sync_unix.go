//go:build unix

package files

import (
	"errors"
	"fmt"
	"os"
)

// SyncDir puts the names in dir on the disk; without it a renamed file can be
// gone after a power cut.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("syncing %s: %w", dir, err)
	}
	return nil
}
