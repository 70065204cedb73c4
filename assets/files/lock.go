package files

import (
	"errors"
	"fmt"
	"os"
)

// ErrLocked says that another process has the lock.
var ErrLocked = errors.New("another process has it")

// Lock takes the file at path, made where there is none, for this process, or
// returns [ErrLocked] at once. Closing what it returns lets go of the lock, and
// so does the end of the process, however it ends. The file stays: whoever
// removed it would let two have it.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return f, nil
}
