package outbox_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/outbox"
)

// nobody is the account that owns nothing.
const nobody = 65534

// asNobody does something with the rights of an account that owns nothing.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a directory of another account needs root")
	}
	// The rights on files are those of the thread (setfsuid(2)).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); errno != 0 {
		t.Skip("setfsuid: ", errno)
	}
	defer func() { _, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0) }()
	do()
}

// TestUnreadable has an outbox that the account may not read: it says so and
// names it, changes nothing, and goes on once that is mended.
func TestUnreadable(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "outbox")
	o := open(t, outbox.Config{Dir: dir})
	for _, open := range []string{base, filepath.Dir(base)} {
		if err := os.Chmod(open, 0o755); err != nil { //nolint:gosec // the way to what is closed
			t.Fatal(err)
		}
	}
	m := message(4096)
	if err := o.Put(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	_, _, before := observe(t, dir)
	asNobody(t, func() {
		if _, err := outbox.Open(t.Context(), outbox.Config{Dir: dir}); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), dir) {
			t.Errorf("Open = %v, want one that names %s", err, dir)
		}
		if err := o.Put(t.Context(), message(4096)); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Put = %v", err)
		}
		if _, err := o.State(t.Context(), m.ID); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("State = %v", err)
		}
	})
	if _, _, after := observe(t, dir); string(after) != string(before) {
		t.Error("it was changed")
	}
	if got := send(t, dir, 1); len(got) != 1 {
		t.Errorf("sent %d messages once it could be read, want 1", len(got))
	}
}

// TestUnconfirmed has a disk that takes a message and does not confirm it: the
// message is said to go out and goes out, once, and it is not said to be kept.
func TestUnconfirmed(t *testing.T) {
	for _, tt := range []struct {
		name string
		gone []string // files that are to be made anew just then
	}{
		{"an outbox as it is", nil},
		{"one without its key", []string{"key"}},
		{"a new one", []string{"key", "slots"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := t.TempDir()
			dir := filepath.Join(base, "outbox")
			for _, way := range []string{base, filepath.Dir(base)} {
				if err := os.Chmod(way, 0o755); err != nil { //nolint:gosec // the way to what is closed
					t.Fatal(err)
				}
			}
			if err := errors.Join(os.Mkdir(dir, 0o700), os.Chown(dir, nobody, nobody)); err != nil {
				t.Skip("a directory of another account needs root: ", err)
			}
			m := message(4096)
			asNobody(t, func() {
				o := open(t, outbox.Config{Dir: dir})
				for _, name := range tt.gone {
					if err := os.Remove(filepath.Join(dir, name)); err != nil {
						t.Fatal(err)
					}
				}
				// It can be written, and not be opened to have it confirmed.
				if err := os.Chmod(dir, 0o300); err != nil {
					t.Fatal(err)
				}
				if err := o.Put(t.Context(), m); !errors.Is(err, resources.ErrUnsure) {
					t.Errorf("Put = %v, want one that is not sure", err)
				}
				if got := state(t, o, m.ID); got != outbox.Waiting {
					t.Errorf("it is %q, want waiting", got)
				}
				if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a directory
					t.Fatal(err)
				}
				if err := o.Put(t.Context(), m); err != nil {
					t.Errorf("Put of the same, once the disk confirms = %v", err)
				}
			})
			if got := send(t, dir, 1); len(got) != 1 || got[m.ID].ID == "" {
				t.Errorf("sent %d messages, want this one", len(got))
			}
		})
	}
}

// TestWrongClock keeps and sends what was written on a PC whose clock is years
// out, the oldest first by that clock.
func TestWrongClock(t *testing.T) {
	dir := t.TempDir()
	o := open(t, outbox.Config{Dir: dir})
	want := map[string]time.Time{}
	for _, at := range []time.Time{
		time.Unix(0, 0), time.Unix(-1, 0), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), time.Date(2106, 2, 7, 6, 28, 16, 0, time.UTC), time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		m := message(4096)
		m.At = at
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatalf("%v: %v", at, err)
		}
		want[m.ID] = at
	}
	got := send(t, dir, len(want))
	for id, at := range want {
		if m, ok := got[id]; !ok || !m.At.Equal(at) {
			t.Errorf("written at %v: sent %v, at %v", at, ok, m.At)
		}
	}
}
