//go:build unix

package desktop

import "unsafe"

// Blank takes an argument that the program was started with out of the list of
// processes, which every account of the PC can read, and where one that began
// with "help" would stand for as long as the program runs.
//
// The argument must be one of [os.Args] itself: its text then lies where the
// system put it and lists it from (execve), and is changed there.
func Blank(argument string) {
	clear(unsafe.Slice(unsafe.StringData(argument), len(argument))) //nolint:gosec // writable memory of this process's own
}
