package main

import (
	"log/slog"
	"os"
	"runtime"

	"lessonguard/app/desktop"
	"lessonguard/filter/control"
)

// startWithSession has a program that no package brought start with this account's
// session, hidden in the tray, once the family is set up. It is done once: whoever
// switches it off is not overruled.
func startWithSession(f flags, family bool, chosen *settings) {
	if chosen.Session || !family || f.control != control.DefaultPath || broughtByPackage() {
		return
	}
	self, err := os.Executable()
	if err == nil {
		err = desktop.Autostart{ID: id, Name: "Lessonguard", Command: []string{self, "--tray"}}.Enable()
	}
	if err == nil {
		chosen.Session = true
		err = chosen.save(chosen.look())
	}
	if err != nil {
		slog.Warn("the program does not start with the session", "err", err)
	}
}

// broughtByPackage reports whether a package or an installer has the program start
// with every account's session.
func broughtByPackage() bool {
	_, err := os.Stat("/etc/xdg/autostart/" + id + ".desktop")
	return err == nil || runtime.GOOS == "windows"
}
