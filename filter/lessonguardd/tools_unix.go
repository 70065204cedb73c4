//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// runTool runs a program of the system's, and returns what it said where it
// fails. Interrupting us does not interrupt it: half of it is worse than all.
func runTool(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if said := strings.TrimSpace(string(out)); said != "" {
		return fmt.Errorf("%s %s: %s", filepath.Base(name), strings.Join(args, " "), said)
	}
	return fmt.Errorf("%s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
}
