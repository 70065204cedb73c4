package system_test

import (
	"testing"

	"lessonguard/filter/system"
)

// TestForgetEach: questions under way are forgotten one by one, where the kernel
// does not choose among them, and only those that are meant.
func TestForgetEach(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	network(t)
	origins, err := system.OpenOrigins()
	if err != nil {
		t.Fatal(err)
	}
	defer origins.Close()
	for _, tt := range []struct{ service, client, to string }{
		{"127.0.0.1:5354", "0.0.0.0:0", "192.0.2.53:53"},
		{"[::1]:5354", "[::]:0", "[2001:db8::53]:53"},
	} {
		q := send(t, listenUDP(t, tt.client), listenUDP(t, tt.service), tt.to)
		for _, step := range []struct{ redirected, known bool }{{false, true}, {true, false}} {
			if err := system.ForgetEach(step.redirected); err != nil {
				t.Fatal(err)
			}
			if _, ok := origins.Of("udp", q.client, q.local); ok != step.known {
				t.Errorf("a question redirected to %s, after forgetting those that are redirected (%v): known %v, want %v",
					tt.service, step.redirected, ok, step.known)
			}
		}
	}
}
