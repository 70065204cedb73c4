package desktop

import (
	"context"
	"os/exec"
	"strings"
)

// asAdministrator runs a program as root by AppleScript, which asks for the
// password with the system's own window. Its output comes when it has ended. The
// words are handed over as arguments and quoted by AppleScript itself.
func asAdministrator(ctx context.Context, c Command, line func(string)) error {
	const script = `on run argv
	set prompt to item 1 of argv
	set words to ""
	repeat with i from 2 to count of argv
		set words to words & quoted form of (item i of argv) & " "
	end repeat
	do shell script words with prompt prompt with administrator privileges without altering line endings
end run`
	cmd := exec.CommandContext(ctx, "/usr/bin/osascript", append([]string{"-e", script, c.Prompt, c.Path}, c.Args...)...)
	said, err := spoken(cmd, line)
	if err != nil && strings.Contains(said, "-128") { // userCanceledErr
		return ErrCancelled
	}
	if err != nil {
		return told(c, said, err)
	}
	return nil
}
