package desktop_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"lessonguard/app/desktop"
)

const (
	testRoom  = "LESSONGUARD_TEST_ROOM"  // set in the process that runs the tests
	testClaim = "LESSONGUARD_TEST_CLAIM" // the folder a child claims and keeps
)

// TestMain runs the tests in a process of their own: go-autostart reads its
// folder from the environment before any test could set it.
func TestMain(m *testing.M) {
	if dir := os.Getenv(testClaim); dir != "" {
		keepClaim(dir)
	}
	if os.Getenv(testRoom) != "" {
		os.Exit(m.Run())
	}
	room, err := os.MkdirTemp("", "desktop")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), testRoom+"="+room, "XDG_CONFIG_HOME="+room, "HOME="+room)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := errors.Join(cmd.Run(), os.RemoveAll(room)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// keepClaim is the instance until it is killed.
func keepClaim(dir string) {
	_, err := desktop.Claim(background(), dir, desktop.Call{})
	fmt.Println(err) // the parent waits for <nil>
	select {}
}
