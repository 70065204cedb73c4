package outbox

import (
	"context"
	"fmt"
	"os"
	"time"
)

// lock takes the file as a lock for all processes of the account. The system
// lets go of it when the process dies. It is asked for again and again rather
// than waited for, so that a process stopped with the lock in hand holds up
// nobody for longer than ctx.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking outbox: %w", err)
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		held, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		if held {
			return func() { f.Close() }, nil // closing lets go
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("locking %s: another program of this account holds it: %w", path, context.Cause(ctx))
		case <-again.C:
		}
	}
}
