package system

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// busTime is how long one errand on the system bus may take. Whoever answers
// there may hang, and the bus itself too; the PC's hook is to be set, checked and
// let go of all the same.
const busTime = 2 * time.Second

var errNoBus = errors.New("the system bus cannot be reached")

// onBus does an errand on the system bus, with [busTime] for all of it: the
// connection ends when that is over, and with it whatever still waits there. The error is [errNoBus] where
// there is no bus.
func onBus(ctx context.Context, errand func(ctx context.Context, bus *dbus.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", errNoBus, err)
	}
	defer bus.Close()
	return errand(ctx, bus)
}

// runs reports whether somebody on the bus has a name. To ask them would start a
// service that is only installed.
func runs(ctx context.Context, bus *dbus.Conn, name string) (running bool, err error) {
	err = bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, name).Store(&running)
	return running, err
}
