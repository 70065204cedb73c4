package control_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lessonguard/filter/control"
)

// TestCrowd: where some account keeps the socket's queue full, a client waits for
// its turn, and nobody takes the service for one that has gone.
func TestCrowd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), path)
	defer f.Close()
	if err := errors.Join(unix.Bind(fd, &unix.SockaddrUnix{Name: path}), unix.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	for {
		conn, err := new(net.Dialer).DialContext(t.Context(), "unix", path)
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}

	over, cancel := context.WithCancel(t.Context())
	cancel() // however little time there is, what is in use is not taken away
	if _, err := control.Listen(over, path); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Fatalf("listening there: %v, want it in use", err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := control.NewClient(path).Status(t.Context())
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Fatalf("the client does not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	l, err := net.FileListener(f)
	if err != nil {
		t.Fatal(err)
	}
	served := http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) }),
		ReadHeaderTimeout: time.Minute,
	}
	defer served.Close()
	go served.Serve(l) //nolint:errcheck // until it is closed
	if err := <-answered; err != nil {
		t.Errorf("once there is room: %v", err)
	}
}
