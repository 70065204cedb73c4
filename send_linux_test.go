package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"fyne.io/fyne/v2"

	"lessonguard/app/learner"
	"lessonguard/app/ui"
	"lessonguard/app/ui/uitest"
	"lessonguard/resources"
)

// TestBadDays breaks what a report needs, in turn, under the real sender and
// the real page: the child is told what is so, with numbers to ring and the
// words still there, and what was kept before arrives all the same.
func TestBadDays(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, d *smallDisk)
		mend  func(t *testing.T, d *smallDisk)
		why   string
	}{
		{"full disk", func(t *testing.T, d *smallDisk) { d.remount(t, 0, "1200k") }, func(t *testing.T, d *smallDisk) { d.remount(t, 0, "8m") }, "sent.why_full"},
		{"read-only disk", func(t *testing.T, d *smallDisk) { d.remount(t, syscall.MS_RDONLY, "8m") }, func(t *testing.T, d *smallDisk) { d.remount(t, 0, "8m") }, "sent.why_disk"},
		{"outbox of another version", func(t *testing.T, d *smallDisk) { d.version(t, '9') }, func(t *testing.T, d *smallDisk) { d.version(t, '2') }, ""},
		{"another program holds it", func(t *testing.T, d *smallDisk) { d.hold(t) }, func(_ *testing.T, d *smallDisk) { d.held.Close() }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newSmallDisk(t)
			p := newFar(t)
			p.up = false
			f := &family{}
			provider := f.enrol(p.route)
			s := newSender(d.path("outbox"), &remembering{Control: f, path: d.path("household.json")}, slog.New(slog.DiscardHandler))
			before, err := s.send(t.Context(), provider, resources.KindReport, resources.ToSafeguarding, []byte(`{"words":"before"}`))
			if err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, d)
			var help *learner.Help
			var opened []string
			uitest.Open(t, uitest.Plain(), func(*testing.T) fyne.CanvasObject {
				help = learner.New(learner.Config{
					Provider: provider, Role: learner.RoleLearner, Language: "en", Now: uitest.Noon, Do: uitest.AtOnce,
					Begin: s.begin, State: s.state, Find: s.find, Exit: func() {},
					Send: func(ctx context.Context, k resources.Kind, to resources.Recipients, payload []byte) (string, error) {
						return s.send(ctx, provider, k, to, payload)
					},
					OpenURL: func(url string) error { opened = append(opened, url); return nil },
				})
				return help.Content()
			})
			uitest.Press(t, help.Content(), "help.report", "danger.no", "about.me", "ui.next", "topic.hurt", "ui.next")
			uitest.Write(t, help.Content(), 0, "It was in the yard.")
			uitest.Press(t, help.Content(), "ui.next", "ui.next", "reach.preview", "preview.send")
			text := uitest.Text(help.Content())
			said := []string{ui.Text("sent.failed"), "999", "0800 1111"}
			if tt.why != "" {
				said = append(said, ui.Text(tt.why))
			}
			for _, want := range said {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not shown in:\n%s", want, text)
				}
			}
			for _, no := range []string{ui.Text("sent.saved"), ui.Text("sent.received", "Provider", provider.Name)} {
				if strings.Contains(text, no) {
					t.Errorf("it claims %q", no)
				}
			}
			uitest.Press(t, help.Content(), "sent.again")
			if text := uitest.Text(help.Content()); !strings.Contains(text, "It was in the yard.") {
				t.Errorf("the words are gone: %s", text)
			}
			tt.mend(t, d)
			p.set(func() { p.up = true })
			process(t, s)
			until(t, "what was kept before arrives", func() bool { return s.state(before) == resources.Received })
			uitest.Press(t, help.Content(), "preview.send")
			until(t, "what is written after arrives", func() bool { return p.count("/v1/reports/") >= 2 })
			if text := uitest.Text(help.Content()); strings.Contains(text, ui.Text("sent.failed")) {
				t.Errorf("mended, and still: %s", text)
			}
		})
	}
}

// A smallDisk is a file system of its own.
type smallDisk struct {
	dir  string
	held *os.File
}

