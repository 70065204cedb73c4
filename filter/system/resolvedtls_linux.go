package system

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// insistsOnTLS reports whether systemd-resolved asks by DNS over TLS or not at
// all. Where it only prefers that, it goes on to port 53.
func insistsOnTLS(ctx context.Context) bool {
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return false // no bus, no systemd-resolved
	}
	defer bus.Close()
	// Asking for a property would start a service that is only installed.
	var running bool
	if err := bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, resolve1).Store(&running); err != nil || !running {
		return false
	}
	var mode string
	if err := bus.Object(resolve1, "/org/freedesktop/resolve1").StoreProperty(resolve1+".Manager.DNSOverTLS", &mode); err != nil {
		return false // of before systemd 239, which has none
	}
	return mode == "yes"
}
