package main

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// startConfined starts a child that has no capability, can never get one again
// (not by a setuid program either), reaches no control socket, and gives way to
// whatever else runs.
//
// All of that belongs to a thread, and a child has what the thread that starts it
// has. This one has a goroutine to itself, which ends locked to it, so that the
// runtime ends the thread too and nothing else runs on it.
func startConfined(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			// The first thread cannot be ended, and says what the process is to
			// whoever looks: hold it, and take another.
			defer runtime.UnlockOSThread()
			started <- startConfined(cmd)
			return
		}
		err := confineThread()
		if err == nil {
			err = cmd.Start()
		}
		started <- err
	}()
	return <-started
}

func confineThread() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up privileges: %w", err)
	}
	if err := refuseUnixSockets(); err != nil {
		return fmt.Errorf("giving up privileges: %w", err)
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up privileges: %w", err)
	}
	// Any other account than root's has lost them then with the program that it
	// starts (capabilities(7)), and the service's unit forbids this call.
	if unix.Geteuid() == 0 {
		head, none := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, [2]unix.CapUserData{}
		if err := unix.Capset(&head, &none[0]); err != nil {
			return fmt.Errorf("giving up privileges: %w", err)
		}
	}
	// Where it is refused, the service gives way by more already (setpriority(2)).
	if err := unix.Setpriority(unix.PRIO_PROCESS, 0, 10); err != nil && !errors.Is(err, unix.EACCES) {
		return fmt.Errorf("giving way: %w", err)
	}
	return nil
}
