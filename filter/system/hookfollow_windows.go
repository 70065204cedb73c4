package system

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.zx2c4.com/wireguard/windows/tunnel/winipcfg"
)

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
