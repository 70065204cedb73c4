package system

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

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
