package desktop

import (
	"errors"
	"net"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the file at path for this process; Windows lets go of it when the
// process ends, however it ends.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	if err != nil {
		f.Close()
		if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
			return nil, errHeld
		}
		return nil, err
	}
	return f, nil
}

// private, restrict and samePeer have nothing to do: the folder lies in the account's
// LocalAppData, which Windows closes to other accounts, and a unix socket (there
// since Windows 10, version 1803) is opened by who may open its file.
func private(string) error { return nil }

func restrict(string) error { return nil }

func samePeer(net.Conn) error { return nil }
