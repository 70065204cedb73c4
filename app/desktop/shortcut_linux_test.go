package desktop_test

import (
	"bufio"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"

	"lessonguard/app/desktop"
)

// bus starts a bus of the test's own and has this process use it.
func bus(t *testing.T) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	cmd := exec.CommandContext(t.Context(), daemon, "--session", "--nofork", "--print-address=1", "--address=unix:dir="+t.TempDir())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
}

// A portal gives shortcuts, as a desktop does.
type portal struct {
	conn    *dbus.Conn
	decline bool
	bound   chan string // "id: description, keys"
	session dbus.ObjectPath
}

const portalPath = "/org/freedesktop/portal/desktop"

func newPortal(t *testing.T) *portal {
	t.Helper()
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &portal{conn: conn, bound: make(chan string, 1)}
}

// serve takes the portal's name.
func (p *portal) serve(t *testing.T) {
	t.Helper()
	if err := p.conn.Export(p, portalPath, "org.freedesktop.portal.GlobalShortcuts"); err != nil {
		t.Fatal(err)
	}
	if reply, err := p.conn.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("taking the portal's name: %v, %v", reply, err)
	}
}

// answer sends the answer before the call returns, as a portal may.
func (p *portal) answer(sender dbus.Sender, options map[string]dbus.Variant, response uint32, results map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	who := strings.ReplaceAll(strings.TrimPrefix(string(sender), ":"), ".", "_")
	path := dbus.ObjectPath(portalPath + "/request/" + who + "/" + options["handle_token"].Value().(string))
	if err := p.conn.Emit(path, "org.freedesktop.portal.Request.Response", response, results); err != nil {
		return "", dbus.MakeFailedError(err)
	}
	return path, nil
}

func (p *portal) CreateSession(sender dbus.Sender, options map[string]dbus.Variant) (dbus.ObjectPath, *dbus.Error) {
	p.session = dbus.ObjectPath(portalPath + "/session/x/" + options["session_handle_token"].Value().(string))
	return p.answer(sender, options, 0, map[string]dbus.Variant{"session_handle": dbus.MakeVariant(string(p.session))})
}

func (p *portal) BindShortcuts(sender dbus.Sender, session dbus.ObjectPath, shortcuts []struct {
	ID      string
	Options map[string]dbus.Variant
}, _ string, options map[string]dbus.Variant,
) (dbus.ObjectPath, *dbus.Error) {
	if p.decline || session != p.session || len(shortcuts) != 1 {
		return p.answer(sender, options, 1, nil)
	}
	s := shortcuts[0]
	p.bound <- s.ID + ": " + s.Options["description"].Value().(string) + ", " + s.Options["preferred_trigger"].Value().(string)
	return p.answer(sender, options, 0, nil)
}

func (p *portal) press(t *testing.T, session dbus.ObjectPath, id string) {
	t.Helper()
	err := p.conn.Emit(portalPath, "org.freedesktop.portal.GlobalShortcuts.Activated", session, id, uint64(1), map[string]dbus.Variant{})
	if err != nil {
		t.Fatal(err)
	}
}

var help = desktop.Shortcut{ID: "help", Text: "Open Lessonguard's help page", Keys: "CTRL+ALT+h"}

// TestShortcut has the desktop bind the shortcut and press it, and one of
// somebody else's.
func TestShortcut(t *testing.T) {
	bus(t)
	p := newPortal(t)
	p.serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	pressed, ended := make(chan bool, 10), make(chan error, 1)
	go func() { ended <- help.Run(ctx, func() { pressed <- true }) }()
	select {
	case got := <-p.bound:
		if got != "help: Open Lessonguard's help page, CTRL+ALT+h" {
			t.Errorf("bound %q", got)
		}
	case err := <-ended:
		t.Fatal(err)
	}
	p.press(t, p.session, "other")
	p.press(t, "/somebody/else", "help")
	p.press(t, p.session, "help")
	p.press(t, p.session, "help")
	for range 2 {
		select {
		case <-pressed:
		case err := <-ended:
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
	if len(pressed) > 0 {
		t.Errorf("%d presses of somebody else's", len(pressed))
	}
}

// TestNoShortcuts is told no, in each way that there is.
func TestNoShortcuts(t *testing.T) {
	t.Run("no bus", func(t *testing.T) {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
		if err := help.Run(t.Context(), nil); !errors.Is(err, desktop.ErrNoShortcuts) {
			t.Errorf("Run = %v", err)
		}
	})
	bus(t)
	if err := help.Run(t.Context(), nil); !errors.Is(err, desktop.ErrNoShortcuts) {
		t.Errorf("without a portal: %v", err)
	}
	p := newPortal(t)
	p.decline = true
	p.serve(t)
	if err := help.Run(t.Context(), nil); !errors.Is(err, desktop.ErrNoShortcuts) {
		t.Errorf("declined: %v", err)
	}
}
