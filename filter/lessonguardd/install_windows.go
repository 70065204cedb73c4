package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"

	"lessonguard/filter/system"
)

// A serviceManager is Windows' Service Control Manager.
type serviceManager struct{}

func newSupervisor() supervisor { return serviceManager{} }

func (serviceManager) Elevated(command string) error {
	if windows.GetCurrentProcessToken().IsElevated() {
		return nil
	}
	return fmt.Errorf("%s needs an administrator: start the Command Prompt with \"Run as administrator\", and type lessonguardd %s there", command, command)
}

func (serviceManager) Records() string { return filepath.Join(stateDir, logName) }

func (serviceManager) Prepare(ctx context.Context) error {
	if err := makeState(stateDir); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if !strings.EqualFold(self, ownProgram) && !sameProgram(self, ownProgram) {
		if err := makeRoom(ownProgram); err != nil {
			return err
		}
		if err := copyProgram(self, ownProgram); err != nil {
			return err
		}
	}
	if err := configure(); err != nil {
		return err
	}
	return makeTask(ctx)
}

// makeRoom moves the program at path out of the way of a newer one: while it runs
// it cannot be replaced, but it can be renamed.
func makeRoom(path string) error {
	old := path + ".old"
	if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing the program: restart Windows first, which still runs the one before: %w", err)
	}
	if err := os.Rename(path, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replacing the program: %w", err)
	}
	return nil
}

func (serviceManager) Start(ctx context.Context) error {
	s, done, err := openService()
	if err != nil {
		return err
	}
	defer done()
	if err := stopService(ctx, s); err != nil { // it may be an older program
		return err
	}
	if err := s.Start(); err != nil {
		return fmt.Errorf("the Service Control Manager says: %w", err)
	}
	return nil
}

// Stop has the service put the PC back and end, and sees to both.
func (serviceManager) Stop(ctx context.Context) error {
	s, done, err := openService()
	if err != nil && !errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		return err
	}
	if err == nil {
		defer done()
		config, err := s.Config()
		if err != nil {
			return fmt.Errorf("asking the Service Control Manager: %w", err)
		}
		config.StartType = mgr.StartDisabled
		if err := s.UpdateConfig(config); err != nil {
			return fmt.Errorf("having the service start no more: %w", err)
		}
		if err := stopService(ctx, s); err != nil {
			return err
		}
	}
	return system.Restore(context.WithoutCancel(ctx), system.HookConfig{Listen: usualListen, Dir: stateDir})
}

// Remove leaves the program where an installer put it: it stands beside the
// desktop program then.
func (serviceManager) Remove(ctx context.Context, erase bool) error {
	var errs []error
	s, done, err := openService()
	if err == nil {
		errs = append(errs, s.Delete())
		done()
	} else if !errors.Is(err, windows.ERROR_SERVICE_DOES_NOT_EXIST) {
		errs = append(errs, err)
	}
	if windowsTool(ctx, "schtasks.exe", "/Query", "/TN", taskName) == nil {
		errs = append(errs, windowsTool(ctx, "schtasks.exe", "/Delete", "/F", "/TN", taskName))
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(ownProgram), "lessonguard.exe")); errors.Is(err, fs.ErrNotExist) {
		for _, path := range []string{ownProgram + ".old", ownProgram} {
			errs = append(errs, removeProgram(path))
		}
	}
	if erase {
		errs = append(errs, os.RemoveAll(stateDir))
	}
	return errors.Join(errs...)
}

// removeProgram removes a program, or, where it is the one that runs, has Windows
// do so at its next start.
func removeProgram(path string) error {
	err := os.Remove(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(name, nil, windows.MOVEFILE_DELAY_UNTIL_REBOOT); err != nil {
		return fmt.Errorf("removing %s: %w", path, err)
	}
	return nil
}
