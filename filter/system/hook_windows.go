package system

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/windows"
	"golang.zx2c4.com/wireguard/windows/tunnel/winipcfg"
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

// point points the adapters and the table of rules for names at the service. It
// does nothing where they are.
func (h *windowsHook) point(ctx context.Context) error {
	us, err := h.us()
	if err != nil {
		return err
	}
	was, err := readWinJournal(h.journal())
	if err != nil {
		h.config.Log.Warn("what was set on the network adapters is taken from what they say", "err", err)
	}
	adapters, err := readAdapters()
	if err != nil {
		return err
	}
	changes, next := planAdapters(adapters, us, was)
	if err := next.write(h.journal()); err != nil {
		return err
	}
	for _, c := range changes {
		// One that cannot be changed is no reason to leave the others: the table
		// leads past it, and the firewall keeps it shut.
		if err := setAdapter(c); err != nil {
			h.config.Log.Warn("a network adapter cannot be pointed at the service", "err", err)
			delete(next, c.ID)
		}
	}
	if err := next.write(h.journal()); err != nil {
		return err
	}
	changed, err := writeNRPT(planNRPT(h.config.Listen, fallbacks(adapters, us, next)))
	if err != nil {
		return err
	}
	if !changed && len(changes) == 0 {
		return nil
	}
	h.heard(ctx)
	return nil
}

// heard makes Windows read what has changed, and forget what it knows. It does
// so by itself too, a little later.
func (h *windowsHook) heard(ctx context.Context) {
	tellDNSClient()
	if err := flushCache(ctx); err != nil {
		h.config.Log.Warn("Windows keeps what it has looked up before", "err", err)
	}
}

// close sets the firewall's rules, and takes away those from before: they
// overlap, so that there is no moment without any.
func (h *windowsHook) close(r HookRules) error {
	names, err := readNRPT()
	if err != nil {
		return err
	}
	vpn := splitServers(names)
	if h.filter != nil && h.rules.Same(r) && slices.Equal(h.vpn, vpn) && h.filter.held() == nil {
		return nil
	}
	next, err := openFilter(planFilter(r, vpn))
	if err != nil {
		return err
	}
	before := h.filter
	h.filter, h.rules, h.vpn = next, r, vpn
	if before != nil {
		_ = before.Close() // its process keeps nothing else
	}
	return nil
}

// startFollowing has changes of the network seen to: an adapter that is plugged
// in, another Wi-Fi with other resolvers.
func (h *windowsHook) startFollowing() error {
	changed := make(chan struct{}, 1)
	tell := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	links, err := winipcfg.RegisterInterfaceChangeCallback(func(winipcfg.MibNotificationType, *winipcfg.MibIPInterfaceRow) { tell() })
	if err != nil {
		return fmt.Errorf("following changes of the network: %w", err)
	}
	addrs, err := winipcfg.RegisterUnicastAddressChangeCallback(func(winipcfg.MibNotificationType, *winipcfg.MibUnicastIPAddressRow) { tell() })
	if err != nil {
		return errors.Join(fmt.Errorf("following changes of the network: %w", err), links.Unregister())
	}
	ctx, end := context.WithCancel(context.Background())
	h.follow = func() {
		end()
		_ = links.Unregister()
		_ = addrs.Unregister()
	}
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
			// They come in swarms, and DHCP's resolvers a moment after the link.
			select {
			case <-ctx.Done():
				return
			case <-time.After(300 * time.Millisecond):
			}
			h.again(ctx)
		}
	}()
	return nil
}

func (h *windowsHook) again(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.filter == nil || ctx.Err() != nil {
		return // restored since
	}
	if err := errors.Join(h.point(ctx), h.close(h.rules)); err != nil {
		h.config.Log.Warn("the network has changed, and not everything is pointed at the service", "err", err)
	}
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

func (h *windowsHook) undo(ctx context.Context) error {
	if h.follow != nil {
		h.follow()
		h.follow = nil
	}
	var errs []error
	us := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	was, err := winJournal(nil), error(nil)
	if h.config.Dir != "" {
		if was, err = readWinJournal(h.journal()); err != nil {
			h.config.Log.Warn("what was set on the network adapters is taken from what they say", "err", err)
		}
	}
	adapters, err := readAdapters()
	errs = append(errs, err)
	left := make(winJournal)
	changes := planUndo(adapters, us, was)
	for _, c := range changes {
		if err := setAdapter(c); err != nil {
			errs = append(errs, err)
			left[c.ID] = winList(c.Servers)
			continue
		}
		h.config.Log.Info("A network adapter asks again whom it asked before Lessonguard.", "adapter", c.ID)
	}
	removed, err := removeNRPT()
	errs = append(errs, err)
	if removed {
		h.config.Log.Info("Windows' rule for names that named Lessonguard is removed.")
	}
	if h.config.Dir != "" && (len(was) > 0 || len(left) > 0) {
		errs = append(errs, left.write(h.journal()))
	}
	// Last: what it refuses is asked again by nobody before.
	if h.filter != nil {
		errs = append(errs, h.filter.Close())
		h.filter, h.vpn = nil, nil
	}
	if removed || len(changes) > 0 {
		h.heard(ctx)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("putting this PC's resolvers back: %w", err)
	}
	return nil
}
