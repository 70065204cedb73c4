package checkup

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isRefused reports whether somebody answered a connection with a no: the
// Windows Filtering Platform for our hook, or the host.
func isRefused(err error) bool {
	for _, no := range []windows.Errno{windows.WSAECONNREFUSED, windows.WSAECONNRESET, windows.WSAEACCES} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}
