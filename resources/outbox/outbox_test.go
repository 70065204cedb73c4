package outbox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/outbox"
)

func message(size int) resources.Message {
	m := resources.Message{ID: resources.NewID(), Kind: resources.KindReport, At: time.Now().UTC(), Sealed: make([]byte, size)}
	_, _ = rand.Read(m.Sealed)
	return m
}

func open(t *testing.T, cfg outbox.Config) *outbox.Outbox {
	t.Helper()
	o, err := outbox.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func state(t *testing.T, o *outbox.Outbox, id string) outbox.State {
	t.Helper()
	s, err := o.State(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// send delivers what waits in dir, in a process that begins now, and returns it.
func send(t *testing.T, dir string, want int) map[string]resources.Message {
	t.Helper()
	got := map[string]resources.Message{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	_ = open(t, outbox.Config{Dir: dir}).Run(ctx, func(_ context.Context, m resources.Message) (resources.Receipt, error) {
		mu.Lock()
		defer mu.Unlock()
		got[m.ID] = m
		if len(got) == want {
			cancel()
		}
		return resources.Receipt{ID: m.ID, State: resources.Received}, nil
	})
	return got
}

func TestPutSurvives(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	o := open(t, outbox.Config{Dir: dir})
	var all []resources.Message
	for i, kind := range resources.Kinds() {
		m := message(resources.Sizes[i%len(resources.Sizes)])
		m.Kind = kind
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if err := o.Put(t.Context(), m); err != nil {
			t.Errorf("Put of the same again = %v", err)
		}
		all = append(all, m)
	}
	got := send(t, dir, len(all)) // a new process
	for _, m := range all {
		x := got[m.ID]
		if x.Kind != m.Kind || !x.At.Equal(m.At) || !bytes.Equal(x.Sealed, m.Sealed) {
			t.Errorf("sent %s %s %v, want %s %s %v", x.ID, x.Kind, x.At, m.ID, m.Kind, m.At)
		}
		if s := state(t, open(t, outbox.Config{Dir: dir}), m.ID); s != outbox.Unknown {
			t.Errorf("after delivery a new process finds %q", s)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	o := open(t, outbox.Config{Dir: t.TempDir()})
	good := message(4096)
	if err := o.Put(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*resources.Message){
		func(m *resources.Message) { m.ID = "1234" },
		func(m *resources.Message) { m.ID = strings.ToUpper(m.ID[:31]) + "G" },
		func(m *resources.Message) { m.Kind = "letter" },
		func(m *resources.Message) { m.Sealed = m.Sealed[1:] },
		func(m *resources.Message) { m.Sealed = make([]byte, 4096) }, // other bytes, same id
	} {
		m := good
		change(&m)
		if err := o.Put(t.Context(), m); err == nil {
			t.Errorf("Put took %s %s with %d bytes", m.ID, m.Kind, len(m.Sealed))
		}
	}
}

// TestFull fills every slot: one message more is refused and none is lost.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	o := open(t, outbox.Config{Dir: dir})
	var ids []string
	for range outbox.Slots {
		m := message(65536)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	if err := o.Put(t.Context(), message(4096)); !errors.Is(err, resources.ErrFull) {
		t.Errorf("Put into a full outbox = %v, want ErrFull", err)
	}
	got := send(t, dir, outbox.Slots)
	for _, id := range ids {
		if _, ok := got[id]; !ok {
			t.Errorf("%s was lost", id)
		}
	}
}

// observe is what somebody without the key can see of a directory.
func observe(t *testing.T, dir string) (names []string, sizes []int64, data []byte) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		names, sizes = append(names, e.Name()), append(sizes, info.Size())
		if perm := info.Mode().Perm(); runtime.GOOS != "windows" && perm != 0o600 {
			t.Errorf("%s has mode %o", e.Name(), perm)
		}
	}
	data, err = os.ReadFile(filepath.Join(dir, "slots"))
	if err != nil {
		t.Fatal(err)
	}
	return names, sizes, data
}

// TestSaysNothing compares an outbox that nobody used with one in which
// messages wait: names, sizes and modes are the same, every slot is rewritten
// each time, and nothing stands in the clear.
func TestSaysNothing(t *testing.T) {
	unused, used := filepath.Join(t.TempDir(), "outbox"), filepath.Join(t.TempDir(), "outbox")
	open(t, outbox.Config{Dir: unused})
	o := open(t, outbox.Config{Dir: used})
	names, sizes, before := observe(t, unused)
	if _, _, b := observe(t, used); len(b) != len(before) {
		t.Fatalf("two new outboxes have %d and %d bytes", len(before), len(b))
	}
	_, _, last := observe(t, used)
	for range 3 {
		m := message(4096)
		if err := o.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		n, s, now := observe(t, used)
		if !slices.Equal(n, names) || !slices.Equal(s, sizes) {
			t.Errorf("with a message waiting: %v %v, without: %v %v", n, s, names, sizes)
		}
		if bytes.Contains(now, []byte(m.ID)) || bytes.Contains(now, m.Sealed[:32]) {
			t.Error("the message stands in the clear")
		}
		if same := equalBlocks(now, last); same > 0 {
			t.Errorf("%d blocks were not rewritten", same)
		}
		last = now
	}
	if info, err := os.Stat(used); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", info.Mode(), err)
	}
}

// equalBlocks counts the blocks of 16 bytes, past the first, that a and b share.
func equalBlocks(a, b []byte) (n int) {
	for i := 16; i+16 <= len(a); i += 16 {
		if bytes.Equal(a[i:i+16], b[i:i+16]) {
			n++
		}
	}
	return n
}

func TestDamage(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		kept   bool
	}{
		{"a byte of another slot", func(t *testing.T, dir string) { flip(t, filepath.Join(dir, "slots"), -5) }, true},
		{"a byte of the message's slot", func(t *testing.T, dir string) { flip(t, filepath.Join(dir, "slots"), 100) }, false},
		{"cut short", func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, "slots"), 200_000) }, true},
		{"empty", func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, "slots"), 0) }, false},
		{"key cut short", func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, "key"), 3) }, false},
		{"key gone", func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "key")) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			m := message(4096)
			if err := open(t, outbox.Config{Dir: dir}).Put(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			tt.damage(t, dir)
			o := open(t, outbox.Config{Dir: dir})
			if err := o.Damage(); !errors.Is(err, outbox.ErrDamaged) || !strings.Contains(err.Error(), ".damaged-") {
				t.Errorf("Damage = %v", err)
			}
			want := outbox.Unknown
			if tt.kept {
				want = outbox.Waiting
			}
			if got := state(t, o, m.ID); got != want {
				t.Errorf("the message is %q, want %q", got, want)
			}
			if err := o.Put(t.Context(), message(4096)); err != nil {
				t.Errorf("Put afterwards: %v", err)
			}
			if err := open(t, outbox.Config{Dir: dir}).Damage(); err != nil {
				t.Errorf("still damaged: %v", err)
			}
			aside, _ := filepath.Glob(filepath.Join(dir, "*.damaged-*"))
			if len(aside) == 0 {
				t.Error("nothing was set aside")
			}
		})
	}
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, n int64) {
	t.Helper()
	if err := os.Truncate(path, n); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func TestOtherVersion(t *testing.T) {
	dir := t.TempDir()
	open(t, outbox.Config{Dir: dir})
	path := filepath.Join(dir, "slots")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[7]++
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := outbox.Open(t.Context(), outbox.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Open = %v, want an error naming %s", err, path)
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, b) {
		t.Error("the file of another version was changed")
	}
}

// TestSweep leaves nothing of a process that was killed while it wrote.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	open(t, outbox.Config{Dir: dir})
	if err := os.WriteFile(filepath.Join(dir, ".new-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, outbox.Config{Dir: dir})
	if _, err := os.Stat(filepath.Join(dir, ".new-123")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half-written file is still there: %v", err)
	}
}

func TestBadDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := outbox.Open(t.Context(), outbox.Config{Dir: file}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Open = %v, want an error naming %s", err, file)
	}
}

// TestManyWriters puts from several outboxes of one directory at once, as the
// processes of one account do.
func TestManyWriters(t *testing.T) {
	dir := t.TempDir()
	var ids sync.Map
	var all sync.WaitGroup
	for range 4 {
		o := open(t, outbox.Config{Dir: dir})
		all.Go(func() {
			for range 4 {
				m := message(4096)
				if err := o.Put(t.Context(), m); err != nil {
					t.Error(err)
				}
				ids.Store(m.ID, true)
			}
		})
	}
	all.Wait()
	got := send(t, dir, outbox.Slots)
	for id := range ids.Range {
		if _, ok := got[id.(string)]; !ok {
			t.Errorf("%s was lost", id)
		}
	}
}
