//go:build !linux

package main

import "os/exec"

// startConfined starts a child. There are no capabilities here to take from it:
// what bounds it are its own limits, see limitSelf.
func startConfined(cmd *exec.Cmd) error { return cmd.Start() }
