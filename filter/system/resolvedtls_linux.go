package system

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// insistsOnTLS reports whether systemd-resolved asks by DNS over TLS or not at
// all. Where it only prefers that, it goes on to port 53. One that does not say
// does not.
func insistsOnTLS(ctx context.Context) bool {
	var mode string // none before systemd 239
	err := onBus(ctx, func(ctx context.Context, bus *dbus.Conn) error {
		if running, err := runs(ctx, bus, resolve1); err != nil || !running {
			return err
		}
		return bus.Object(resolve1, "/org/freedesktop/resolve1").StoreProperty(resolve1+".Manager.DNSOverTLS", &mode)
	})
	return err == nil && mode == "yes"
}
