package desktop

import (
	"context"
	"errors"
	"os/exec"
	"strings"
)

// asAdministrator runs a program as root by pkexec, which asks for the password
// with the desktop's own window; packaging/linux/uk.lessonguard.policy has its
// words.
func asAdministrator(ctx context.Context, c Command, line func(string)) error {
	pkexec, err := exec.LookPath("pkexec")
	if err != nil {
		return ErrNoWay
	}
	// Without an agent of the desktop's pkexec would ask in the terminal that the
	// program was started from, which may be nobody's.
	cmd := exec.CommandContext(ctx, pkexec, append([]string{"--disable-internal-agent", c.Path}, c.Args...)...)
	said, err := spoken(cmd, line)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	switch exit.ExitCode() { // pkexec(1), "RETURN VALUE"
	case 126:
		return ErrCancelled
	case 127:
		if strings.Contains(said, "agent") {
			return ErrNoWay
		}
		return ErrCancelled // not authorised: the password was wrong, or nobody is an administrator
	}
	return told(c, said, err)
}
