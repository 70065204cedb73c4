//go:build unix

package main

import "golang.org/x/sys/unix"

// share lets several sockets have one port.
func share(fd uintptr) error {
	return unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}
