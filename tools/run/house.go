package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const windowTitle = "Lessonguard"

// A house is everything that was started, and where its state is.
type house struct {
	dir, lists string
	display    string // what startDisplay started; empty: the user's own
	guardian   string // the number of the guardian's window
	password   string // of the practice platform
	invite     string // the code that a family enrols with
	started    []*process
}

func newHouse(dir, lists string) *house { return &house{dir: dir, lists: lists} }

// prepare makes the directories, and finds out what would go wrong.
func (h *house) prepare() error {
	// The way to the socket is open to every account, as the socket is.
	if err := os.MkdirAll(h.dir, 0o755); err != nil {
		return err
	}
	for _, d := range []string{"filter", "platform", "config", "logs"} {
		if err := os.MkdirAll(filepath.Join(h.dir, d), 0o700); err != nil {
			return err
		}
	}
	for _, program := range []string{"lessonguard", "lessonguardd", "lessonguard-platform"} {
		if _, err := os.Stat(filepath.Join("bin", program)); err != nil {
			return fmt.Errorf("bin/%s is missing: build it with make build", program)
		}
	}
	return nil
}

func (h *house) control() string { return filepath.Join(h.dir, "control.sock") }

// start starts a program that close will end.
func (h *house) start(ctx context.Context, name string, cmd *exec.Cmd) (*process, error) {
	p, err := start(ctx, filepath.Join(h.dir, "logs"), name, cmd)
	if err == nil {
		h.started = append(h.started, p)
	}
	return p, err
}

// close ends what was started, the last first.
func (h *house) close() {
	for _, p := range slices.Backward(h.started) {
		p.stop()
	}
}

// startPlatform starts the practice platform and reads what it prints.
func (h *house) startPlatform(ctx context.Context) error {
	state := filepath.Join(h.dir, "platform")
	p, err := h.start(ctx, "platform", exec.Command("bin/lessonguard-platform",
		"--practice", "--listen", platformAddr, "--state", state, "--oversight-key", filepath.Join(h.dir, "oversight.key")))
	if err != nil {
		return err
	}
	if h.password, err = p.line(ctx, "one-time password: "); err != nil {
		return err
	}
	h.invite, err = p.line(ctx, "invite code: ")
	return err
}

// startFilter starts the filter, with the PC's own resolvers or the one given.
func (h *house) startFilter(ctx context.Context, upstream string) error {
	args := []string{"run", "--listen", filterAddr, "--state", filepath.Join(h.dir, "filter"), "--control", h.control(), "--hook", "none"}
	if h.lists != "" {
		args = append(args, "--lists", h.lists)
	}
	if upstream != "" {
		args = append(args, "--upstream", upstream)
	}
	p, err := h.start(ctx, "filter", exec.Command("bin/lessonguardd", args...))
	if err != nil {
		return err
	}
	_, err = p.line(ctx, "answers at")
	return err
}

// onBus is what a session starts, in place of the command that follows it: it
// notes where the session's bus is, and every notification that is sent there.
func onBus(log string) []string {
	return []string{"sh", "-c", `echo "$DBUS_SESSION_BUS_ADDRESS" >"$0.address"
dbus-monitor --session "interface='org.freedesktop.Notifications'" >"$0" 2>/dev/null &
exec "$@"`, log}
}

// startApp starts the desktop program as the guardian: the account that runs
// this. On a display in memory it has a session bus and a keyring of its own.
func (h *house) startApp(ctx context.Context) (*process, error) {
	invite := filepath.Join(h.dir, "invite")
	if err := os.WriteFile(invite, []byte(h.invite+"\n"), 0o600); err != nil {
		return nil, err
	}
	args := []string{"bin/lessonguard", "--control", h.control(), "--config", filepath.Join(h.dir, "config"), "--practice", "--invite", invite}
	if h.display != "" {
		args = slices.Concat([]string{"tools/desktop/keyring.sh"}, onBus(filepath.Join(h.dir, "logs", "bus.log")), args)
	}
	cmd := h.onDisplay(exec.Command(args[0], args[1:]...))
	if h.display != "" {
		if err := browser(filepath.Dir(h.browser())); err != nil {
			return nil, err
		}
		cmd.Env = append(cmd.Env, "PATH="+filepath.Dir(h.browser())+":"+os.Getenv("PATH"))
	}
	return h.start(ctx, "app", cmd)
}

