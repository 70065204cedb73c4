//go:build unix

package resolve

import (
	"errors"
	"syscall"
)

func isInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// noPortLeft reports whether the kernel found no port for a socket: it says "try
// again" (inet_autobind of Linux). What it also says of a PC that has no address
// for the family is not among it.
func noPortLeft(err error) bool { return errors.Is(err, syscall.EAGAIN) || isInUse(err) }

func isForbidden(err error) bool {
	return errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EPERM)
}
