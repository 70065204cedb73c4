package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"strings"
	"time"

	"lessonguard/filter/access"
)

// uninstall takes the service off this PC. An administrator cannot be stopped
// from that, so the PIN is not asked for; it is written down where a guardian
// reads what was changed, should the service come back.
func uninstall(ctx context.Context, std stdio, args []string) error {
	f := flags(std, "uninstall", "take the filter off this PC, which then resolves names as before (administrators only)")
	keep := f.Bool("keep", false, "keep the family's settings, PIN and activity for another installation, without asking")
	erase := f.Bool("erase", false, "erase them, without asking")
	if _, err := parse(f, args); err != nil {
		return err
	}
	if *keep && *erase {
		return errors.New("--keep and --erase cannot both be: give one of them")
	}
	s := newSupervisor()
	if err := s.Elevated("uninstall"); err != nil {
		return err
	}
	if !*keep && !*erase {
		var err error
		if *erase, err = std.eraseState(ctx); err != nil {
			return err
		}
	}
	if err := s.Stop(ctx); err != nil {
		return fmt.Errorf("stopping the service: %w", err)
	}
	if !*erase {
		if err := noteRemoval(ctx); err != nil {
			fmt.Fprintln(std.err, "lessonguardd:", err) // no reason to stay
		}
	}
	if err := s.Remove(ctx, *erase); err != nil {
		return fmt.Errorf("%w: %w", errLeft, err)
	}
	kept := "The family's settings, PIN and activity are kept in " + stateDir + " for another installation."
	if *erase {
		kept = "The family's settings, PIN and activity are erased."
	}
	_, err := fmt.Fprintf(std.out, "The filter is off this PC, which resolves names as it did before.\n%s\n%s\n", kept, accountsKeep)
	return err
}

// errLeft says that the PC resolves names as before, and that only something of
// the service could not be removed. Whoever removes the programs may go on.
var errLeft = errors.New("the filter is off this PC, which resolves names as it did before, but not all of it could be removed")

// accountsKeep is said whether or not anything waits: nobody is to learn from it
// that somebody asked for help.
const accountsKeep = "Anything the learner asked to send and that could not go yet stays in their own account's folder; " +
	"it is sent when Lessonguard is installed again."

// eraseState asks what is to become of the state. Where nobody can be asked it
// is kept.
func (s stdio) eraseState(ctx context.Context) (bool, error) {
	info, err := s.terminal.Stat()
	if err != nil || info.Mode()&fs.ModeCharDevice == 0 {
		return false, nil
	}
	fmt.Fprint(s.err, "Keep the family's settings, PIN and activity for another installation? [Y/n] ")
	answer, err := s.line(ctx)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "", "y", "yes":
		return false, nil
	case "n", "no":
		return true, nil
	}
	return false, fmt.Errorf("%q is neither yes nor no: nothing was changed", answer)
}

// noteRemoval has it written into the audit log of the state that the service is
// taken off. That is done by a process of the account that the state belongs to:
// an administrator's must not write where a service that was taken over could
// have put a link to any other file.
func noteRemoval(ctx context.Context) error {
	info, err := os.Stat(stateDir)
	if err != nil {
		return nil // there never was a state
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("writing down the removal: %w", err)
	}
	child := exec.CommandContext(ctx, self, "removed", "--state", stateDir, "--by", whoElevated())
	child.Dir = stateDir
	child.SysProcAttr = owner(info)
	if out, err := child.CombinedOutput(); err != nil {
		return fmt.Errorf("writing down the removal: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// removed is what [noteRemoval] starts; nobody else has a use for it.
func removed(_ context.Context, std stdio, args []string) error {
	f := flags(std, "removed", "write down that the filter was taken off (the program itself calls this)")
	dir := f.String("state", stateDir, "`DIR` that keeps the service's state")
	by := f.String("by", "", "`account` that became administrator for it")
	if _, err := parse(f, args); err != nil {
		return err
	}
	log, err := access.OpenAudit(*dir, time.Now)
	if err != nil {
		return err
	}
	return log.Append(*by, "The filter was taken off this PC by an administrator.")
}

// whoElevated returns the account that became administrator to run us, as far as
// sudo or pkexec tell; "" for one that nobody told of.
func whoElevated() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.LookupId(os.Getenv("PKEXEC_UID")); err == nil {
		return u.Username
	}
	return ""
}
