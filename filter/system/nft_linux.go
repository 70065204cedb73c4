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
)

// The nft hook redirects every question that leaves this PC to the service, by
// a table that the kernel ties to a process (see [Hold]). That process lives as
// long as we do and hardly longer, because a table without a service is a family
// without internet.
type nftHook struct {
	config HookConfig

	mu      sync.Mutex // held while the table is changed
	holder  *nftHolder // nil unless the hook is set
	rules   HookRules  // that hold
	number  int        // of times they were set
	settled bool       // whether what slips past is refused
	// resolved is set where systemd-resolved has to be pointed at us besides.
	resolved *tunHook
}

func newNft(c HookConfig) *nftHook { return &nftHook{config: c} }

func (*nftHook) Name() string { return "nft" }

// possible asks nft and the kernel whether they would take our rules.
func (h *nftHook) possible(ctx context.Context) error {
	if len(h.config.Holder) == 0 {
		return errors.New("holding the table: no command for that is given")
	}
	rules, err := nftRules(h.config, HookRules{CloseBypass: true}, 1, true)
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
	r = h.tellResolved(ctx, r)
	if h.holder != nil && !h.holder.lost() {
		// Whoever ended nft has ended its holder, too, which is not gone yet.
		if held, err := nftHolds(nftMark(h.number)); err != nil || held {
			return h.change(ctx, r)
		}
		h.holder.end()
	}
	// That of a service before us, or of a holder that was killed, may be going.
	going, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := nftGone(going); err != nil {
		h.leaveResolved()
		return fmt.Errorf("%w: another service holds it", err)
	}
	holder, err := startHolder(h.config)
	if err != nil {
		h.leaveResolved()
		return err
	}
	h.holder, h.number, h.settled = holder, 0, false
	if err := h.change(ctx, r); err != nil {
		h.holder = nil
		holder.end()
		h.leaveResolved()
		return err
	}
	// What is under way keeps the way it began with, for minutes.
	if err := forgetDirect(); err != nil {
		h.config.Log.Warn("questions already under way are not caught", slog.Any("err", err))
	}
	go h.settle(holder)
	return nil
}

// settle makes the kernel forget what late answers leave behind, until no more
// of them come: they look as if the resolver had begun, and what a program then
// asks from the same socket as an answer to that. From then on it is refused.
func (h *nftHook) settle(holder *nftHolder) {
	for _, wait := range []time.Duration{50, 150, 800, 2000} {
		select {
		case <-holder.done:
			return
		case <-time.After(wait * time.Millisecond):
			_ = forgetDirect() // Set has said it, if it cannot
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holder != holder {
		return
	}
	h.settled = true
	if err := h.change(context.Background(), h.rules); err != nil {
		h.config.Log.Warn("questions that slip past are not refused", slog.Any("err", err))
	}
}

// change tells nft the rules and waits until they hold.
func (h *nftHook) change(ctx context.Context, r HookRules) error {
	rules, err := nftRules(h.config, r, h.number+1, h.settled)
	if err != nil {
		return err
	}
	if err := h.holder.tell(rules); err != nil {
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
			h.rules = r
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for nft to set the rules: %w%s", ctx.Err(), h.holder.said.after(": "))
		case <-h.holder.done:
			return fmt.Errorf("setting the rules: their holder ended: %w%s", h.holder.err, h.holder.said.after(": "))
		case <-h.holder.said.heard:
			return fmt.Errorf("setting the rules: nft says%s", h.holder.said.after(": "))
		case <-tick.C:
		}
	}
}

// Check asks the kernel, and not only the holder: what holds is what counts.
func (h *nftHook) Check(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holder == nil {
		return ErrNotHeld
	}
	if h.holder.lost() {
		return fmt.Errorf("%w: the process that held it ended: %w%s", ErrLost, h.holder.err, h.holder.said.after(": "))
	}
	held, err := nftHolds(nftMark(h.number))
	if err != nil {
		return err
	}
	if !held {
		return fmt.Errorf("%w: the table is gone", ErrLost)
	}
	if h.resolved == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, resolvedTime)
	defer cancel()
	return h.resolved.Check(ctx)
}

func (h *nftHook) Restore(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.holder != nil {
		h.holder.end()
		h.holder = nil
	}
	h.leaveResolved()
	there, err := endNftOwner(ctx)
	if err != nil {
		return err
	}
	if there {
		h.config.Log.Info("ended what sent this PC's questions to Lessonguard (the nftables table " + nftTable + ")")
	}
	// Those that were redirected would go on to ask us, wherever another nat
	// table keeps translation alive. The table is gone all the same: that some
	// kernel does not forget them is no reason to take the PC for not put back.
	if err := forgetRedirected(); err != nil && there {
		h.config.Log.Warn("questions already under way may go unanswered", slog.Any("err", err))
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
