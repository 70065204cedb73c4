package system

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"lessonguard/assets/files"
)

// The hook of macOS puts a resolver for every name into the dynamic store, and
// rules into pf(4); see macdns.go for what becomes of both when the service dies.
// It catches whoever asks the system, and refuses most who ask a resolver of
// their own.
type macHook struct {
	config HookConfig

	mu     sync.Mutex
	set    bool
	closed bool // pf has our rules
	checks int
}

func candidates(c HookConfig) []candidate { return []candidate{&macHook{config: c.logged()}} }

func choose(ctx context.Context, c HookConfig, names []string) (Hook, error) {
	return first(ctx, candidates(c), names)
}

func restore(ctx context.Context, c HookConfig) error {
	var errs []error
	for _, h := range candidates(c) {
		errs = append(errs, h.Restore(ctx))
	}
	return errors.Join(errs...)
}

// Name is what the hook is called.
func (*macHook) Name() string { return "scutil" }

func (h *macHook) possible(ctx context.Context) error {
	if _, _, err := loopback(h.config.Listen); err != nil {
		return err
	}
	for _, at := range h.config.Listen {
		if at.Port() != 53 {
			return fmt.Errorf("naming %s in the dynamic store: only port 53 can be named there", at)
		}
	}
	if os.Geteuid() != 0 {
		return errors.New("changing this Mac's resolvers: only root may")
	}
	_, err := scutil(ctx, scutilShow)
	return err
}

// Set points the Mac at the service.
func (h *macHook) Set(ctx context.Context, r HookRules) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := listening(ctx, h.config.Listen); err != nil {
		return err
	}
	_, err := scutil(ctx, planScutil(h.config.Listen))
	if err == nil {
		var text string
		if text, err = scutil(ctx, scutilShow); err == nil {
			err = heldByScutil(text, h.config.Listen)
		}
	}
	if err != nil {
		if !h.set {
			return errors.Join(err, h.undo(ctx))
		}
		return err
	}
	h.set = true
	// Without them the system's resolver is caught all the same.
	if err := h.close(ctx, r); err != nil {
		h.closed = false
		h.config.Log.Warn("programs that ask a resolver of their own are not kept from it", "err", err)
	}
	if err := flushCache(ctx); err != nil {
		h.config.Log.Warn("macOS keeps what it has looked up before", "err", err)
	}
	return nil
}

// close gives pf our rules, in place of those from before, and switches it on.
func (h *macHook) close(ctx context.Context, r HookRules) error {
	main, err := pfctl(ctx, "", "-s", "rules")
	if err != nil {
		return err
	}
	if !strings.Contains(main, `anchor "com.apple/*"`) {
		return errors.New("setting rules of pf: /etc/pf.conf of this Mac does not have macOS's own anchor")
	}
	if _, err := pfctl(ctx, planPF(r), "-a", macAnchor, "-f", "-"); err != nil {
		return err
	}
	h.closed = true
	token := h.token()
	if _, err := os.Stat(token); err == nil || h.config.Dir == "" {
		return nil // it is on, and for us
	}
	text, said, err := macTool(ctx, "", "/sbin/pfctl", "-E")
	if err != nil {
		return fmt.Errorf("switching pf on: %w", err)
	}
	if err := files.Write(token, []byte(readPFToken(text+said)), 0o600); err != nil {
		return fmt.Errorf("writing down that pf was switched on: %w", err)
	}
	return nil
}

func (h *macHook) token() string { return filepath.Join(h.config.Dir, "pf.token") }

// pfChecks is how many checks go by for each that asks pf: it takes a process.
const pfChecks = 10

// Check reads back what was set.
func (h *macHook) Check(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.set {
		return ErrNotHeld
	}
	text, err := scutil(ctx, scutilShow)
	if err != nil {
		return err
	}
	if err := heldByScutil(text, h.config.Listen); err != nil {
		return err
	}
	if h.checks++; !h.closed || h.checks%pfChecks != 0 {
		return nil
	}
	rules, err := pfctl(ctx, "", "-a", macAnchor, "-s", "rules")
	if err != nil {
		return err
	}
	if !strings.Contains(rules, "block ") {
		return fmt.Errorf("%w: our rules of pf were removed", ErrLost)
	}
	return nil
}

// Restore puts everything back.
func (h *macHook) Restore(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.undo(ctx)
}

func (h *macHook) undo(ctx context.Context) error {
	var errs []error
	text, err := scutil(ctx, scutilShow)
	errs = append(errs, err)
	if servers, _ := readScutilShow(text); err != nil || len(servers) > 0 {
		if _, err := scutil(ctx, scutilRemove); err != nil {
			errs = append(errs, err)
		} else {
			h.config.Log.Info("The Mac asks again whom it asked before Lessonguard.")
			errs = append(errs, flushCache(ctx))
		}
	}
	if rules, err := pfctl(ctx, "", "-a", macAnchor, "-s", "rules"); err != nil || strings.TrimSpace(rules) != "" {
		// Not "all", which is every connection's state too.
		_, err := pfctl(ctx, "", "-a", macAnchor, "-F", "rules")
		if err == nil {
			_, err = pfctl(ctx, "", "-a", macAnchor, "-F", "Tables")
		}
		errs = append(errs, err)
		if err == nil {
			h.config.Log.Info("Lessonguard's rules of pf are removed.")
		}
	}
	if h.config.Dir != "" {
		errs = append(errs, h.letGo(ctx))
	}
	h.set, h.closed = false, false
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("putting this Mac's resolvers back: %w", err)
	}
	return nil
}

// letGo tells pf that we need it no more. One that a restart of the Mac has
// switched off since does not know our token: that is well.
func (h *macHook) letGo(ctx context.Context) error {
	token, err := os.ReadFile(h.token())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && readPFToken("Token : "+string(token)) != "" {
		_, _ = pfctl(ctx, "", "-X", string(token))
	}
	if err := os.Remove(h.token()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("letting go of pf: %w", err)
	}
	return nil
}

// macPatience is how long a tool of macOS may take.
const macPatience = 5 * time.Second

// scutil runs scutil(8).
func scutil(ctx context.Context, script string) (string, error) {
	text, _, err := macTool(ctx, script, "/usr/sbin/scutil")
	if err != nil {
		return "", fmt.Errorf("asking the dynamic store: %w", err)
	}
	return text, nil
}

func pfctl(ctx context.Context, rules string, args ...string) (string, error) {
	text, _, err := macTool(ctx, rules, "/sbin/pfctl", args...)
	if err != nil {
		return "", fmt.Errorf("setting rules of pf: %w", err)
	}
	return text, nil
}

// macTool returns what a tool printed, and what it said on its standard error:
// pfctl says there that the kernel has no ALTQ, each time, and its token too.
func macTool(ctx context.Context, input, path string, args ...string) (text, said string, err error) {
	ctx, cancel := context.WithTimeout(ctx, macPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = strings.NewReader(input)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		return "", "", fmt.Errorf("%s: %w: %s", filepath.Base(path), err, strings.Join(strings.Fields(complaints.String()), " "))
	}
	return out.String(), complaints.String(), nil
}
