package system

import (
	"context"
	"log/slog"
	"time"
)

// resolvedTime is how long systemd-resolved may take to say how it asks, and to
// be told.
const resolvedTime = 2 * time.Second

// tellResolved points systemd-resolved at the service where it insists on TLS
// (DNSOverTLS=yes in resolved.conf(5)): what it asks by that cannot be redirected,
// and where port 853 is refused the PC would resolve nothing. Where it cannot be
// told the port stays open: a family is not left without internet.
func (h *nftHook) tellResolved(ctx context.Context, r HookRules) HookRules {
	ctx, cancel := context.WithTimeout(ctx, resolvedTime)
	defer cancel()
	if !insistsOnTLS(ctx) {
		return r
	}
	if h.resolved == nil {
		h.resolved = newTun(h.config)
	}
	if err := h.resolved.Set(ctx, r); err != nil {
		h.config.Log.Warn("systemd-resolved asks over TLS alone, and past Lessonguard", slog.Any("err", err))
		h.leaveResolved()
		r.CloseBypass = false
	}
	return r
}

// leaveResolved lets systemd-resolved ask as before.
func (h *nftHook) leaveResolved() {
	if h.resolved == nil {
		return
	}
	if err := h.resolved.Restore(context.Background()); err != nil {
		h.config.Log.Warn("systemd-resolved cannot be left as it was", slog.Any("err", err))
	}
	h.resolved = nil
}