// browser is the file that notes what the guardian's web browser would open, on
// a display in memory.
func (h *house) browser() string { return filepath.Join(h.dir, "browser", "opened") }

// browser puts a web browser into dir that shows nothing, and notes what it is
// to open in the file "opened" there.
func browser(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	script := "#!/bin/sh\necho \"$1\" >>\"" + dir + "/opened\"\n"
	return os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o755) //nolint:gosec // a program
}

// startLearner starts the desktop program as a second OS account, which only
// root can do. What its web browser opens is noted in home/browser/opened.
func (h *house) startLearner(ctx context.Context, uid uint32, home string) (*process, error) {
	args := slices.Concat([]string{"--"}, onBus(filepath.Join(home, "bus.log")),
		[]string{"bin/lessonguard", "--control", h.control(), "--config", filepath.Join(home, "config")})
	cmd := exec.Command("dbus-run-session", args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "PATH="+filepath.Join(home, "browser")+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	return h.start(ctx, "learner", h.onDisplay(cmd))
}

// wait waits for the interrupt, for the app to be closed, or for anything to
// end that should not.
func (h *house) wait(ctx context.Context, app *process) error {
	ended := make(chan *process, len(h.started))
	for _, p := range h.started {
		go func() { <-p.done; ended <- p }()
	}
	select {
	case <-ctx.Done():
		return nil
	case p := <-ended:
		if p == app && p.err == nil {
			return nil
		}
		return p.died()
	}
}

// drawn waits until the display shows a screen, and the same one twice: a window
// that has just opened is one colour for a while.
func (h *house) drawn(ctx context.Context) error {
	var last [sha256.Size]byte
	for range 200 {
		var out bytes.Buffer
		cmd := h.onDisplay(exec.CommandContext(ctx, "import", "-window", "root", "-depth", "8", "rgb:-"))
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("looking at the display: %w", err)
		}
		now := sha256.Sum256(out.Bytes())
		if now == last && colours(out.Bytes()) > 200 {
			return nil
		}
		last = now
		if err := pause(ctx, 150*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the display does not come to rest")
}

// colours counts the colours of a picture of three bytes a point: text alone
// has dozens of them.
func colours(rgb []byte) int {
	seen := map[[3]byte]bool{}
	for ; len(rgb) >= 3; rgb = rgb[3:] {
		seen[[3]byte(rgb)] = true
	}
	return len(seen)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keys types into the window that has the focus: names of keys as xdotool has
// them, "Tab*3" for three of them, "tick*3" for going on to the next three
// things and ticking each, or text after a leading "=".
func (h *house) keys(ctx context.Context, all ...string) error {
	for _, k := range all {
		if text, ok := strings.CutPrefix(k, "="); ok {
			if err := h.xdotool(ctx, "type", "--delay", "30", text); err != nil {
				return err
			}
			continue
		}
		name, times, _ := strings.Cut(k, "*")
		n, err := strconv.Atoi(cmp.Or(times, "1"))
		if err != nil {
			return fmt.Errorf("pressing %s: %w", k, err)
		}
		names := []string{name}
		if name == "tick" {
			names = []string{"Tab", "space"}
		}
		press := append([]string{"key", "--delay", "40"}, slices.Repeat(names, n)...)
		if err := h.xdotool(ctx, press...); err != nil {
			return err
		}
		if err := pause(ctx, 60*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) xdotool(ctx context.Context, args ...string) error {
	if out, err := h.onDisplay(exec.CommandContext(ctx, "xdotool", args...)).CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool %v: %w: %s", args, err, out)
	}
	return nil
}

// lendTo gives another account a home directory, with the same light colours.
func (h *house) lendTo(home string, uid int) error {
	config := filepath.Join(home, "config")
	if err := os.Mkdir(config, 0o700); err != nil {
		return err
	}
	settings := filepath.Join(config, "settings.json")
	if err := os.WriteFile(settings, []byte(`{"palette":"light","scale":1}`), 0o600); err != nil {
		return err
	}
	if err := browser(filepath.Join(home, "browser")); err != nil {
		return err
	}
	for _, path := range []string{home, config, settings, filepath.Join(home, "browser")} {
		if err := os.Chown(path, uid, uid); err != nil {
			return err
		}
	}
	return nil
}
