// Soak runs the filter under a mixed load for a long time, swaps its lists all
// the while, and writes down what came of it: every question and its answer, and
// the memory of the service.
//
//	soak [-for 20m] [-lists DIR] [-daemon FILE] [-out FILE]
//
// It needs Linux, whose /proc it reads. Everything it makes is in a folder of its
// own that is removed at the end; it asks no network anything.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// settled is how long the service is given to take what memory it needs before
// growth counts, and rest how long it is left alone at the end.
const (
	settled = 2 * time.Minute
	rest    = 15 * time.Second
	sample  = 5 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := soak(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		stop()
		os.Exit(1)
	}
}

func soak(ctx context.Context) error {
	length := flag.Duration("for", 20*time.Minute, "how long")
	lists := flag.String("lists", "", "`DIR` of real lists besides those that are made: a folder for each category")
	daemon := flag.String("daemon", "bin/lessonguardd", "the service, a `FILE`")
	out := flag.String("out", "docs/soak.md", "`FILE` for the report")
	every := flag.Duration("swap", 10*time.Second, "the time between two sets of lists")
	askers := flag.Int("askers", 24, "how many ask at once over UDP; half as many do over TCP")
	flag.Parse()
	program, err := filepath.Abs(*daemon)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lessonguard-soak-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	up, err := listenUpstream()
	if err != nil {
		return err
	}
	defer up.close()

	// How many goroutines a service has that has just answered its first questions.
	s, err := start(ctx, program, filepath.Join(dir, "fresh"), *lists, up.at)
	if err != nil {
		return err
	}
	fresh := newTally()
	if err := fresh.ask(ctx, s.at, 4, time.Second); err != nil {
		return errors.Join(err, s.stop())
	}
	pause(ctx, rest)
	before, err := s.dump()
	if err != nil {
		return err
	}

	s, err = start(ctx, program, filepath.Join(dir, "state"), *lists, up.at)
	if err != nil {
		return err
	}
	r := &report{began: time.Now(), fresh: before, tally: newTally(), program: program, lists: *lists}
	soaking, cancel := context.WithTimeout(ctx, *length)
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		r.watch(soaking, s)
	}()
	swapped := make(chan error, 1)
	go func() { swapped <- s.swapLists(soaking, *every, &r.swaps) }()
	asked := r.tally.ask(soaking, s.at, *askers, 0)
	r.took = time.Since(r.began)
	cancel()
	<-watched
	if err := errors.Join(asked, <-swapped, ctx.Err()); err != nil {
		return errors.Join(err, s.stop())
	}
	pause(ctx, rest)
	r.last = s.usage()
	if r.left, err = s.dump(); err != nil {
		return err
	}
	return r.write(*out)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
