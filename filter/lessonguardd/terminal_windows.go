package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// hide stops a console from showing what is typed until show is called. It
// reports whether f is one.
func hide(f *os.File) (show func(), ok bool) {
	if f == nil {
		return nil, false
	}
	var was uint32
	console := windows.Handle(f.Fd())
	if windows.GetConsoleMode(console, &was) != nil {
		return nil, false
	}
	if windows.SetConsoleMode(console, was&^windows.ENABLE_ECHO_INPUT) != nil {
		return func() {}, true
	}
	return func() { _ = windows.SetConsoleMode(console, was) }, true
}
