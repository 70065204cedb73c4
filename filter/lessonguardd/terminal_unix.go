//go:build unix

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// hide stops a terminal from showing what is typed until show is called. It
// reports whether f is one.
func hide(f *os.File) (show func(), ok bool) {
	if f == nil {
		return nil, false
	}
	was, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	if err != nil {
		return nil, false
	}
	hidden := *was
	hidden.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(int(f.Fd()), setTermios, &hidden) != nil {
		return func() {}, true
	}
	return func() { _ = unix.IoctlSetTermios(int(f.Fd()), setTermios, was) }, true
}
