package system

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/windows"
)

// WindowsService is the name of the service, and of the account that Windows
// makes for it: NT SERVICE\lessonguard.
const WindowsService = "lessonguard"

// The hook of Windows points every network adapter and the table of rules for
// names at the service, and has the firewall refuse the ways past it. It catches
// whoever asks Windows, and refuses whoever asks a resolver of their own.
//
// What happens when the service dies, however it dies: the firewall's rules are
// gone in that moment. The adapters and the table still name the service first;
// a question to it finds nobody, and Windows asks the next, who was there before.
// Windows starts the service again after 200 ms, and that puts everything back
// before it points anything at itself. Should it never start again, the table's
// rule ends with the next restart of the PC, "lessonguardd restore" runs at every
// start of Windows, and until then the PC goes on by its second resolver.
type windowsHook struct {
	config HookConfig

	mu     sync.Mutex
	rules  HookRules
	vpn    []netip.Addr   // that the firewall leaves open; see splitServers
	filter *windowsFilter // nil unless the hook is set
	follow func()         // ends the following of the network
}

func candidates(c HookConfig) []candidate { return []candidate{&windowsHook{config: c.logged()}} }

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

// Name is what the hook is called, for the part of it that catches most.
func (*windowsHook) Name() string { return "nrpt" }

func (h *windowsHook) journal() string { return filepath.Join(h.config.Dir, "adapters.journal") }

// us returns where the adapters are pointed.
func (h *windowsHook) us() (netip.Addr, error) {
	v4, _, err := loopback(h.config.Listen)
	if err != nil {
		return netip.Addr{}, err
	}
	if !v4.IsValid() {
		return netip.Addr{}, errors.New("pointing Windows' network adapters at the service: it does not answer at 127.0.0.1")
	}
	for _, at := range h.config.Listen {
		if at.Port() != 53 {
			return netip.Addr{}, fmt.Errorf("pointing Windows' network adapters at %s: only port 53 can be named there", at)
		}
	}
	return v4.Addr(), nil
}

func (h *windowsHook) possible(context.Context) error {
	if h.config.Dir == "" {
		return errors.New("writing down what is changed: no state directory is given")
	}
	if _, err := h.us(); err != nil {
		return err
	}
	if !windows.GetCurrentProcessToken().IsElevated() {
		return errors.New("changing this PC's network adapters: only an administrator may")
	}
	if windows.NewLazySystemDLL("iphlpapi.dll").NewProc("SetInterfaceDnsSettings").Find() != nil {
		return errors.New("changing this PC's network adapters: this needs Windows 10 version 1809 or later")
	}
	f, err := openFilter(nil)
	if err != nil {
		return err
	}
	return f.Close()
}

// Set points Windows at the service.
func (h *windowsHook) Set(ctx context.Context, r HookRules) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := listening(ctx, h.config.Listen); err != nil {
		return err
	}
	err := h.point(ctx)
	if err == nil {
		err = h.close(r)
	}
	if err == nil && h.follow == nil {
		err = h.startFollowing()
	}
	if err != nil && h.filter == nil {
		return errors.Join(err, h.undo(ctx))
	}
	return err
}

// Check reads back what was set.
func (h *windowsHook) Check(context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.filter == nil {
		return ErrNotHeld
	}
	if err := h.filter.held(); err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	us, err := h.us()
	if err != nil {
		return err
	}
	was, err := readWinJournal(h.journal())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLost, err)
	}
	adapters, err := readAdapters()
	if err != nil {
		return err
	}
	if id := unpointed(adapters, us, was); id != "" {
		return fmt.Errorf("%w: network adapter %s was set to ask somebody else", ErrLost, id)
	}
	names, err := readNRPT()
	if err != nil {
		return err
	}
	// Its resolvers may be the last network's for a moment.
	if !slices.ContainsFunc(names, func(r winNRPTRule) bool { return r.isOurs(us) }) {
		return fmt.Errorf("%w: the rule for names was removed or changed", ErrLost)
	}
	return nil
}

// Restore puts everything back. The firewall's rules of another process end with
// that.
func (h *windowsHook) Restore(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.undo(ctx)
}
