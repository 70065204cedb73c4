package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/windows/svc"

	"lessonguard/filter/system"
)

// serviced runs a command as a service where the Service Control Manager has
// started us, else as any program.
func serviced(ctx context.Context, std stdio, args []string, run command) error {
	if isService, err := svc.IsWindowsService(); err == nil && isService {
		return asService(ctx, args, run)
	}
	return run(ctx, std, args)
}

// asService runs a command until the Service Control Manager says stop. It has no
// standard output, so what it says goes to a file.
func asService(ctx context.Context, args []string, run command) error {
	log, err := openLog(filepath.Join(stateDir, logName))
	if err != nil {
		return err
	}
	defer log.Close()
	s := &managed{ctx: ctx, run: func(ctx context.Context) error {
		return run(ctx, stdio{bufio.NewReader(strings.NewReader("")), io.Discard, log, nil}, args)
	}}
	if err := svc.Run(system.WindowsService, s); err != nil {
		return fmt.Errorf("running as a service of Windows: %w", err)
	}
	if s.err != nil {
		fmt.Fprintln(log, "lessonguardd:", s.err)
	}
	return s.err
}

// A managed service is what the Service Control Manager speaks to.
type managed struct {
	ctx context.Context //nolint:containedctx // its interface takes none
	run func(context.Context) error
	err error
}

// stopHint is how long Windows may have to wait for a stopping service: putting
// the PC back takes five seconds at most.
const stopHint = 10 * time.Second

// Execute implements [svc.Handler]. A service that ends by itself has failed, also
// where it does so without an error, and Windows starts it again.
func (s *managed) Execute(_ []string, asked <-chan svc.ChangeRequest, said chan<- svc.Status) (specific bool, code uint32) {
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	now := svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	said <- now
	for {
		select {
		case s.err = <-done:
			if s.err == nil && ctx.Err() != nil {
				return false, 0
			}
			return true, 1
		case r := <-asked:
			switch r.Cmd {
			case svc.Interrogate:
				said <- now
			case svc.Stop, svc.Shutdown:
				now = svc.Status{State: svc.StopPending, WaitHint: uint32(stopHint.Milliseconds())}
				said <- now
				stop()
			}
		}
	}
}

const (
	logName = "lessonguardd.log"
	maxLog  = 1 << 20
)

// openLog opens the service's log to write at its end. A long one makes room and
// is kept once.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".old"); err != nil {
			return nil, fmt.Errorf("opening the service's log: %w", err)
		}
	}
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the service's log: %w", err)
	}
	return log, nil
}
