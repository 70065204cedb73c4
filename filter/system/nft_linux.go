package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// The nft hook redirects every question that leaves this PC to the service, by
// a table that the kernel ties to a process. That process is an "nft -i", our
// child; it lives as long as we do and no longer, because a table without a
// service is a family without internet.
type nftHook struct {
	config HookConfig

	mu     sync.Mutex // held while the table is changed
	child  *nftChild  // nil unless the hook is set
	keeper *sweeper   // nil likewise, and without a command for it
	number int        // of the rules that hold
}

func newNft(c HookConfig) *nftHook { return &nftHook{config: c} }

func (*nftHook) Name() string { return "nft" }

// possible asks nft and the kernel whether they would take our rules.
func (h *nftHook) possible(ctx context.Context) error {
	rules, err := nftRules(h.config, HookRules{CloseBypass: true}, 1)
	if err != nil {
		return err
	}
	cmd, err := nftCommand(ctx, "--check", "--file", "-")
	if err != nil {
		return err
	}
	cmd.Stdin = strings.NewReader(rules)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("asking nft whether it takes our rules: %w: %s", err, firstLine(string(out)))
	}
	o, err := OpenOrigins()
	if err != nil {
		return err
	}
	return o.Close()
}

func (h *nftHook) Set(ctx context.Context, r HookRules) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := listening(ctx, h.config.Listen); err != nil {
		return err
	}
	// First the one that stays behind: the table never stands without it.
	if err := h.keep(); err != nil {
		return err
	}
	if h.child != nil && !h.child.lost() {
		return h.change(ctx, r)
	}
	child, err := startNft()
	if err != nil {
		return err
	}
	h.child, h.number = child, 0
	if err := h.change(ctx, r); err != nil {
		h.child = nil
		child.end()
		return err
	}
	// What is under way keeps the way it began with, for minutes.
	if err := forgetQuestions(); err != nil {
		h.config.Log.Warn("questions already under way are not caught", slog.Any("err", err))
	}
	return nil
}

// keep starts the sweeper, if it does not run.
func (h *nftHook) keep() error {
	if len(h.config.Sweep) == 0 || h.keeper != nil && !h.keeper.lost() {
		return nil
	}
	keeper, err := startSweeper(h.config.Sweep, h.config.Sockets)
	if err != nil {
		return err
	}
	h.keeper = keeper
	return nil
}

// change gives the child the rules and waits until they hold.
func (h *nftHook) change(ctx context.Context, r HookRules) error {
	rules, err := nftRules(h.config, r, h.number+1)
	if err != nil {
		return err
	}
	if err := h.child.tell(rules); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		held, err := nftHolds(nftMark(h.number + 1))
		if err != nil {
			return err
		}
		if held {
			h.number++
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for nft to set the rules: %w", ctx.Err())
		case <-h.child.done:
			return fmt.Errorf("setting the rules: nft ended: %w%s", h.child.err, h.child.said.after(": "))
		case <-h.child.said.heard:
			return fmt.Errorf("setting the rules: nft says%s", h.child.said.after(": "))
		case <-tick.C:
		}
	}
}

// Check asks the kernel, and not only the child: what holds is what counts.
func (h *nftHook) Check(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.child == nil {
		return ErrNotHeld
	}
	if h.child.lost() {
		return fmt.Errorf("%w: the nft that held it ended: %w", ErrLost, h.child.err)
	}
	if h.keeper != nil && h.keeper.lost() {
		return fmt.Errorf("%w in part: the process that watches over us ended: %w", ErrLost, h.keeper.err)
	}
	held, err := nftHolds(nftMark(h.number))
	if err != nil {
		return err
	}
	if !held {
		return fmt.Errorf("%w: the table is gone", ErrLost)
	}
	return nil
}

func (h *nftHook) Restore(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.child != nil {
		h.child.end()
		h.child = nil
	}
	if err := endNftOwner(ctx); err != nil {
		return err
	}
	if h.keeper != nil {
		h.keeper.end()
		h.keeper = nil
	}
	// Those that were redirected would go on to ask us, wherever another nat
	// table keeps translation alive.
	if err := forgetQuestions(); err != nil && !errors.Is(err, unix.EPERM) {
		return err
	}
	return nil
}

// nftCommand returns a command that runs nft. A service without a shell's PATH
// finds it too.
func nftCommand(ctx context.Context, args ...string) (*exec.Cmd, error) {
	path, err := exec.LookPath("nft")
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		if err == nil {
			break
		}
		path, err = exec.LookPath(filepath.Join(dir, "nft"))
	}
	if err != nil {
		return nil, errors.New("finding the program nft: it is not installed (package nftables)")
	}
	cmd := exec.CommandContext(ctx, path, args...)
	// HOME is where nft -i would keep a history of what it was told.
	cmd.Env = []string{"HOME=/dev/null", "LC_ALL=C", "TERM=dumb", "PATH=" + os.Getenv("PATH")}
	return cmd, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
