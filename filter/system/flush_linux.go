package system

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/godbus/dbus/v5"
)

// flushCache empties the caches that a Linux PC may have: systemd-resolved's,
// and nscd's, which only root may.
func flushCache(ctx context.Context) error {
	var nscd error
	if _, err := os.Stat("/run/nscd/socket"); err == nil && os.Getuid() == 0 {
		if out, err := exec.CommandContext(ctx, "/usr/sbin/nscd", "--invalidate=hosts").CombinedOutput(); err != nil {
			nscd = fmt.Errorf("emptying the cache of nscd: %w: %s", err, firstLine(string(out)))
		}
	}
	return errors.Join(flushResolved(ctx), nscd)
}

func flushResolved(ctx context.Context) error {
	err := onBus(ctx, func(ctx context.Context, bus *dbus.Conn) error {
		if running, err := runs(ctx, bus, resolve1); err != nil || !running {
			return nil //nolint:nilerr // no systemd-resolved, no cache of it
		}
		if err := bus.Object(resolve1, "/org/freedesktop/resolve1").CallWithContext(ctx, resolve1+".Manager.FlushCaches", 0).Err; err != nil {
			return fmt.Errorf("emptying the cache of systemd-resolved: %w", err)
		}
		return nil
	})
	if errors.Is(err, errNoBus) {
		return nil // nor systemd-resolved
	}
	return err
}
