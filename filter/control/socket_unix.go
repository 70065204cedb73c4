//go:build unix

package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"time"

	"lessonguard/filter"
)

// Listen listens at path, where every account may connect: who may do what is
// the door's to say. A socket that nothing answers on any more is replaced;
// one that is in use is an error.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if conn, err := dial(ctx, path); err == nil || errors.Is(err, filter.ErrBusy) {
		if err == nil {
			conn.Close()
		}
		return nil, fmt.Errorf("opening control socket: %s is in use: another filter is running; stop it, or give another --control PATH", path)
	}
	if info, err := os.Lstat(path); err == nil {
		if info.Mode().Type() != fs.ModeSocket {
			return nil, fmt.Errorf("opening control socket: %s is something else than a socket: give another --control PATH", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("opening control socket: removing the one a stopped filter left: %w", err)
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening control socket: the folder of %s does not exist: make it, or give another --control PATH", path)
	}
	if errors.Is(err, syscall.EINVAL) && len(path) > 100 {
		return nil, fmt.Errorf("opening control socket: the path %s is too long for a socket: give a shorter --control PATH", path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening control socket: %w", err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		l.Close()
		return nil, fmt.Errorf("opening control socket: %w", err)
	}
	return visitors{l}, nil
}

// dial connects to the socket at path, and waits for its turn where so many do
// that the kernel lets in no more: any account can do that to the others.
func dial(ctx context.Context, path string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	for {
		// It waits for nothing, and however late it is it must tell a service whose
		// queue is full from one that has gone.
		conn, err := new(net.Dialer).DialContext(context.WithoutCancel(ctx), "unix", path)
		if !errors.Is(err, syscall.EAGAIN) {
			return conn, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", filter.ErrBusy, err)
		case <-time.After(time.Millisecond):
		}
	}
}

// peer returns who is at the other end of conn, by the kernel's word.
func peer(conn net.Conn) (filter.Caller, error) {
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: not a unix socket: %T", conn)
	}
	raw, err := unixConn.SyscallConn()
	if err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	var uid, pid int
	var credErr error
	if err := raw.Control(func(fd uintptr) { uid, pid, credErr = credentials(int(fd)) }); err != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", err)
	}
	if credErr != nil {
		return filter.Caller{}, fmt.Errorf("reading peer credentials: %w", credErr)
	}
	c := filter.Caller{Account: strconv.Itoa(uid), ID: strconv.Itoa(uid), PID: pid, Owner: uid == 0 || uid == os.Geteuid()}
	c.Process = processOf(pid, started(pid))
	if u, err := user.LookupId(c.ID); err == nil {
		c.Account = u.Username
	}
	return c, nil
}
