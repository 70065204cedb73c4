package main

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lessonguard/filter/engine"
)

// TestStartWithoutLists has a service start although no list can be compiled, and
// take them as soon as they can; a trial says so and ends.
func TestStartWithoutLists(t *testing.T) {
	for name, trial := range map[string]bool{"installed": false, "trial": true} {
		t.Run(name, func(t *testing.T) {
			var e *engine.Engine
			c, content, err := newCompiler(compilerConfig{
				dir: t.TempDir(), trial: trial, engine: func() *engine.Engine { return e }, log: slog.New(slog.DiscardHandler),
				resolvers: func() []netip.AddrPort { return nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			c.program, c.settle = filepath.Join(t.TempDir(), "lessonguardd"), time.Millisecond // it is not there yet
			if e, err = engine.New(engine.Config{Dir: c.dir, Content: content, Library: c, Now: time.Now, Logger: c.log}); err != nil {
				t.Fatal(err)
			}
			if err := c.start(t.Context()); (err != nil) != trial {
				t.Fatalf("start = %v", err)
			}
			if trial {
				return
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			ended := make(chan error)
			go func() { ended <- c.run(ctx) }()
			if err := os.Symlink(must(os.Executable()), c.program); err != nil {
				t.Fatal(err)
			}
			names := 0
			for s := range e.Watch(ctx) {
				if names = s.Names; names > 0 {
					break
				}
			}
			if names == 0 {
				t.Error("the lists are not in force, although they can be compiled")
			}
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("run = %v", err)
			}
		})
	}
}