func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	d := &smallDisk{dir: t.TempDir()}
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a disk of its own needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *smallDisk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *smallDisk) remount(t *testing.T, flags uintptr, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT|flags, "size="+size); err != nil {
		t.Fatal(err)
	}
}

// version writes which version the outbox's file says that it is of.
func (d *smallDisk) version(t *testing.T, v byte) {
	t.Helper()
	path := d.path("outbox/slots")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[7] = v
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// hold takes the outbox's lock, as a program that was stopped in the middle.
func (d *smallDisk) hold(t *testing.T) {
	t.Helper()
	var err error
	if d.held, err = os.OpenFile(d.path("outbox/lock"), os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.held.Close() })
	if err := syscall.Flock(int(d.held.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}

// TestNoKeyring sends with no keyring to be had, and with one that never
// answers: sending needs none.
func TestNoKeyring(t *testing.T) {
	for name, address := range map[string]string{"none": "", "gone": "unix:path=/nonexistent/bus"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
			p, f, dir := newFar(t), &family{}, t.TempDir()
			s := newSender(filepath.Join(dir, "outbox"), &remembering{Control: f, path: filepath.Join(dir, "household.json")}, slog.New(slog.DiscardHandler))
			process(t, s)
			reference, err := s.send(t.Context(), f.enrol(p.route), resources.KindReport, resources.ToSafeguarding, []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			until(t, "it arrives", func() bool { return s.state(reference) == resources.Received })
		})
	}
}

// TestUnconfirmedDisk keeps the reference of a message that the disk takes and
// does not confirm, and the message arrives, once.
func TestUnconfirmedDisk(t *testing.T) {
	const nobody = 65534
	base := t.TempDir()
	for _, way := range []string{base, filepath.Dir(base)} {
		if err := os.Chmod(way, 0o755); err != nil { //nolint:gosec // the way to what is closed
			t.Fatal(err)
		}
	}
	dir := filepath.Join(base, "outbox")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, nobody, nobody)); err != nil {
		t.Skip("a directory of another account needs root: ", err)
	}
	p, f := newFar(t), &family{}
	provider := f.enrol(p.route)
	s := newSender(dir, &remembering{Control: f, path: filepath.Join(base, "household.json")}, slog.New(slog.DiscardHandler))
	var reference string
	func() {
		runtime.LockOSThread() // the rights on files are those of the thread (setfsuid(2))
		defer runtime.UnlockOSThread()
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); errno != 0 {
			t.Skip("setfsuid: ", errno)
		}
		defer func() { _, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0) }()
		if _, err := s.open(t.Context()); err != nil {
			t.Fatal(err)
		}
		// It can be written, and not be opened to have it confirmed.
		if err := os.Chmod(dir, 0o300); err != nil {
			t.Fatal(err)
		}
		var err error
		if reference, err = s.send(t.Context(), provider, resources.KindReport, resources.ToSafeguarding, []byte(`{}`)); !errors.Is(err, resources.ErrUnsure) {
			t.Errorf("send = %v, want one that is not sure", err)
		}
	}()
	process(t, s)
	until(t, "it arrives", func() bool { return s.state(reference) == resources.Received })
	if n := p.count("/v1/reports/"); n != 1 {
		t.Errorf("sent %d times", n)
	}
}

// TestKeyringIsNotNeeded sends a report where there is no keyring, and where one
// is locked and answers nobody: it arrives as ever, and nobody waits for it.
func TestKeyringIsNotNeeded(t *testing.T) {
	silent := filepath.Join(t.TempDir(), "bus")
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for name, bus := range map[string]string{"none": silent + "-that-is-not-there", "locked": silent} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+bus)
			p, f, dir := newFar(t), &family{}, t.TempDir()
			provider := f.enrol(p.route)
			s := newSender(filepath.Join(dir, "outbox"), &remembering{Control: f, path: filepath.Join(dir, "household.json")}, slog.New(slog.DiscardHandler))
			process(t, s)
			reference, err := s.send(t.Context(), provider, resources.KindReport, resources.ToSafeguarding, []byte(`{}`))
			if err != nil {
				t.Fatal(err)
			}
			until(t, "it arrives", func() bool { return s.state(reference) == resources.Received })
		})
	}
}
