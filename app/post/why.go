package post

import (
	"errors"
	"io/fs"
	"runtime"
	"syscall"

	"lessonguard/app/ui"
	"lessonguard/resources"
)

// Why returns the words for why a message was not kept; empty: what it is would
// help nobody here.
func Why(err error) string {
	switch {
	case errors.Is(err, resources.ErrFull):
		return ui.Text("sent.why_waiting")
	case errors.Is(err, resources.ErrTooLong):
		return ui.Text("sent.why_long")
	case isFull(err):
		return ui.Text("sent.why_full")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EIO):
		return ui.Text("sent.why_disk")
	}
	return ""
}

// isFull reports whether err is of a disk without room. Windows has numbers of
// its own: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
func isFull(err error) bool {
	no, ok := errors.AsType[syscall.Errno](err)
	if ok && runtime.GOOS == "windows" {
		return no == 39 || no == 112
	}
	return ok && (no == syscall.ENOSPC || no == syscall.EDQUOT)
}
