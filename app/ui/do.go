package ui

import "fyne.io/fyne/v2"

// A Doer runs work away from the screen's thread and done on it, once work has
// returned. Whatever may wait for a disk or a network goes through one.
type Doer func(work, done func())

// Do is the [Doer] of the program.
func Do(work, done func()) {
	go func() {
		work()
		fyne.Do(done)
	}()
}
