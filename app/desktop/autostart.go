package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Autostart has the desktop start a command whenever the account signs in.
type Autostart struct {
	ID      string   // of the file that says so: letters, digits, dots and hyphens
	Name    string   // as the desktop's own settings show it
	Command []string // the program by its whole path, and its arguments
}

// Enabled reports whether exactly this command starts with the session. One
// that a person switched off in the desktop's settings, or that names a program
// where it used to be, does not.
func (a Autostart) Enabled() (bool, error) {
	command, err := a.read()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading what starts with the session: %w", err)
	}
	return slices.Equal(command, a.Command), nil
}

// Enable has the command start with the session from now on.
func (a Autostart) Enable() error {
	if err := a.enable(); err != nil {
		return fmt.Errorf("starting %s with the session: %w", a.Name, err)
	}
	return nil
}

func (a Autostart) enable() error {
	if err := a.check(); err != nil {
		return err
	}
	if err := a.write(); err != nil {
		return err
	}
	// The library says nothing when it wrote something that starts nothing, or
	// something else.
	command, err := a.read()
	if err == nil && slices.Equal(command, a.Command) {
		return nil
	}
	return errors.Join(errors.New("what was written would start something else: move the program to a folder with a plain name"), err, a.remove())
}

// Disable has the command start no more. It may be disabled already.
func (a Autostart) Disable() error {
	if err := a.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no longer starting %s with the session: %w", a.Name, err)
	}
	return nil
}

// check refuses what no desktop can write down, or would take for something
// else: the ID becomes the name of a file, the rest one line in it.
func (a Autostart) check() error {
	if a.ID == "" || strings.Trim(strings.ToLower(a.ID), "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || a.ID[0] == '.' {
		return fmt.Errorf("%q is not a name for a file", a.ID)
	}
	if len(a.Command) == 0 || !filepath.IsAbs(a.Command[0]) {
		return errors.New("the program to start is not named by its whole path")
	}
	for _, text := range append([]string{a.Name}, a.Command...) {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == '"' || r == unicode.ReplacementChar }) {
			return fmt.Errorf("%q holds a character that cannot be written down: move the program to a folder with a plain name", text)
		}
	}
	return nil
}
