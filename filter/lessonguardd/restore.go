package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"lessonguard/filter/control"
	"lessonguard/filter/system"
)

// restore puts back what a service left that did not end in order, and says
// what. It may be done at any time and again.
func restore(ctx context.Context, std stdio, args []string) error {
	f := flags(std, "restore", "put this PC's name resolution back as it was without the filter (administrators only)")
	dir := f.String("state", stateDir, "`DIR` that keeps the service's state")
	path := f.String("control", control.DefaultPath, "`PATH` of the running service's control socket")
	unless := f.Bool("unless-running", false, "do nothing where the service is running, and answers")
	if _, err := parse(f, args); err != nil {
		return err
	}
	if *unless && running(ctx, *path) {
		_, err := fmt.Fprintln(std.out, "nothing was put back: the service is running")
		return err
	}
	if err := newSupervisor().Elevated("restore"); err != nil {
		return err
	}
	said := &putBack{out: std.out}
	err := system.Restore(ctx, system.HookConfig{Listen: usualListen, Dir: *dir, Log: slog.New(said)})
	if err != nil {
		return fmt.Errorf("putting this PC back: %w", err)
	}
	if said.times == 0 {
		fmt.Fprintln(std.out, "nothing was left to put back: this PC resolves names as it does without Lessonguard")
	}
	if running(ctx, *path) {
		fmt.Fprintln(std.out, "the service is running, and becomes this PC's resolver again: stop it first")
	}
	return nil
}

// running reports whether a service answers at path. One that hangs is the very
// reason to put a PC back, and is not waited for.
func running(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := control.NewClient(path).Status(ctx)
	return err == nil
}

// A putBack prints what [system.Restore] logs that it did, a line each.
type putBack struct {
	out   io.Writer
	times int
}

// Enabled implements [slog.Handler].
func (*putBack) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle implements [slog.Handler].
func (p *putBack) Handle(_ context.Context, r slog.Record) error {
	p.times++
	_, err := fmt.Fprintln(p.out, r.Message)
	return err
}

// WithAttrs implements [slog.Handler].
func (p *putBack) WithAttrs([]slog.Attr) slog.Handler { return p }

// WithGroup implements [slog.Handler].
func (p *putBack) WithGroup(string) slog.Handler { return p }
