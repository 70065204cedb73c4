//go:build !windows

package checkup

import (
	"errors"
	"syscall"
)

// isRefused reports whether somebody answered a connection with a no: the
// kernel for our hook, or the host.
func isRefused(err error) bool {
	for _, no := range []syscall.Errno{syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EACCES, syscall.EPERM} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}
