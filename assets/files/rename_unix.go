//go:build unix

package files

import "os"

// rename gives a file another name; [SyncDir] puts that on the disk.
func rename(from, to string) error { return os.Rename(from, to) }
