// Run starts the whole of Lessonguard from a checkout: the filter, the practice
// platform and the app, with all state under .run/. It is what "make run"
// calls; with --check it walks the main job by itself.
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
)

// Where the parts answer.
const (
	filterAddr   = "127.0.0.1:5354"
	platformAddr = "127.0.0.1:8710"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "run:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	lists := flag.String("lists", "", "`DIR` of real blocklists, a folder for each category")
	check := flag.Bool("check", false, "walk the main job and exit 0 or 1")
	dir := flag.String("dir", ".run", "`DIR` for all state")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unknown words %q: see --help", flag.Args())
	}
	for _, path := range []*string{lists, dir} {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = abs
	}
	if *check {
		return walk(ctx, *dir, *lists)
	}
	return trial(ctx, *dir, *lists)
}

// trial runs everything until it is interrupted or the app is closed.
func trial(ctx context.Context, dir, lists string) error {
	h := newHouse(dir, lists)
	defer h.close()
	if err := h.prepare(); err != nil {
		return err
	}
	shown := os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
	if !shown {
		fmt.Println("There is no display: the app runs on one in memory, and its picture is in " + filepath.Join(dir, "screen.png") + ".")
		if err := h.startDisplay(ctx); err != nil {
			return err
		}
	}
	if err := h.startPlatform(ctx); err != nil {
		return err
	}
	if err := h.startFilter(ctx, ""); err != nil {
		return err
	}
	app, err := h.startApp(ctx)
	if err != nil {
		return err
	}
	fmt.Printf(`
The filter answers at %s, the practice platform at http://%s/
(sign in with %s). Nobody reads what is sent to it.

Three things to try:
  dig @127.0.0.1 -p 5354 example.com             an open name
  dig @127.0.0.1 -p 5354 www.pornhub.com         a closed one: 0.0.0.0, EDE 17
  dig @127.0.0.1 -p 5354 www.roblox.com          open, until lesson mode is on

Ctrl-C, or closing the window, ends all of it.
`, filterAddr, platformAddr, h.password)
	if !shown {
		if err := h.picture(ctx, app, filepath.Join(dir, "screen.png")); err != nil {
			return err
		}
	}
	return h.wait(ctx, app)
}
