package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	cmd := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", "1100x760x24", "+extension", "GLX", "-nolisten", "tcp", "-noreset")
	x, err := h.start(ctx, "xvfb", cmd)
	if err != nil {
		return err
	}
	number, err := x.line(ctx, "")
	if err != nil {
		return err
	}
	h.display = ":" + strings.TrimSpace(number)
	_, err = h.start(ctx, "openbox", h.onDisplay(exec.Command("openbox")))
	return err
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

// window waits for the app's window and returns its number.
func (h *house) window(ctx context.Context, app *process) (string, error) {
	cmd := h.onDisplay(exec.CommandContext(ctx, "timeout", "60", "xdotool", "search", "--sync", "--onlyvisible", "--name", "^"+windowTitle+"$"))
	out, err := cmd.Output()
	if err != nil {
		select {
		case <-app.done:
			return "", app.died()
		default:
			return "", fmt.Errorf("waiting for the window: %w; the app's output is in %s", err, app.log.Name())
		}
	}
	ids := strings.Fields(string(out))
	return ids[len(ids)-1], nil
}

// picture saves what the display shows once the app's window is there.
func (h *house) picture(ctx context.Context, app *process, path string) error {
	if _, err := h.window(ctx, app); err != nil {
		return err
	}
	if err := h.still(ctx); err != nil {
		return err
	}
	return h.shoot(ctx, path)
}

func (h *house) shoot(ctx context.Context, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if out, err := h.onDisplay(exec.CommandContext(ctx, "import", "-window", "root", path)).CombinedOutput(); err != nil {
		return fmt.Errorf("taking a picture: %w: %s", err, out)
	}
	return nil
}
