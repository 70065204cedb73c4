package desktop

import (
	"context"
	"errors"
)

// What [AsAdministrator] fails with, besides what the program itself says.
var (
	ErrCancelled = errors.New("no administrator's password was given")
	ErrNoWay     = errors.New("this desktop has no way to ask for an administrator's password")
)

// A Command is a program that is to run as an administrator.
type Command struct {
	Path string
	Args []string
	// Prompt is why, in words for whoever is asked for the password. Only macOS
	// shows it; on Linux the package's polkit policy has its own.
	Prompt string
}

// AsAdministrator has the system ask for an administrator's password and runs a
// program as one. Each line of its standard output goes to line. It fails with
// [ErrCancelled], with [ErrNoWay], or with the last line of the program's complaint.
func AsAdministrator(ctx context.Context, c Command, line func(string)) error {
	return asAdministrator(ctx, c, line)
}
