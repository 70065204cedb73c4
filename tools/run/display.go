package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// startDisplay starts a display in memory with a window manager, and sets
// DISPLAY to it for what is started later.
func (h *house) startDisplay(ctx context.Context) error {
	for _, needed := range []string{"Xvfb", "openbox", "xdotool", "import"} {
		if _, err := exec.LookPath(needed); err != nil {
			return fmt.Errorf("a display in memory needs %s: run tools/packages.sh run", needed)
		}
	}
	// Xvfb finds a free number and says which on the given descriptor.
	cmd := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", "1100x760x24", "+extension", "GLX", "-nolisten", "tcp", "-noreset", "-ac")
	x, err := h.start(ctx, "xvfb", cmd)
	if err != nil {
		return err
	}
	// It may complain first of numbers that are taken.
	number, err := x.says(ctx, "the number of its display", func(line string) (string, bool) {
		_, err := strconv.ParseUint(line, 10, 16)
		return line, err == nil
	})
	if err != nil {
		return err
	}
	h.display = ":" + number
	if _, err = h.start(ctx, "openbox", h.onDisplay(exec.Command("openbox"))); err != nil {
		return err
	}
	// A busy machine would repeat a key that is held for long.
	if out, err := h.onDisplay(exec.CommandContext(ctx, "xset", "r", "off")).CombinedOutput(); err != nil {
		return fmt.Errorf("switching key repeat off: %w: %s", err, out)
	}
	return nil
}

// onDisplay gives a command the display that was started, or leaves it the
// user's own.
func (h *house) onDisplay(cmd *exec.Cmd) *exec.Cmd {
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	if h.display != "" {
		cmd.Env = append(cmd.Env, "DISPLAY="+h.display, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11", "LIBGL_ALWAYS_SOFTWARE=1")
	}
	return cmd
}

// window waits for the app's window and remembers it as the guardian's.
func (h *house) window(ctx context.Context, app *process) (string, error) {
	id, err := h.find(ctx, app)
	h.guardian = id
	return id, err
}

// learnerWindow waits for a window that is not the guardian's, and returns it.
func (h *house) learnerWindow(ctx context.Context, app *process) (string, error) {
	id, err := h.find(ctx, app, h.guardian)
	if err != nil {
		return "", err
	}
	return id, h.drawn(ctx)
}

// shut closes a program's window, as a person does, and waits for the program
// to end with it: there is no tray on a display in memory.
func (h *house) shut(ctx context.Context, app *process, window string) error {
	if err := h.xdotool(ctx, "windowactivate", "--sync", window, "key", "alt+F4"); err != nil {
		return err
	}
	select {
	case <-app.done:
		return app.err
	case <-time.After(time.Minute):
		return fmt.Errorf("%s goes on without its window", app.name)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// find waits for a window of the program that is none of those known. Which of
// several is listed first depends on how they lie upon each other.
func (h *house) find(ctx context.Context, app *process, known ...string) (string, error) {
	for range 300 {
		// It fails while there is none.
		out, _ := h.onDisplay(exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--name", "^"+windowTitle+"$")).Output()
		for _, id := range strings.Fields(string(out)) {
			if !slices.Contains(known, id) {
				return id, nil
			}
		}
		select {
		case <-app.done:
			return "", app.died()
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return "", fmt.Errorf("no window of %s appears; its output is in %s", app.name, app.log.Name())
}

// picture saves what the display shows once the app's window is there.
func (h *house) picture(ctx context.Context, app *process, path string) error {
	if _, err := h.window(ctx, app); err != nil {
		return err
	}
	if err := h.drawn(ctx); err != nil {
		return err
	}
	return h.shoot(ctx, path)
}

// shootWindow saves a picture of the window that has the focus.
func (h *house) shootWindow(ctx context.Context, path string) error {
	out, err := h.onDisplay(exec.CommandContext(ctx, "xdotool", "getactivewindow")).Output()
	if err != nil {
		return fmt.Errorf("finding the active window: %w", err)
	}
	return h.save(ctx, strings.TrimSpace(string(out)), path)
}

// shoot saves a picture of the whole display.
func (h *house) shoot(ctx context.Context, path string) error { return h.save(ctx, "root", path) }

func (h *house) save(ctx context.Context, window, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if out, err := h.onDisplay(exec.CommandContext(ctx, "import", "-window", window, path)).CombinedOutput(); err != nil {
		return fmt.Errorf("taking a picture: %w: %s", err, out)
	}
	return nil
}
