package system_test

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"

	"lessonguard/filter/system"
)

// TestForget: questions under way are forgotten, and only those that are meant, in
// the way that this kernel knows and in that of older ones.
func TestForget(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	origins, err := system.OpenOrigins()
	if err != nil {
		t.Fatal(err)
	}
	defer origins.Close()
	for _, tt := range []struct {
		forget              func(translated bool) error
		service, client, to string
	}{
		{system.Forget, "127.0.0.1:5354", "0.0.0.0:0", "192.0.2.53:53"},
		{system.Forget, "[::1]:5354", "[::]:0", "[2001:db8::53]:53"},
		{system.ForgetEach, "127.0.0.1:5354", "0.0.0.0:0", "192.0.2.53:53"},
		{system.ForgetEach, "[::1]:5354", "[::]:0", "[2001:db8::53]:53"},
	} {
		at := listenUDP(t, tt.service)
		q := send(t, listenUDP(t, tt.client), at, tt.to)
		for _, step := range []struct{ redirected, known bool }{{false, true}, {true, false}} {
			if err := tt.forget(step.redirected); err != nil {
				t.Fatal(err)
			}
			if _, ok := origins.UDP(q.client, q.local); ok != step.known {
				t.Errorf("a question redirected to %s, after forgetting those that are redirected (%v): known %v, want %v",
					tt.service, step.redirected, ok, step.known)
			}
		}
		at.Close()
	}
}

// TestForgetOnOlderKernels: what says that it does not know the new way is asked
// in the old one, and what fails for another reason is not.
func TestForgetOnOlderKernels(t *testing.T) {
	other := errors.New("the old way")
	for _, tt := range []struct{ newWay, want error }{
		{nil, nil}, {unix.EPERM, unix.EPERM}, {unix.EINVAL, other}, {unix.EOPNOTSUPP, other}, {fmt.Errorf("deleting: %w", unix.EINVAL), other},
	} {
		got := system.WhereKnown(func() error { return tt.newWay }, func() error { return other })
		if !errors.Is(got, tt.want) || tt.want == nil && got != nil {
			t.Errorf("the new way says %v: got %v, want %v", tt.newWay, got, tt.want)
		}
	}
}
