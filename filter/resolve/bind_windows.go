package resolve

import (
	"errors"

	"golang.org/x/sys/windows"
)

func isInUse(err error) bool {
	// WSAEACCES is what Windows says of a port that another holds alone.
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}

// noPortLeft reports whether Windows found no port for a socket.
func noPortLeft(err error) bool {
	return errors.Is(err, windows.WSAENOBUFS) || isInUse(err)
}

func isForbidden(error) bool { return false }
