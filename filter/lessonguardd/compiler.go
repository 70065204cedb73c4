package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"lessonguard/filter/engine"
	"lessonguard/filter/index"
)

// A compiler has the lists compiled by a child process, so that hostile input
// and peak memory stay out of the service, and publishes what comes of it.
type compiler struct {
	dir    string // state directory
	lists  string // folder of lists; empty: only those that ship
	engine *engine.Engine
	log    *slog.Logger
	trial  bool // lists that cannot be compiled end the program
}

// start publishes the index of the last run. Where there is none it has the
// lists that ship compiled first, so that no question finds the filter empty.
func (c *compiler) start(ctx context.Context) error {
	err := c.publish()
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		c.log.Warn("index cannot be used and is compiled anew", "err", err)
	}
	if err := c.compile(ctx, ""); err != nil {
		return err
	}
	return c.publish()
}

// run brings the index up to date once, then waits until ctx is done. Lists
// that cannot be compiled leave the last good index in force, save in a trial:
// whoever gave them would take what is open for what they close.
func (c *compiler) run(ctx context.Context) error {
	if err := c.compile(ctx, c.lists); err != nil {
		if c.trial && ctx.Err() == nil {
			return err
		}
		if ctx.Err() == nil {
			c.log.Error("lists not brought up to date; the last good ones stay in force", "err", err)
		}
	} else if err := c.publish(); err != nil {
		c.log.Error("new index cannot be used; the last one stays in force", "err", err)
	}
	<-ctx.Done()
	return nil
}

func (c *compiler) publish() error {
	x, err := index.Open(filepath.Join(c.dir, indexFile), c.engine.Key())
	if err != nil {
		return err
	}
	c.engine.Publish(x) // the old one is unmapped when the last query is done with it
	return nil
}

func (c *compiler) compile(ctx context.Context, lists string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("compiling lists: %w", err)
	}
	args := []string{"lists", "compile", "--state", c.dir}
	if lists != "" {
		args = append(args, "--lists", lists)
	}
	child := exec.CommandContext(ctx, self, args...)
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	if err := child.Run(); err != nil {
		last := strings.TrimSpace(out.String())
		if _, said, ok := strings.Cut(last, "lessonguardd: "); ok {
			last = said
		}
		return fmt.Errorf("compiling lists: %s", last)
	}
	c.log.Info("lists compiled", "result", strings.TrimSpace(out.String()))
	return nil
}
