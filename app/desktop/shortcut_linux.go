package desktop

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// The desktop's portal: org.freedesktop.portal.GlobalShortcuts, version 1. It
// tells us of our own keys only and of no other.
const (
	portalName      = "org.freedesktop.portal.Desktop"
	portalPath      = "/org/freedesktop/portal/desktop"
	portalShortcuts = "org.freedesktop.portal.GlobalShortcuts"
	portalRequest   = "org.freedesktop.portal.Request"
)

// token begins the paths that the portal makes for our requests and session.
const token = "lessonguard"

// Run asks the desktop for the shortcut and calls pressed, one call at a time,
// whenever it is pressed, until ctx is done. It returns [ErrNoShortcuts] where
// there are none to be had, and where who sits here said no.
func (s Shortcut) Run(ctx context.Context, pressed func()) error {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoShortcuts, err)
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	p := portal{conn: conn, object: conn.Object(portalName, portalPath), signals: signals}
	session, err := p.session(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoShortcuts, err)
	}
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(portalShortcuts), dbus.WithMatchMember("Activated")); err != nil {
		return fmt.Errorf("listening for the shortcut: %w", err)
	}
	if err := p.bind(ctx, session, s); err != nil {
		return fmt.Errorf("%w: %w", ErrNoShortcuts, err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case signal, ok := <-signals:
			if !ok {
				if ctx.Err() != nil {
					return nil
				}
				return errors.New("listening for the shortcut: the desktop's bus is gone")
			}
			if isPress(signal, session, s.ID) {
				pressed()
			}
		}
	}
}

// isPress reports whether the signal says that our shortcut was pressed.
func isPress(signal *dbus.Signal, session dbus.ObjectPath, id string) bool {
	if signal.Name != portalShortcuts+".Activated" || len(signal.Body) < 2 {
		return false
	}
	from, ok1 := signal.Body[0].(dbus.ObjectPath)
	which, ok2 := signal.Body[1].(string)
	return ok1 && ok2 && from == session && which == id
}

// A portal is a connection to the desktop's.
type portal struct {
	conn    *dbus.Conn
	object  dbus.BusObject
	signals <-chan *dbus.Signal
}

func (p portal) session(ctx context.Context) (dbus.ObjectPath, error) {
	results, err := p.ask(ctx, "CreateSession", token+"_session", func(options map[string]dbus.Variant) []any {
		options["session_handle_token"] = dbus.MakeVariant(token)
		return []any{options}
	})
	if err != nil {
		return "", err
	}
	switch handle := results["session_handle"].Value().(type) {
	case string: // as the portal's description has it
		return dbus.ObjectPath(handle), nil
	case dbus.ObjectPath: // as it should have been
		return handle, nil
	}
	return "", errors.New("the portal named no session")
}

// A wish is one shortcut as the portal takes it: (sa{sv}).
type wish struct {
	ID      string
	Options map[string]dbus.Variant
}

func (p portal) bind(ctx context.Context, session dbus.ObjectPath, s Shortcut) error {
	_, err := p.ask(ctx, "BindShortcuts", token+"_bind", func(options map[string]dbus.Variant) []any {
		wishes := []wish{{s.ID, map[string]dbus.Variant{
			"description":       dbus.MakeVariant(s.Text),
			"preferred_trigger": dbus.MakeVariant(s.Keys),
		}}}
		return []any{session, wishes, "", options}
	})
	return err
}

// ask calls a method of the portal and waits for the answer, which comes as a
// signal from a path that is known before (Request, "handle_token"): to listen
// only afterwards could miss it.
func (p portal) ask(ctx context.Context, method, handle string, arguments func(map[string]dbus.Variant) []any) (map[string]dbus.Variant, error) {
	sender := strings.ReplaceAll(strings.TrimPrefix(p.conn.Names()[0], ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + handle)
	if err := p.conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(path), dbus.WithMatchInterface(portalRequest)); err != nil {
		return nil, err
	}
	options := map[string]dbus.Variant{"handle_token": dbus.MakeVariant(handle)}
	if call := p.object.CallWithContext(ctx, portalShortcuts+"."+method, 0, arguments(options)...); call.Err != nil {
		return nil, call.Err
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case signal, ok := <-p.signals:
			if !ok {
				return nil, errors.New("the desktop's bus is gone")
			}
			if signal.Path != path || signal.Name != portalRequest+".Response" {
				continue
			}
			var response uint32
			var results map[string]dbus.Variant
			if err := dbus.Store(signal.Body, &response, &results); err != nil {
				return nil, err
			}
			if response != 0 {
				return nil, fmt.Errorf("%s was declined", method)
			}
			return results, nil
		}
	}
}
