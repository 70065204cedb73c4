package desktop

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// HasTray reports whether the desktop shows icons of programs in the
// background. Plain GNOME does not: what it is told is not shown, and nobody
// says so, so we ask whether anybody watches (StatusNotifierItem).
func HasTray(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer conn.Close()
	var there bool
	err = conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, "org.kde.StatusNotifierWatcher").Store(&there)
	return err == nil && there
}
