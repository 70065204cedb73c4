package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lessonguard/resources"
	"lessonguard/resources/outbox"
)

// disk mounts a small disk of its own and returns where, and what changes it.
func disk(t *testing.T, size string) (dir string, remount func(flags uintptr, size string)) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a disk that fills up needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir, func(flags uintptr, size string) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, "size="+size); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFullDisk fills the disk: what cannot be saved is said not to be, what was
// saved stays, is sent, and is not sent again and again.
func TestFullDisk(t *testing.T) {
	base, remount := disk(t, "3m")
	dir := filepath.Join(base, "outbox")
	o := open(t, outbox.Config{Dir: dir, Every: time.Millisecond})
	first := message(4096)
	if err := o.Put(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	remount(0, "1200k") // enough for what is there, not for writing it anew
	second := message(4096)
	if err := o.Put(t.Context(), second); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("Put on a full disk = %v", err)
	}
	if names, _, _ := observe(t, dir); len(names) != 3 {
		t.Errorf("left behind: %q", names)
	}
	if got := state(t, o, second.ID); got != outbox.Unknown {
		t.Errorf("what was not saved is %q", got)
	}
	if got := state(t, o, first.ID); got != outbox.Waiting {
		t.Errorf("what was saved is %q", got)
	}

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	var sent atomic.Int32
	go func() {
		ended <- o.Run(ctx, func(_ context.Context, m resources.Message) (resources.Receipt, error) {
			sent.Add(1)
			return resources.Receipt{ID: m.ID, State: resources.Received}, nil
		})
	}()
	if got, err := o.Wait(t.Context(), first.ID); got != outbox.Received || err != nil {
		t.Errorf("it is %q, %v", got, err)
	}
	remount(0, "3m")
	if err := o.Put(t.Context(), second); err != nil {
		t.Errorf("Put with room again: %v", err)
	}
	if got, err := o.Wait(t.Context(), second.ID); got != outbox.Received || err != nil {
		t.Errorf("it is %q, %v", got, err)
	}
	stop()
	<-ended
	if n := sent.Load(); n != 2 {
		t.Errorf("two messages were sent %d times", n)
	}
	if err := o.Damage(); err != nil {
		t.Error(err)
	}
}

// TestDamageOnFullDisk has a disk that is full and an outbox that is damaged: what
// can be read of it is sent, the rest stays where it is until there is room to set
// it aside.
func TestDamageOnFullDisk(t *testing.T) {
	base, remount := disk(t, "6m")
	dir := filepath.Join(base, "outbox")
	before := open(t, outbox.Config{Dir: dir})
	first, second := message(4096), message(4096)
	for _, m := range []resources.Message{first, second} {
		if err := before.Put(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	p := &far{}
	o := open(t, outbox.Config{Dir: dir, Every: time.Millisecond})
	slots := filepath.Join(dir, "slots")
	flip(t, slots, 100)
	damaged, err := os.ReadFile(slots)
	if err != nil {
		t.Fatal(err)
	}
	remount(0, "1200k")
	running(t, o, p.send)
	if got, err := o.Wait(t.Context(), second.ID); got != outbox.Received || err != nil {
		t.Errorf("what can be read is %q, %v", got, err)
	}
	if now, err := os.ReadFile(slots); err != nil || !bytes.Equal(now, damaged) {
		t.Errorf("with no room to set it aside it was written over: %v", err)
	}
	remount(0, "6m")
	for o.Damage() == nil {
		time.Sleep(time.Millisecond)
	}
	aside, err := filepath.Glob(slots + ".damaged-*")
	if err != nil || len(aside) != 1 {
		t.Fatalf("set aside: %q, %v", aside, err)
	}
	if now, err := os.ReadFile(aside[0]); err != nil || !bytes.Equal(now, damaged) {
		t.Errorf("something else was set aside: %v", err)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	base, remount := disk(t, "4m")
	dir := filepath.Join(base, "outbox")
	o := open(t, outbox.Config{Dir: dir})
	first := message(4096)
	if err := o.Put(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	remount(syscall.MS_RDONLY, "4m")
	if err := o.Put(t.Context(), message(4096)); !errors.Is(err, syscall.EROFS) {
		t.Errorf("Put on a read-only disk = %v", err)
	}
	if _, err := outbox.Open(t.Context(), outbox.Config{Dir: dir}); !errors.Is(err, syscall.EROFS) {
		t.Errorf("Open on a read-only disk = %v", err)
	}
	remount(0, "4m")
	if got := state(t, o, first.ID); got != outbox.Waiting {
		t.Errorf("what was saved is %q", got)
	}
}

// TestHeldLock has another process stop with the lock in hand: Put gives up in
// the time it was given, says why, and goes on when the lock is let go.
func TestHeldLock(t *testing.T) {
	dir := t.TempDir()
	o := open(t, outbox.Config{Dir: dir})
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	m := message(4096)
	if err := o.Put(ctx, m); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put with the lock held = %v", err)
	}
	f.Close()
	if err := o.Put(t.Context(), m); err != nil {
		t.Errorf("Put with the lock let go = %v", err)
	}
}
