package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/outbox"
)

// TestLost damages the outbox, or takes it away, while a message waits in it and
// the platform is down: nobody is told that the message has arrived, and it does
// once the platform is back.
func TestLost(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, dir string){
		"the slots are gone":     func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "slots")) },
		"the slots are empty":    func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, "slots"), 0) },
		"the message is damaged": func(t *testing.T, dir string) { flip(t, filepath.Join(dir, "slots"), 100) },
		"the key is gone":        func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "key")) },
		"the directory is gone":  removeAll,
		"another process mends it": func(t *testing.T, dir string) {
			truncate(t, filepath.Join(dir, "slots"), 0)
			open(t, outbox.Config{Dir: dir})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir, p, down := filepath.Join(t.TempDir(), "outbox"), &far{}, atomic.Bool{}
				down.Store(true)
				o := open(t, outbox.Config{Dir: dir, Every: 1000 * time.Hour})
				var arrived []byte
				running(t, o, func(ctx context.Context, m resources.Message) (resources.Receipt, error) {
					if down.Load() {
						return resources.Receipt{}, errors.New("connection refused")
					}
					arrived = m.Sealed
					return p.send(ctx, m)
				})
				m := message(4096)
				if err := o.Put(t.Context(), m); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				harm(t, dir)
				if got := state(t, o, m.ID); got != outbox.Waiting {
					t.Fatalf("it never arrived and is %q, want waiting", got)
				}
				if got := state(t, open(t, outbox.Config{Dir: dir}), m.ID); got != outbox.Waiting {
					t.Errorf("to another process it is %q, want waiting", got)
				}
				down.Store(false)
				o.Wake()
				pass(time.Minute)
				if got := state(t, o, m.ID); got != outbox.Received || p.arrived(m.ID) != 1 || !bytes.Equal(arrived, m.Sealed) {
					t.Errorf("with the platform back it is %q, and arrived %d times", got, p.arrived(m.ID))
				}
			})
		})
	}
}

func removeAll(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

// TestDeliveredByAnother has another process deliver a message: the one that put
// it says so once it has the receipt itself.
func TestDeliveredByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, p := t.TempDir(), &far{}
		first, second := open(t, outbox.Config{Dir: dir}), open(t, outbox.Config{Dir: dir})
		m := message(4096)
		if err := first.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		running(t, second, p.send)
		pass(time.Minute)
		if got := state(t, second, m.ID); got != outbox.Received {
			t.Fatalf("to the process that delivered it it is %q", got)
		}
		if got := state(t, first, m.ID); got != outbox.Waiting {
			t.Errorf("without a receipt it is %q, want waiting", got)
		}
		running(t, first, p.send)
		pass(time.Minute)
		if got := state(t, first, m.ID); got != outbox.Received {
			t.Errorf("with one it is %q, want received", got)
		}
	})
}
