//go:build unix

package desktop

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// private checks that nobody else can put a socket into dir.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(owner.Uid) != os.Geteuid() {
		return errors.New("it belongs to another account: remove it")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(dir, 0o700)
	}
	return nil
}

// restrict lets only this account connect to the socket at path.
func restrict(path string) error { return os.Chmod(path, 0o600) }

// samePeer checks, by the kernel's word, that this account is at the other end.
func samePeer(conn net.Conn) error {
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return fmt.Errorf("checking who called: %T is no unix socket", conn)
	}
	raw, err := unixConn.SyscallConn()
	if err != nil {
		return fmt.Errorf("checking who called: %w", err)
	}
	var uid int
	var credErr error
	if err := raw.Control(func(fd uintptr) { uid, credErr = peer(int(fd)) }); err != nil {
		return fmt.Errorf("checking who called: %w", err)
	}
	if credErr != nil {
		return fmt.Errorf("checking who called: %w", credErr)
	}
	if uid != os.Geteuid() {
		return errors.New("checking who called: another account")
	}
	return nil
}
