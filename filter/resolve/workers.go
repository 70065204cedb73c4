package resolve

import (
	"context"
	"sync"
	"sync/atomic"
)

// Workers run what has to wait for an upstream. Some of them stay for the next
// job: the stack of a goroutine grows while it works, and growing a new one for
// each question took a tenth of the question's time.
type workers struct {
	jobs    chan func()
	idle    atomic.Int64
	running sync.WaitGroup
}

const maxIdle = 64

// run runs job on a worker that has nothing to do, or on a new one. Workers
// leave when ctx is done.
func (w *workers) run(ctx context.Context, job func()) {
	select {
	case w.jobs <- job:
		return
	default:
	}
	w.running.Go(func() {
		for {
			job()
			if w.idle.Add(1) > maxIdle {
				w.idle.Add(-1)
				return
			}
			select {
			case job = <-w.jobs:
				w.idle.Add(-1)
			case <-ctx.Done():
				return
			}
		}
	})
}
