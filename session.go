package main

import (
	"fmt"
	"os"
	"runtime"

	"lessonguard/app/desktop"
	"lessonguard/filter/control"
)

// startWithSession has a program that no package brought start with this account's
// session, hidden in the tray, once the family is set up. It is done once: whoever
// switches it off is not overruled.
func startWithSession(f flags, family bool, chosen *settings) error {
	if chosen.Session || !family || f.control != control.DefaultPath || broughtByPackage() {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("starting with the session: %w", err)
	}
	if err := (desktop.Autostart{ID: id, Name: "Lessonguard", Command: []string{self, "--tray"}}).Enable(); err != nil {
		return err
	}
	chosen.Session = true
	return chosen.save(chosen.look())
}

// broughtByPackage reports whether a package or an installer has the program start
// with every account's session.
func broughtByPackage() bool {
	_, err := os.Stat("/etc/xdg/autostart/" + id + ".desktop")
	return err == nil || runtime.GOOS == "windows"
}
