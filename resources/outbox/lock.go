package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lessonguard/assets/files"
)

// lockTimeout is far longer than any process needs the lock for.
const lockTimeout = 10 * time.Second

var errHeld = errors.New("another program of this account has held it for ten seconds: end that one")

// lock takes the file as a lock for all processes of the account. The system
// lets go of it when the process dies. It is asked for again and again rather
// than waited for, so that a process stopped with the lock in hand holds up
// nobody for long: a child who is told that nothing was saved can phone.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lockTimeout, errHeld)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		f, err := files.Lock(path)
		if err == nil {
			return func() { f.Close() }, nil // closing lets go
		}
		if !errors.Is(err, files.ErrLocked) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("locking %s: %w", path, context.Cause(ctx))
		case <-again.C:
		}
	}
}
