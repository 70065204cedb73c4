package system_test

import (
	"context"
	"os"
	"testing"
	"time"

	"lessonguard/filter/system"
)

// TestNetworkNews: a file that is written where the resolvers' are is told of,
// and it ends with its context.
func TestNetworkNews(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to write a file in /etc")
	}
	ctx, cancel := context.WithCancel(t.Context())
	told, ended := make(chan struct{}, 64), make(chan error, 1)
	go func() { ended <- system.NetworkNews(ctx, func() { told <- struct{}{} }) }()
	// Until it watches it hears nothing.
	heard := false
	for began := time.Now(); !heard && time.Since(began) < 10*time.Second; {
		f, err := os.CreateTemp("/etc", ".lessonguard-test-")
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		os.Remove(f.Name())
		select {
		case <-told:
			heard = true
		case <-time.After(50 * time.Millisecond):
		}
	}
	if !heard {
		t.Error("nothing was told")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
