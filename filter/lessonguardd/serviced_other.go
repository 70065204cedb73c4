//go:build !windows

package main

import "context"

// serviced runs a command. Only on Windows must a service be more than a program.
func serviced(ctx context.Context, std stdio, args []string, run command) error {
	return run(ctx, std, args)
}
