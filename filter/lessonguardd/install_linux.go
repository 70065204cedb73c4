package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"lessonguard/assets/files"
	"lessonguard/packaging"
)

const (
	account  = "lessonguard" // that the service runs as, and nothing else
	unitName = "lessonguard.service"
	ruleName = "uk.lessonguard.rules"
	// packagedProgram is where packages put this program; their unit names it.
	packagedProgram = "/usr/bin/lessonguardd"
	// ownProgram is where a program that no package brought is copied to.
	ownProgram = "/usr/local/sbin/lessonguardd"
	// stateDir is where an installed service keeps its state; the unit has it too.
	stateDir = "/var/lib/lessonguard"
)

// A systemd is the supervisor of nearly every Linux PC.
type systemd struct {
	units string // where an administrator's unit files lie
	rules string // and polkit's rules; it is there where polkit is
}

func newSupervisor() supervisor { return systemd{"/etc/systemd/system", "/etc/polkit-1/rules.d"} }

func (systemd) Elevated(command string) error {
	if os.Geteuid() == 0 {
		return nil
	}
	return fmt.Errorf("%s needs an administrator: type sudo lessonguardd %s", command, command)
}

func (systemd) Records() string { return "journalctl -u lessonguard" }

func (s systemd) Prepare(ctx context.Context) error {
	if _, err := os.Stat("/run/systemd/system"); err != nil { // sd_booted(3)
		return errors.New("this PC does not run systemd, which starts the service: see packaging/README.md for what another has to do")
	}
	if err := makeAccount(ctx); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if self == packagedProgram {
		return s.removeCopy(ctx) // the package has brought the unit
	}
	if err := copyProgram(self, ownProgram); err != nil {
		return err
	}
	// The unit is the system's, in place of the one of an older copy.
	unit := strings.ReplaceAll(packaging.Unit, packagedProgram, ownProgram)
	if err := files.Write(filepath.Join(s.units, unitName), []byte(unit), 0o644); err != nil {
		return fmt.Errorf("writing the unit: %w", err)
	}
	if _, err := os.Stat(s.rules); err == nil {
		if err := files.Write(filepath.Join(s.rules, ruleName), []byte(packaging.PolkitRules), 0o644); err != nil {
			return fmt.Errorf("writing the rule for systemd-resolved: %w", err)
		}
	}
	return systemctl(ctx, "daemon-reload")
}

// removeCopy removes what an installation without a package has made: its unit,
// and so its program, would win over those of the package, and never be upgraded.
// A unit that an administrator wrote stays.
func (s systemd) removeCopy(ctx context.Context) error {
	unit, err := os.ReadFile(filepath.Join(s.units, unitName))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !strings.Contains(string(unit), ownProgram) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the unit: %w", err)
	}
	// It starts with the PC by a link to the unit that goes.
	if err := systemctl(ctx, "disable", unitName); err != nil {
		return err
	}
	if err := s.removeFiles(); err != nil {
		return fmt.Errorf("removing the copy at %s: %w", ownProgram, err)
	}
	return systemctl(ctx, "daemon-reload")
}

// removeFiles removes what Prepare wrote.
func (s systemd) removeFiles() error {
	var errs []error
	for _, path := range []string{filepath.Join(s.units, unitName), filepath.Join(s.rules, ruleName), ownProgram} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// makeAccount makes the service's account where there is none. Packages have
// brought one that systemd-sysusers made, from the same line.
func makeAccount(ctx context.Context) error {
	if _, err := user.Lookup(account); err == nil {
		return nil
	}
	if err := runTool(ctx, "useradd", "--system", "--user-group", "--no-create-home", "--home-dir", stateDir,
		"--shell", "/usr/sbin/nologin", "--comment", "Lessonguard filter", account); err != nil {
		return fmt.Errorf("making the account %s: %w", account, err)
	}
	return nil
}

func (systemd) Start(ctx context.Context) error {
	if err := systemctl(ctx, "enable", unitName); err != nil {
		return err
	}
	// An update of the program: the one that runs is the old one.
	return systemctl(ctx, "restart", unitName)
}

// Stop relies on the unit for putting the PC's resolver back, and then sees to
// it once more: the unit may have been changed.
func (systemd) Stop(ctx context.Context) error {
	if err := systemctl(ctx, "disable", "--now", unitName); err != nil && !errors.Is(err, errNoUnit) {
		return err
	}
	if _, err := os.Stat(stateDir); errors.Is(err, fs.ErrNotExist) {
		return nil // it never ran
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	return runTool(ctx, self, "restore", "--state", stateDir)
}

func (s systemd) Remove(ctx context.Context, erase bool) error {
	errs := []error{s.removeFiles(), systemctl(ctx, "daemon-reload")}
	if !erase {
		return errors.Join(errs...)
	}
	errs = append(errs, os.RemoveAll(stateDir))
	// The account of a package is the package's, which purging removes.
	if _, err := os.Stat(packagedProgram); errors.Is(err, fs.ErrNotExist) {
		if _, err := user.Lookup(account); err == nil {
			errs = append(errs, runTool(ctx, "userdel", account))
		}
	}
	return errors.Join(errs...)
}

// errNoUnit says that there is no such unit to stop.
var errNoUnit = errors.New("the service is not installed")

func systemctl(ctx context.Context, args ...string) error {
	err := runTool(ctx, "systemctl", args...)
	if err != nil && strings.Contains(err.Error(), "does not exist") {
		return errNoUnit
	}
	return err
}
